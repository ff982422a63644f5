#include "harness/growth/summary.hpp"

#include <algorithm>
#include <cmath>

namespace harness::growth {

latency::histogram histogram_of(std::span<const float> trace, const chosen& wanted) {
  latency::histogram result;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    if (!wanted || wanted(i)) result.add(static_cast<double>(trace[i]));
  }
  return result;
}

summary summarise(const latency::histogram& histogram) {
  summary result{histogram.size(), histogram.total(), histogram.max(), {}, {}};
  for (std::size_t k = 0; k < shares.size(); ++k) {
    result.percentiles[k] = histogram.percentile(shares[k]);
  }
  histogram.for_each([&](double ns, std::uint64_t count) {
    for (std::size_t k = 0; k < long_ns.size(); ++k)
      result.longer[k] += ns > long_ns[k] ? count : 0;
  });
  return result;
}

summary summarise(std::span<const float> trace, const chosen& wanted) {
  return summarise(histogram_of(trace, wanted));
}

std::vector<curve_point> curve_of(const latency::histogram& histogram) {
  constexpr double per_decade = 12;
  std::vector<curve_point> curve;
  const auto all = static_cast<double>(histogram.size());
  if (all == 0) return curve;
  for (double k = 0; std::pow(10, k / per_decade) < all; ++k) {
    const double share = 1 - std::pow(10, -k / per_decade);
    curve.push_back({share, histogram.percentile(share)});
  }
  curve.push_back({1 - 1 / (all + 1), histogram.max()});
  return curve;
}

std::vector<span_of_time> timeline_of(std::span<const float> trace) {
  constexpr double per_decade = 80;
  std::vector<span_of_time> spans;
  std::vector<float> part;
  const auto edge = [](double k) { return static_cast<std::size_t>(std::pow(10, k / per_decade)); };
  for (double k = 0; edge(k) <= trace.size(); ++k) {
    const std::size_t first = edge(k) - 1, last = std::min(edge(k + 1) - 1, trace.size());
    if (first >= last) continue;
    part.assign(trace.begin() + static_cast<std::ptrdiff_t>(first),
                trace.begin() + static_cast<std::ptrdiff_t>(last));
    std::sort(part.begin(), part.end());
    const auto at = [&](std::size_t i) { return static_cast<double>(part[i]); };
    spans.push_back({first, at(part.size() / 2), at(part.size() * 99 / 100), at(part.size() - 1)});
  }
  return spans;
}

}  // namespace harness::growth
