#include "workloads/random.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace workloads {
namespace {

TEST(random_source, is_splitmix64) {
  random_source random(0);
  EXPECT_EQ(random(), 0xE220A8397B1DCDAFU);  // the published sequence for seed 0
  EXPECT_EQ(random(), 0x6E789E6AA1B965F4U);
}

TEST(random_source, below_reaches_every_number_below_the_bound_and_no_other) {
  random_source random(1);
  std::vector<int> seen(7);
  for (int i = 0; i < 7000; ++i) ++seen.at(random.below(7));
  EXPECT_GT(*std::min_element(seen.begin(), seen.end()), 850);
  EXPECT_LT(*std::max_element(seen.begin(), seen.end()), 1150);
}

TEST(random_source, shuffle_loses_nothing_and_changes_the_order) {
  random_source random(1);
  std::vector<int> sorted(100);
  std::iota(sorted.begin(), sorted.end(), 0);
  auto first = sorted;
  random.shuffle(std::span(first));
  auto second = first;
  random.shuffle(std::span(second));
  EXPECT_NE(first, sorted);
  EXPECT_NE(second, first);
  std::sort(second.begin(), second.end());
  EXPECT_EQ(second, sorted);
}

}  // namespace
}  // namespace workloads
