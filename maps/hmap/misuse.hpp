// What happens when a table catches its user out.
//
// Go kills the process with one of three messages when it sees a map written while it is
// read, written or ranged over. The check is one unsynchronised flag: best effort, no
// false alarms in correct programs, no promise to catch an incorrect one. Here the same
// messages reach a handler that can be replaced; the default prints and aborts. A table that is
// used from inside one of its own operations, in the same thread, gets a message of its own.
// -DHMAP_DETECT_MISUSE=0 removes the checks.
#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace hmap {

using fatal_handler = void (*)(const char* message);

namespace detail {

inline void print_and_abort(const char* message) {
  std::fprintf(stderr, "fatal error: %s\n", message);
  std::abort();
}

inline std::atomic<fatal_handler> current_fatal_handler{&print_and_abort};

}  // namespace detail

/// Installs `handler` for the whole program and returns the one before; null restores the
/// default. A handler must not throw. One that returns lets the operation go on, as if
/// nothing had been seen: fit for tests and for logging, nothing else.
inline fatal_handler set_fatal_handler(fatal_handler handler) noexcept {
  return detail::current_fatal_handler.exchange(handler ? handler : &detail::print_and_abort);
}

namespace detail {

inline constexpr const char* concurrent_read_and_write = "concurrent map read and map write";
inline constexpr const char* concurrent_writes = "concurrent map writes";
inline constexpr const char* concurrent_range_and_write = "concurrent map iteration and map write";
inline constexpr const char* reentry =
    "hmap: map used from inside one of its own operations (by a hash, a comparison, a "
    "constructor, an assignment or a destructor)";

[[gnu::cold, gnu::noinline]] inline void fatal(const char* message) {
  current_fatal_handler.load(std::memory_order_relaxed)(message);
}

}  // namespace detail
}  // namespace hmap
