// Includes every public header, and only through the target.
#include <hmap/handle.hpp>
#include <hmap/hash.hpp>
#include <hmap/inspect.hpp>
#include <hmap/map.hpp>
#include <hmap/misuse.hpp>
#include <hmap/observer.hpp>
#include <hmap/range.hpp>
#include <hmap/version.hpp>

int main() {
  hmap::map<int, int> m{{1, 2}};
  return m.at(1) == 2 && hmap::check(m).empty() ? 0 : 1;
}
