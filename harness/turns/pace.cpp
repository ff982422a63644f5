#include "harness/turns/pace.hpp"

#include <chrono>

namespace harness {
namespace {

/// Long enough for a clock that is read in 20 ns, and shorter than the shortest pass by far.
constexpr int steps = 1500;

/// An addition that the compiler can neither leave out nor bring together with others.
inline void add(std::uint64_t& sum, std::uint64_t by) noexcept {
  sum += by;
  asm volatile("" : "+r"(sum));
}

}  // namespace

// In a library of its own and on a line of its own: the same code at the same place of a line in
// every program, or paces of two maps would not compare.
[[gnu::noinline, gnu::aligned(64)]] std::uint64_t pace_ns() noexcept {
  using clock = std::chrono::steady_clock;
  std::uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
  const clock::time_point start = clock::now();
  for (int step = 0; step < steps; ++step) {
    for (int twice = 0; twice < 2; ++twice) {
      add(a, 1);
      add(b, 3);
      add(c, 5);
      add(d, 7);
      add(e, 9);
      add(f, 11);
    }
  }
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now() - start).count());
}

}  // namespace harness
