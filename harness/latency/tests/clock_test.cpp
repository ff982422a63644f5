#include "harness/latency/clock.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace harness::latency {
namespace {

TEST(Clock, SaysWhatItIsAndHowFine) {
  const clock_facts facts = calibrate();
  EXPECT_FALSE(facts.source.empty());
  EXPECT_GT(facts.ns_per_tick, 0);
  EXPECT_GE(facts.resolution_ns, facts.ns_per_tick);
  EXPECT_LT(facts.resolution_ns, 1e6);
  EXPECT_GE(facts.overhead_ns, 0);
}

/// A coarse counter shows a cost between two steps as either of them.
TEST(Clock, ItsCostDoesNotJumpByAStep) {
  const auto cost = [](std::size_t longer) {
    std::vector<double> shown(1000, 20.0);
    std::fill(shown.end() - static_cast<std::ptrdiff_t>(longer), shown.end(), 30.0);
    return usual_cost(shown);
  };
  EXPECT_NEAR(cost(490), cost(510), 0.3);
  EXPECT_NEAR(cost(500), 25, 0.5);
}

TEST(Clock, WhatComesIntoItDoesNotCount) {
  std::vector<double> shown(1000, 20.0);
  shown.back() = 1e9;
  EXPECT_DOUBLE_EQ(usual_cost(shown), 20);
}

TEST(Clock, NeverRunsBackwards) {
  stopwatch watch(calibrate());
  for (int i = 0; i < 1000; ++i) {
    watch.start();
    ASSERT_GE(watch.stop(), 0);
  }
}

TEST(Clock, IsTheVirtualCounterWhereItIsFineEnough) {
  for (const auto& [frequency, tick_ns] :
       {std::pair{1'000'000'000, 1.0}, {62'500'000, 16.0}, {25'000'000, 40.0}}) {
    const auto facts = virtual_counter_or_system(static_cast<std::uint64_t>(frequency));
    EXPECT_TRUE(facts.is_counter) << frequency;
    EXPECT_DOUBLE_EQ(facts.ns_per_tick, tick_ns);
  }
  EXPECT_EQ(virtual_counter_or_system(62'500'000).source,
            "virtual counter CNTVCT_EL0, ticks of 16 ns");
}

TEST(Clock, IsTheSystemsWhereTheVirtualCounterIsTooCoarse) {
  const auto coarse = virtual_counter_or_system(19'200'000), silent = virtual_counter_or_system(0);
  EXPECT_EQ(coarse.source,
            "clock_gettime(CLOCK_MONOTONIC): the virtual counter has ticks of 52.1 ns");
  for (const auto& facts : {coarse, silent}) {
    EXPECT_FALSE(facts.is_counter);
    EXPECT_EQ(facts.ns_per_tick, 1);
  }
}

TEST(Clock, IsNeverFinerThanATick) {
  EXPECT_DOUBLE_EQ(smallest_step(std::vector{16.0, 16.0, 26.0, 46.0}, 0.4), 10);
  EXPECT_DOUBLE_EQ(smallest_step(std::vector{16.0, 17.0}, 16), 16);
  EXPECT_DOUBLE_EQ(smallest_step(std::vector(5, 0.0), 16), 16);  // no step was seen
}

/// A counter read as another's, or at a wrong rate, would be off by more than this.
TEST(Clock, GoesAsFastAsTheSystems) {
  stopwatch watch(calibrate());
  constexpr std::uint64_t inside = 20'000'000;
  const std::uint64_t before = system_ns();
  watch.start();
  const std::uint64_t begun = system_ns();
  while (system_ns() < begun + inside) {
  }
  const double ns = watch.stop();
  const auto outside = static_cast<double>(system_ns() - before);
  EXPECT_GE(ns, 0.95 * inside);
  EXPECT_LE(ns, 1.05 * outside);
}

TEST(Clock, TheSystemsClockTakesItsPlace) {
  const clock_facts system{"system", false, 1, 0, 0};
  stopwatch watch(system);
  const std::uint64_t before = system_ns();
  watch.start();
  while (system_ns() < before + 1'000'000) {
  }
  EXPECT_GE(watch.stop(), 900'000);
}

}  // namespace
}  // namespace harness::latency
