#include "harness/growth/summary.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace harness::growth {
namespace {

std::vector<float> ramp(std::size_t count) {
  std::vector<float> trace;
  for (std::size_t i = 0; i < count; ++i) trace.push_back(static_cast<float>(i + 1));
  return trace;
}

TEST(Summary, CountsWhatIsLong) {
  std::vector<float> trace(1000, 50);
  trace[10] = 2e4F, trace[20] = 2e5F, trace[30] = 2e6F;
  const summary all = summarise(trace, {});
  EXPECT_EQ(all.count, 1000U);
  EXPECT_EQ(all.max_ns, 2e6);
  EXPECT_EQ(all.longer, (std::array<std::uint64_t, 3>{3, 2, 1}));
  const summary some = summarise(trace, [](std::size_t i) { return i != 30; });
  EXPECT_EQ(some.count, 999U);
  EXPECT_EQ(some.longer, (std::array<std::uint64_t, 3>{2, 1, 0}));
}

TEST(Summary, ACurveRisesToTheMaximum) {
  const auto curve = curve_of(histogram_of(ramp(10'000), {}));
  ASSERT_GT(curve.size(), 40U);
  for (std::size_t i = 1; i < curve.size(); ++i) {
    EXPECT_GT(curve[i].share, curve[i - 1].share);
    EXPECT_GE(curve[i].ns, curve[i - 1].ns);
    EXPECT_LT(curve[i].share, 1);
  }
  EXPECT_EQ(curve.back().ns, 10'000);
}

TEST(Summary, ATimelineLosesNoMaximumAndStaysSmall) {
  std::vector<float> trace(1'000'000, 1);
  trace[777'777] = 99;
  trace[0] = 7;
  const auto timeline = timeline_of(trace);
  EXPECT_LT(timeline.size(), 500U);
  double most = 0;
  for (const auto& span : timeline) {
    most = std::max(most, span.max);
    EXPECT_EQ(span.p50, span.first == 0 ? 7 : 1);
  }
  EXPECT_EQ(most, 99);
  EXPECT_EQ(timeline.front().first, 0U);
}

}  // namespace
}  // namespace harness::growth
