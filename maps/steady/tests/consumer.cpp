// Includes every public header, and only through the target.
#include <steady/hash.hpp>
#include <steady/inspect.hpp>
#include <steady/map.hpp>
#include <steady/version.hpp>

int main() {
  steady::map<int, int> m{{1, 2}};
  return m.at(1) == 2 && steady::check(m).empty() ? 0 : 1;
}
