// What is refused before it is begun.
#include "harness/growth/study.hpp"

#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include "maps/adapters/std.hpp"

namespace harness::growth {
namespace {

constexpr builder build = &fixture_of<adapters::std_unordered, workloads::int_int>::build;

request asking_for(std::size_t n, workloads::growth_mix mix) {
  return {{n, 1, mix, 1, false, false}, pages::small, 1, "", "", -1};
}

TEST(GrowthStudy, WhatWillNotFitIsRefusedWithBothSizes) {
  constexpr std::size_t n = std::size_t{1} << 48;
  for (const auto mix : {workloads::growth_mix::insert, workloads::growth_mix::mixed,
                         workloads::growth_mix::churn}) {
    try {
      study(build, asking_for(n, mix), {}, nullptr);
      FAIL() << "it was begun";
    } catch (const will_not_fit& error) {
      const std::string words = error.what();
      EXPECT_EQ(words.find("n = 281474976710656 needs about "), 0U) << words;
      EXPECT_NE(words.find(" MB can be had; measure fewer entries"), words.npos) << words;
      EXPECT_EQ(words.find('\n'), words.npos);
    }
  }
}

}  // namespace
}  // namespace harness::growth
