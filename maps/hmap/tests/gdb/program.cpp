// What the pretty-printer is tried on; it stops in `stop` with one table of each kind alive.
#include <array>
#include <cstdint>
#include <string>

#include "hmap/handle.hpp"

namespace {

struct large {
  std::array<unsigned char, 129> bytes;
};

volatile int stopped = 0;
[[gnu::noinline]] void stop() { stopped = 1; }

}  // namespace

int main() {
  hmap::fix_random_seed(1);
  hmap::map<int, std::string> split{{1, "one"}, {2, "two"}};
  hmap::paired_map<std::string, int> paired{{"three", 3}};
  hmap::map<std::uint64_t, large> indirect;
  indirect[7].bytes[0] = 77;
  hmap::map<std::uint64_t, std::uint64_t> growing;
  for (std::uint64_t i = 0; i < 27; ++i) growing[i] = i * i;  // the 27th starts a doubling
  hmap::handle<int, int> nil;
  auto handle = hmap::make_handle<int, int>();
  handle[5] = 50;
  stop();
  return 0;
}
