// hmap and steady in one source file.
#include <hmap/inspect.hpp>
#include <hmap/map.hpp>
#include <steady/inspect.hpp>
#include <steady/map.hpp>

int main() {
  const hmap::map<int, int> a{{1, 2}};
  const steady::map<int, int> b(a.begin(), a.end());
  return b.at(1) == 2 && hmap::check(a).empty() && steady::check(b).empty() ? 0 : 1;
}
