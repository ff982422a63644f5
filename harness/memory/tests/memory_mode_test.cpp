#include "harness/memory/memory_mode.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

std::vector<bool> calls;

TEST(memory_mode, reaches_a_map_that_keeps_memory_itself) {
  const auto keep = +[](bool all) { calls.push_back(all); };
  const std::string name = harness::set_memory_mode(harness::memory_mode::resident, keep);
  EXPECT_TRUE(name.starts_with("resident"));
  harness::set_memory_mode(harness::memory_mode::first_touch, keep);
  EXPECT_EQ(calls, (std::vector<bool>{true, false}));
  harness::set_memory_mode(harness::memory_mode::resident, nullptr);
  EXPECT_EQ(calls.size(), 2U);
}

}  // namespace
