// What an operation throws. Each function is cold and out of line, so that a caller pays one jump
// for it. Without exceptions (-fno-exceptions) it prints the message and ends the program.
#pragma once

#include <new>
#include <stdexcept>

#if !defined(__cpp_exceptions)
#include <cstdio>
#include <cstdlib>
#endif

namespace maps::common {

#if defined(__cpp_exceptions)

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_length_error(const char* message) {
  throw std::length_error(message);
}
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_out_of_range(const char* message) {
  throw std::out_of_range(message);
}
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_bad_alloc() { throw std::bad_alloc(); }

#else

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_length_error(const char* message) {
  std::fprintf(stderr, "%s\n", message);
  std::abort();
}
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_out_of_range(const char* message) {
  throw_length_error(message);
}
[[noreturn, gnu::cold, gnu::noinline]] inline void throw_bad_alloc() {
  throw_length_error("hash map: out of memory");
}

#endif

}  // namespace maps::common
