// The clock for single operations: the processor's counter (x86-64: time stamp counter, AArch64:
// virtual counter) between fences, so that an operation neither begins before it is started nor
// ends after it is stopped. What reading it costs is found out once and subtracted. Where there is
// no counter that runs evenly and is fine enough, the system's clock takes its place, and the
// report says so, with the resolution.
#pragma once

#include <cstdint>
#include <ctime>
#include <span>
#include <string>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace harness::latency {

/// What is known of the clock of this process.
struct clock_facts {
  std::string source;  // for people
  bool is_counter;     // the processor's own
  double ns_per_tick;
  double resolution_ns;  // the smallest step that was seen, a tick at least
  double overhead_ns;    // between two readings with nothing in between; subtracted
};

/// Takes some 20 ms. To be done before anything is timed, on the CPU that will be used.
clock_facts calibrate();

/// A counter with longer ticks is not used: most operations would take none or one. Of known
/// AArch64 servers ticks are 1 to 40 ns long.
inline constexpr double coarsest_tick_ns = 50;

/// What AArch64 has: the virtual counter with so many ticks a second, or the system's clock, with
/// the reason. Resolution and overhead are still to be found out.
clock_facts virtual_counter_or_system(std::uint64_t ticks_per_second);

/// The smallest difference between durations in ascending order; not less than a tick.
double smallest_step(std::span<const double> ascending, double tick_ns);

/// The mean of durations in ascending order, without the longest twentieth, which something came
/// into. Not the least, which is of a lucky phase of a coarse counter; nor the median, which of a
/// counter that goes in steps of 10 ns was 20 in one process and 30 in the next, for a cost of 25.
double usual_cost(std::span<const double> ascending);

inline std::uint64_t system_ns() noexcept {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

/// Reads the clock that calibrate() has chosen; both readings hold the compiler's hands, too.
class stopwatch {
 public:
  explicit stopwatch(const clock_facts& facts) noexcept
      : is_counter_(facts.is_counter),
        ns_per_tick_(facts.ns_per_tick),
        overhead_(facts.overhead_ns) {}

  void start() noexcept { begun_ = begin(); }

  /// Nanoseconds since start(), never less than nothing.
  double stop() noexcept {
    const std::uint64_t ended = end();
    const double ns = static_cast<double>(ended - begun_) * ns_per_tick_ - overhead_;
    return ns > 0 ? ns : 0;
  }

 private:
  std::uint64_t begin() const noexcept {
#if defined(__x86_64__)
    if (is_counter_) {
      // What came before has ended; nothing that comes after has begun.
      __asm__ volatile("lfence" : : : "memory");
      const std::uint64_t now = __rdtsc();
      __asm__ volatile("lfence" : : : "memory");
      return now;
    }
#elif defined(__aarch64__)
    if (is_counter_) return virtual_counter();
#endif
    __asm__ volatile("" : : : "memory");
    return system_ns();
  }

  std::uint64_t end() const noexcept {
#if defined(__x86_64__)
    if (is_counter_) {
      unsigned cpu = 0;
      __asm__ volatile("" : : : "memory");
      const std::uint64_t now = __rdtscp(&cpu);  // waits for all loads and instructions before it
      __asm__ volatile("lfence" : : : "memory");
      return now;
    }
#elif defined(__aarch64__)
    if (is_counter_) return virtual_counter();
#endif
    const std::uint64_t now = system_ns();
    __asm__ volatile("" : : : "memory");
    return now;
  }

#if defined(__aarch64__)
  /// dsb waits for all loads before it, the first isb for all instructions; the second holds back
  /// what follows.
  static std::uint64_t virtual_counter() noexcept {
    std::uint64_t now = 0;
    __asm__ volatile("dsb ishld\n\tisb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(now) : : "memory");
    return now;
  }
#endif

  bool is_counter_;
  double ns_per_tick_;
  double overhead_;
  std::uint64_t begun_ = 0;
};

}  // namespace harness::latency
