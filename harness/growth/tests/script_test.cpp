#include "workloads/growth.hpp"

#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

namespace harness::growth {
namespace {

using namespace workloads;

template <class Payload>
std::vector<std::uint64_t> keys_of(growth_mix mix, std::uint64_t seed) {
  growth_script<Payload> script({1000, seed}, mix, 3, seed);
  std::vector<std::uint64_t> digests;
  script.run([&](std::size_t i, const entry<Payload>& slot) {
    EXPECT_EQ(i, digests.size());
    digests.push_back(digest(slot.key));
  });
  return digests;
}

TEST(GrowthScript, IsTheSameEveryTime) {
  EXPECT_EQ(keys_of<int_int>(growth_mix::mixed, 3), keys_of<int_int>(growth_mix::mixed, 3));
  EXPECT_NE(keys_of<int_int>(growth_mix::mixed, 3), keys_of<int_int>(growth_mix::mixed, 4));
  EXPECT_EQ(keys_of<string_string>(growth_mix::insert, 3),
            keys_of<string_string>(growth_mix::insert, 3));
}

TEST(GrowthScript, EveryInsertIsNewAndEveryLookupSucceeds) {
  for (const growth_mix mix : {growth_mix::insert, growth_mix::mixed}) {
    growth_script<int_int> script({1000, 1}, mix, 0, 1);
    std::unordered_map<std::uint64_t, std::uint64_t> table;
    std::uint64_t yes = 0;
    script.run([&](std::size_t i, const auto& slot) {
      yes += script.what(i) == action::insert ? table.try_emplace(slot.key, slot.value).second
                                              : table.contains(slot.key);
    });
    EXPECT_EQ(yes, script.operations());
    EXPECT_EQ(table.size(), 1000U);
    EXPECT_EQ(yes + sum_of_entries(table), script.expected());
  }
}

TEST(GrowthScript, ChurnKeepsATableFull) {
  growth_script<string_int> script({500, 1}, growth_mix::churn, 4, 1);
  ASSERT_TRUE(script.begins_full());
  ASSERT_EQ(script.operations(), 2 * 4 * 500U);
  for (int pass = 0; pass < 2; ++pass) {  // the second is like the first
    std::unordered_map<std::string, std::uint64_t> table;
    script.fill([&](const auto& slot) { table.try_emplace(slot.key, slot.value); });
    ASSERT_EQ(table.size(), 500U);
    std::uint64_t yes = 0;
    script.run([&](std::size_t i, const auto& slot) {
      ASSERT_EQ(table.size(), script.what(i) == action::erase ? 500U : 499U);
      yes += script.what(i) == action::erase ? table.erase(slot.key)
                                             : table.try_emplace(slot.key, slot.value).second;
    });
    EXPECT_EQ(yes, script.operations());
    EXPECT_EQ(yes + sum_of_entries(table), script.expected());
  }
}

}  // namespace
}  // namespace harness::growth
