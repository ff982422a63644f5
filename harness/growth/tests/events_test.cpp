// The passes over a table: what they see of its growths.
#include "maps/adapters/hmap.hpp"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "harness/growth/fixture.hpp"
#include "maps/adapters/std.hpp"

namespace harness::growth {
namespace {

const latency::clock_facts no_clock{"", false, 1, 0, 0};

template <class Adapter>
std::unique_ptr<pass_report> run(const settings& set, std::vector<float>& trace) {
  auto report = std::make_unique<pass_report>();
  fixture_of<Adapter, workloads::int_int> work(set);
  trace.assign(work.operations(), -1);
  recorder record(no_clock, trace);
  work.run(record, *report);
  EXPECT_EQ(report->answer, work.expected());
  return report;
}

TEST(GrowthEvents, OfHmapAreWhereGoHasThem) {
  std::vector<float> trace;
  const auto report =
      run<adapters::hmap>({20'000, 1, workloads::growth_mix::insert, 0, false, false}, trace);
  const std::vector<std::uint64_t> points{8,   13,  26,   52,   104,  208,
                                          416, 832, 1664, 3328, 6656, 13312};
  ASSERT_EQ(report->events, points.size() + 1);
  EXPECT_EQ(report->event_list[0].capacity_before, 0U) << "the first array";
  for (std::size_t i = 0; i < points.size(); ++i) {
    const event& one = report->event_list[i + 1];
    EXPECT_EQ(one.operation, points[i]);
    EXPECT_EQ(one.entries, points[i]);
    EXPECT_EQ(one.capacity_after, 2 * one.capacity_before);
    ASSERT_NE(one.drained_at, never);
    EXPECT_GE(one.drained_at, one.operation);
    // Each write moves one chain or two.
    EXPECT_LE(one.drained_at - one.operation, one.capacity_before);
    EXPECT_GE(2 * (one.drained_at - one.operation + 1), one.capacity_before);
  }
  for (const float ns : trace) ASSERT_GE(ns, 0) << "every operation has its time";
}

TEST(GrowthEvents, AReservedTableHasNone) {
  std::vector<float> trace;
  const auto report =
      run<adapters::hmap>({5'000, 1, workloads::growth_mix::insert, 0, true, true}, trace);
  EXPECT_EQ(report->events, 0U);
  EXPECT_GT(report->reserve_ns, 0);
}

TEST(GrowthEvents, OfATableThatGrowsAtOnceEndInTheirOperation) {
  std::vector<float> trace;
  const auto report = run<adapters::std_unordered>(
      {5'000, 1, workloads::growth_mix::mixed, 0, false, false}, trace);
  ASSERT_GT(report->events, 5U);
  for (std::size_t i = 0; i < report->events; ++i) {
    EXPECT_EQ(report->event_list[i].drained_at, report->event_list[i].operation);
    EXPECT_EQ(report->event_list[i].operation % 2, 0U) << "only inserts";
    EXPECT_EQ(report->event_list[i].entries, report->event_list[i].operation / 2);
  }
}

TEST(GrowthEvents, TheObserverSeesEveryChainMove) {
  fixture_of<adapters::hmap, workloads::int_int> work(
      {20'000, 1, workloads::growth_mix::insert, 0, false, false});
  ASSERT_TRUE(work.can_be_observed());
  ASSERT_TRUE(work.grows_in_steps());
  auto report = std::make_unique<pass_report>();
  work.observe(no_clock, *report);
  EXPECT_EQ(report->answer, work.expected());
  ASSERT_EQ(report->observed, 12U);
  for (std::size_t i = 0; i < report->observed; ++i) {
    EXPECT_EQ(report->part_list[i].chains, std::uint64_t{1} << i);
    EXPECT_GT(report->part_list[i].migration_ns, 0);
    EXPECT_GE(report->part_list[i].releases, 1U);
  }
}

/// Full at load 6.5, hmap compacts again and again: to an array of the same size.
TEST(GrowthEvents, ChurnCompacts) {
  constexpr std::size_t full = 208, buckets = 32;
  settings set{full, 1, workloads::growth_mix::churn, 60, false, false};
  std::vector<float> trace;
  const auto report = run<adapters::hmap>(set, trace);
  ASSERT_GT(report->events, 2U);
  for (std::size_t i = 0; i < report->events; ++i) {
    const event& one = report->event_list[i];
    EXPECT_EQ(one.capacity_before, buckets);
    EXPECT_EQ(one.capacity_after, buckets);
    EXPECT_GE(one.entries, full - 1);
    if (one.drained_at != never) {
      EXPECT_LE(one.drained_at - one.operation, buckets);
    }
  }
  auto observed = std::make_unique<pass_report>();
  fixture_of<adapters::hmap, workloads::int_int>(set).observe(no_clock, *observed);
  EXPECT_GT(observed->observed, 2U) << "the observer sees them as well";

  set.n = full / 2;
  EXPECT_EQ(run<adapters::std_unordered>(set, trace)->events, 0U);
}

/// A growth that began before the first operation is none of theirs.
TEST(GrowthEvents, AnEarlierGrowthIsNotCounted) {
  std::vector<float> trace;
  const auto report =
      run<adapters::hmap>({209, 1, workloads::growth_mix::churn, 1, false, false}, trace);
  EXPECT_EQ(report->events, 0U);
}

TEST(GrowthDrain, EveryOperationIsMeasuredInEveryState) {
  std::vector<float> trace;
  const settings set{20'000, 1, workloads::growth_mix::insert, 0, false, false};
  const auto seen = run<adapters::hmap>(set, trace);
  const event& last = seen->event_list[seen->events - 1];
  fixture_of<adapters::hmap, workloads::int_int> work(set);
  const latency::clock_facts clock = latency::calibrate();
  auto report = std::make_unique<drain_report>();
  for (std::size_t k = 0; k < drain_passes; ++k) {
    work.measure_drain(last, static_cast<drain_pass>(k), clock, *report);
  }
  for (std::size_t i = 0; i < drain_operations.size(); ++i) {
    for (std::size_t state = 0; state < drain_states; ++state) {
      EXPECT_GT(report->ns[i][state], 0) << drain_operations[i] << ' ' << drain_state_names[state];
    }
  }
  EXPECT_GT(report->stuck_at, last.entries + 1);
  EXPECT_LT(report->stuck_at, last.drained_at);
}

TEST(GrowthEvents, MemoryIsNotCountedWithoutACounter) {
  fixture_of<adapters::std_unordered, workloads::int_int> work(
      {1'000, 1, workloads::growth_mix::insert, 0, false, false});
  EXPECT_FALSE(work.can_be_observed());
  auto report = std::make_unique<pass_report>(), none = std::make_unique<pass_report>();
  work.count_memory(*none, *report);
  EXPECT_FALSE(report->memory.counted);
}

}  // namespace
}  // namespace harness::growth
