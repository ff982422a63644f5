#include "harness/ladder/ladder.hpp"

#include <set>

#include <gtest/gtest.h>

namespace harness::ladder {
namespace {

/// The addresses that a chase visits, until it is back or has gone astray.
std::set<const void*> visited(const cycle& path, std::size_t lines) {
  std::set<const void*> found;
  const void* at = path.start();
  do {
    found.insert(at);
    at = *static_cast<const void* const*>(at);
  } while (at != path.start() && found.size() <= lines);
  return found;
}

TEST(Cycle, GoesThroughEveryPackedLineOnce) {
  const region memory(64 * 1000, layout::packed);
  const cycle path(memory, 1000, 64, 64, 7);
  const auto found = visited(path, 1000);
  EXPECT_EQ(found.size(), 1000U);
  for (const void* at : found) {
    const auto offset = static_cast<const std::byte*>(at) - memory.data();
    EXPECT_EQ(offset % 64, 0);
    EXPECT_LT(offset, 64 * 1000);
  }
}

TEST(Cycle, HasOneLineInEachPageAndNotTheSameInAll) {
  const region memory(4096 * 256, layout::spread);
  const cycle path(memory, 256, 4096, 64, 7);
  std::set<std::ptrdiff_t> pages, lines;
  for (const void* at : visited(path, 256)) {
    const auto offset = static_cast<const std::byte*>(at) - memory.data();
    pages.insert(offset / 4096);
    lines.insert(offset % 4096);
  }
  EXPECT_EQ(pages.size(), 256U);
  EXPECT_EQ(*pages.rbegin(), 255);
  EXPECT_EQ(lines.size(), 64U);
}

TEST(Cycle, KnowsWhereAChaseEnds) {
  const region memory(64 * 10, layout::packed);
  const cycle path(memory, 10, 64, 64, 1);
  const void* at = path.start();
  for (std::size_t steps = 0; steps < 25; ++steps) {
    EXPECT_EQ(at, path.after(steps));
    at = *static_cast<const void* const*>(at);
  }
}

TEST(Cycle, IsAnotherOneWithAnotherSeed) {
  const region memory(64 * 1000, layout::packed);
  const auto tenth = [&](std::uint64_t seed) {
    return cycle(memory, 1000, 64, 64, seed).after(10);
  };
  EXPECT_EQ(tenth(1), tenth(1));
  EXPECT_NE(tenth(1), tenth(2));
}

TEST(Ladder, HasARungForEachThatWasAskedFor) {
  const auto found =
      climb({.sizes = {1024, 3072}, .pages = {16}, .passes = 3}, latency::calibrate());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].how, layout::spread);
  EXPECT_EQ(found[0].lines, 16U);
  EXPECT_EQ(found[2].lines, 48U);
  for (const auto& rung : found) {
    EXPECT_EQ(rung.passes.size(), 3U);
    EXPECT_EQ(rung.reason, "");
    for (const double ns : rung.passes) EXPECT_GT(ns, 0);
  }
}

TEST(Ladder, MeasuresTheLargestAloneWithoutTime) {
  const auto found =
      climb({.sizes = {1024, 1 << 20, 1 << 12}, .pages = {16, 32}, .passes = 1, .seconds = 1e-9},
            latency::calibrate());
  ASSERT_EQ(found.size(), 5U);
  for (const auto& rung : found) {
    const bool is_largest = rung.lines == 32 || rung.lines == (1 << 14);
    EXPECT_EQ(rung.passes.size(), is_largest ? 1U : 0U) << rung.lines;
    EXPECT_EQ(rung.reason.empty(), is_largest) << rung.lines;
  }
}

}  // namespace
}  // namespace harness::ladder
