#include "harness/latency/clock.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace {

TEST(Clock, SaysWhatItIsAndHowFine) {
  const latency::clock_facts facts = latency::calibrate();
  EXPECT_FALSE(facts.source.empty());
  EXPECT_GT(facts.ns_per_tick, 0);
  EXPECT_GT(facts.resolution_ns, 0);
  EXPECT_GE(facts.overhead_ns, 0);
}

/// A coarse counter shows a cost between two steps as either of them.
TEST(Clock, ItsCostDoesNotJumpByAStep) {
  const auto cost = [](std::size_t longer) {
    std::vector<double> shown(1000, 20.0);
    std::fill(shown.end() - static_cast<std::ptrdiff_t>(longer), shown.end(), 30.0);
    return latency::usual_cost(shown);
  };
  EXPECT_NEAR(cost(490), cost(510), 0.3);
  EXPECT_NEAR(cost(500), 25, 0.5);
}

TEST(Clock, WhatComesIntoItDoesNotCount) {
  std::vector<double> shown(1000, 20.0);
  shown.back() = 1e9;
  EXPECT_DOUBLE_EQ(latency::usual_cost(shown), 20);
}

TEST(Clock, NeverRunsBackwards) {
  latency::stopwatch watch(latency::calibrate());
  for (int i = 0; i < 1000; ++i) {
    watch.start();
    ASSERT_GE(watch.stop(), 0);
  }
}

TEST(Clock, TheSystemsClockTakesItsPlace) {
  const latency::clock_facts system{"system", false, 1, 0, 0};
  latency::stopwatch watch(system);
  const std::uint64_t before = latency::system_ns();
  watch.start();
  while (latency::system_ns() < before + 1'000'000) {
  }
  EXPECT_GE(watch.stop(), 900'000);
}

}  // namespace
