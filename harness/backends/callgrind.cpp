#include "harness/backends/callgrind.hpp"

#if __has_include(<valgrind/callgrind.h>)

#include <valgrind/callgrind.h>

namespace harness::backends::callgrind {

std::string reason() {
  if (RUNNING_ON_VALGRIND != 0) return {};
  return "not running under valgrind --tool=callgrind --collect-atstart=no";
}

void start() {
  CALLGRIND_ZERO_STATS;
  CALLGRIND_TOGGLE_COLLECT;
}

void stop_and_dump(const std::string& name) {
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT(name.c_str());
}

}  // namespace harness::backends::callgrind

#else

namespace harness::backends::callgrind {

std::string reason() { return "built without valgrind/callgrind.h"; }
void start() {}
void stop_and_dump(const std::string&) {}

}  // namespace harness::backends::callgrind

#endif
