#include "harness/latency/clock.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Clock, SaysWhatItIsAndHowFine) {
  const latency::clock_facts facts = latency::calibrate();
  EXPECT_FALSE(facts.source.empty());
  EXPECT_GT(facts.ns_per_tick, 0);
  EXPECT_GT(facts.resolution_ns, 0);
  EXPECT_GE(facts.overhead_ns, 0);
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
