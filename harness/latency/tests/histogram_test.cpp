#include "harness/latency/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "workloads/random.hpp"

namespace harness::latency {
namespace {

/// From below a nanosecond to seconds, evenly in magnitude.
std::vector<double> durations(std::size_t count, std::uint64_t seed) {
  workloads::random_source random(seed);
  std::vector<double> result;
  for (std::size_t i = 0; i < count; ++i) {
    const double magnitude = static_cast<double>(random.below(1'000'000)) / 1e6 * 10;
    result.push_back(std::pow(10, magnitude - 0.5));
  }
  return result;
}

double exact_percentile(std::vector<double> sorted, double p) {
  std::sort(sorted.begin(), sorted.end());
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

TEST(Histogram, IsWithinOnePercentOfASortedList) {
  for (const std::size_t count : {1U, 2U, 10U, 1'000U, 100'000U}) {
    const std::vector<double> all = durations(count, count);
    histogram h;
    for (const double ns : all) h.add(ns);
    for (const double p : {0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0}) {
      const double exact = exact_percentile(all, p);
      EXPECT_NEAR(h.percentile(p), exact, std::max(exact * 0.01, 0.1)) << count << ' ' << p;
    }
  }
}

TEST(Histogram, KnowsNumberSumAndMaximumExactly) {
  const std::vector<double> all = durations(10'000, 3);
  histogram h;
  double sum = 0;
  for (const double ns : all) {
    h.add(ns);
    sum += ns;
  }
  EXPECT_EQ(h.size(), all.size());
  EXPECT_DOUBLE_EQ(h.total(), sum);
  EXPECT_EQ(h.max(), *std::max_element(all.begin(), all.end()));
  EXPECT_EQ(h.percentile(1), h.max());
}

TEST(Histogram, TwoMergedAreAsOne) {
  histogram one, first, second;
  const std::vector<double> all = durations(20'000, 4);
  for (std::size_t i = 0; i < all.size(); ++i) {
    one.add(all[i]);
    (i % 3 == 0 ? first : second).add(all[i]);
  }
  first.add(second);
  EXPECT_EQ(first.size(), one.size());
  EXPECT_EQ(first.max(), one.max());
  for (const double p : {0.1, 0.5, 0.99, 0.9999}) {
    EXPECT_EQ(first.percentile(p), one.percentile(p));
  }
}

TEST(Histogram, NothingIsNothing) {
  const histogram h;
  EXPECT_EQ(h.size(), 0U);
  EXPECT_EQ(h.max(), 0);
  EXPECT_EQ(h.percentile(0.5), 0);
}

TEST(Histogram, ZeroAndHoursHaveTheirBins) {
  histogram h;
  h.add(0);
  h.add(1e14);
  std::vector<std::pair<double, std::uint64_t>> bins;
  h.for_each([&](double ns, std::uint64_t count) { bins.emplace_back(ns, count); });
  ASSERT_EQ(bins.size(), 2U);
  EXPECT_EQ(bins[0], (std::pair<double, std::uint64_t>{0, 1}));
  EXPECT_EQ(h.max(), 1e14);
}

}  // namespace
}  // namespace harness::latency
