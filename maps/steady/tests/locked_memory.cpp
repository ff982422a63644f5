// A program, built without sanitizers (they ignore mlockall): tables of a process that locks all
// its memory, present and future, must not have their reservations locked as a whole.
#include <cstdint>
#include <cstdio>
#include <fstream>

#include <sys/mman.h>
#include <unistd.h>

#include "steady/inspect.hpp"
#include "steady/map.hpp"

namespace {

long resident_mb() {
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}

}  // namespace

int main() {
  if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0) {
    std::puts("skip: may not lock memory");
    return 0;
  }
  const long before = resident_mb();
  for (int round = 0; round < 3; ++round) {
    steady::map<std::uint64_t, std::uint64_t> m;
    m.reserve(100'000);  // room that a smaller table, or none, had before
    for (std::uint64_t i = 0; i < 300'000; ++i) m[i] = i;
    for (std::uint64_t i = 10; i < 300'000; ++i) m.erase(i);
    m.shrink_to_fit();
    m.reserve(200'000);
    if (m.size() != 10 || !steady::check(m).empty()) {
      std::puts("FAIL: not sound");
      return 1;
    }
    m.clear();
    if (!steady::check(m).empty()) return 1;
  }
  const long more = resident_mb() - before;
  std::printf("%ld MB more are resident\n", more);
  return more > 200;
}
