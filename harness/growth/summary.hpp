// What is said of many durations: percentiles, how many were long, and pictures of them small
// enough to be kept.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "harness/latency/histogram.hpp"

namespace harness::growth {

inline constexpr std::array<double, 7> shares{0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999};
inline constexpr std::array<double, 3> long_ns{1e4, 1e5, 1e6};

/// Plain data, so that it can travel between processes.
struct summary {
  std::uint64_t count;
  double total_ns, max_ns;
  std::array<double, shares.size()> percentiles;
  std::array<std::uint64_t, long_ns.size()> longer;
};

/// Whether the operation at this place of the trace is meant.
using chosen = std::function<bool(std::size_t)>;

latency::histogram histogram_of(std::span<const float> trace, const chosen& wanted);
summary summarise(const latency::histogram& histogram);
summary summarise(std::span<const float> trace, const chosen& wanted);

/// A point of a percentile curve: a share of all took at most so long.
struct curve_point {
  double share, ns;
};
/// Evenly spaced on an axis of 1 / (1 - share), to the very last one.
std::vector<curve_point> curve_of(const latency::histogram& histogram);

/// The operations from `first` to the next span's first: typical and longest duration.
struct span_of_time {
  std::size_t first;
  double p50, p99, max;
};
/// Spans that are evenly long on a logarithmic axis.
std::vector<span_of_time> timeline_of(std::span<const float> trace);

}  // namespace harness::growth
