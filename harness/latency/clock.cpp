#include "harness/latency/clock.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace latency {
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

#else

bool tsc_is_invariant() noexcept { return false; }
double measure_ns_per_tick() noexcept { return 1; }

#endif

/// Durations of nothing in ascending order, as the stopwatch gives them.
std::vector<double> empty_durations(clock_facts const& facts) {
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
  clock_facts facts{"clock_gettime(CLOCK_MONOTONIC): no invariant time stamp counter", false, 1, 0, 0};
  if (tsc_is_invariant()) {
    facts = {"time stamp counter, lfence and rdtscp", true, measure_ns_per_tick(), 0, 0};
  }
  const std::vector<double> durations = empty_durations(facts);
  facts.resolution_ns = std::numeric_limits<double>::max();
  for (std::size_t i = 1; i < durations.size(); ++i) {
    const double step = durations[i] - durations[i - 1];
    if (step > 0.01) facts.resolution_ns = std::min(facts.resolution_ns, step);
  }
  facts.overhead_ns = usual_cost(durations);
  return facts;
}

double usual_cost(std::span<double const> ascending) {
  const std::span<double const> kept = ascending.first(ascending.size() - ascending.size() / 20);
  return std::accumulate(kept.begin(), kept.end(), 0.0) / static_cast<double>(kept.size());
}

}  // namespace latency
