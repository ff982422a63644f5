#include "harness/latency/clock.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <numeric>
#include <vector>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace harness::latency {
namespace {

#if defined(__x86_64__)

/// Whether the counter runs at one rate in all states of the processor.
bool tsc_is_invariant() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned power_management = 0x80000007, invariant = 1U << 8;
  return __get_cpuid(power_management, &a, &b, &c, &d) != 0 && (d & invariant) != 0;
}

double measure_ns_per_tick() noexcept {
  constexpr std::uint64_t span = 20'000'000;
  const auto pair = [](std::uint64_t& tick) {
    // The system's reading that took the fewest ticks is the one nothing came into.
    std::uint64_t best = std::numeric_limits<std::uint64_t>::max(), at = 0;
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t before = __rdtsc();
      const std::uint64_t now = system_ns();
      const std::uint64_t after = __rdtsc();
      if (after - before >= best) continue;
      best = after - before, at = now, tick = before + (after - before) / 2;
    }
    return at;
  };
  std::uint64_t first_tick = 0, last_tick = 0;
  const std::uint64_t first = pair(first_tick);
  while (system_ns() - first < span) {
  }
  const std::uint64_t last = pair(last_tick);
  return static_cast<double>(last - first) / static_cast<double>(last_tick - first_tick);
}

#endif

clock_facts system_clock(const std::string& reason) {
  return {"clock_gettime(CLOCK_MONOTONIC): " + reason, false, 1, 0, 0};
}

/// The best there is.
clock_facts choose() {
#if defined(__x86_64__)
  if (!tsc_is_invariant()) return system_clock("no invariant time stamp counter");
  return {"time stamp counter, lfence and rdtscp", true, measure_ns_per_tick(), 0, 0};
#elif defined(__aarch64__)
  std::uint64_t frequency = 0;
  __asm__("mrs %0, cntfrq_el0" : "=r"(frequency));
  return virtual_counter_or_system(frequency);
#else
  return system_clock("no counter of this processor is known");
#endif
}

/// Durations of nothing in ascending order, as the stopwatch gives them.
std::vector<double> empty_durations(const clock_facts& facts) {
  stopwatch watch(facts);
  std::vector<double> durations(20'000);
  for (double& one : durations) {
    watch.start();
    one = watch.stop();
  }
  std::sort(durations.begin(), durations.end());
  return durations;
}

}  // namespace

clock_facts calibrate() {
  clock_facts facts = choose();
  const std::vector<double> durations = empty_durations(facts);
  facts.resolution_ns = smallest_step(durations, facts.ns_per_tick);
  facts.overhead_ns = usual_cost(durations);
  return facts;
}

clock_facts virtual_counter_or_system(std::uint64_t ticks_per_second) {
  if (ticks_per_second == 0)
    return system_clock("CNTFRQ_EL0 does not say how fast the virtual counter runs");
  const double tick_ns = 1e9 / static_cast<double>(ticks_per_second);
  std::array<char, 32> tick{};
  std::snprintf(tick.data(), tick.size(), "%.3g ns", tick_ns);
  if (tick_ns > coarsest_tick_ns) {
    return system_clock(std::string("the virtual counter has ticks of ") + tick.data());
  }
  return {std::string("virtual counter CNTVCT_EL0, ticks of ") + tick.data(), true, tick_ns, 0, 0};
}

double smallest_step(std::span<const double> ascending, double tick_ns) {
  constexpr double least = 0.01;  // what rounding may make of none
  double smallest = std::numeric_limits<double>::max();
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    const double step = ascending[i] - ascending[i - 1];
    if (step > least) smallest = std::min(smallest, step);
  }
  const bool was_seen = smallest < std::numeric_limits<double>::max();
  return was_seen ? std::max(smallest, tick_ns) : tick_ns;
}

double usual_cost(std::span<const double> ascending) {
  const std::span<const double> kept = ascending.first(ascending.size() - ascending.size() / 20);
  return std::accumulate(kept.begin(), kept.end(), 0.0) / static_cast<double>(kept.size());
}

}  // namespace harness::latency
