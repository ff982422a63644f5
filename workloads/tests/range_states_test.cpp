// Every state on maps whose growth is known exactly.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include "mapscope/registry.hpp"
#include "workloads/hash.hpp"
#include "workloads/range_states.hpp"

namespace workloads {
namespace {

/// Doubles at 8, 16, 32, ... entries; the growth that 8 * 2^k starts lasts for 2^k inserts more.
struct stepping_map : std::unordered_map<std::uint64_t, std::uint64_t, shared_hash> {
  std::size_t capacity = 8, left_to_move = 0;

  auto try_emplace(std::uint64_t key, std::uint64_t value) {
    if (left_to_move > 0) --left_to_move;
    const auto result = unordered_map::try_emplace(key, value);
    if (size() > capacity) {
      capacity *= 2;
      left_to_move = capacity / 16;
    }
    return result;
  }
};

std::size_t capacity_of(const stepping_map& map) { return map.capacity; }
bool is_growing(const stepping_map& map) { return map.left_to_move > 0; }
std::size_t slots_of(const stepping_map& map) { return map.capacity; }

setting<stepping_map> setting_for(std::string_view state) {
  return {.state = state,
          .cold_bytes = 100'000,
          .capacity = &capacity_of,
          .growing = &is_growing,
          .never_half_grown = {},
          .slots = &slots_of,
          .no_slots = {}};
}

using states_of_int = range_states<stepping_map, int_int>;

states_of_int in_state(std::string_view state, std::size_t n = 1000) {
  return states_of_int(key_pool(n, 1), 1, setting_for(state));
}

TEST(octave, is_found_by_watching_a_table_grow) {
  const auto found = octave_around<int_int>(key_pool(1000, 1), setting_for({}));
  EXPECT_EQ(found.first,
            512 + 1 + 64);  // the growth that entry 513 starts is over 64 inserts later
  EXPECT_EQ(found.last, 1024U);
  EXPECT_EQ(found.at(0), found.first);
  EXPECT_EQ(found.at(100), found.last);
  const auto at_its_end = octave_around<int_int>(key_pool(1024, 1), setting_for({}));
  EXPECT_EQ(at_its_end.last, 1024U);
  const auto in_growth = octave_around<int_int>(key_pool(1025, 1), setting_for({}));
  EXPECT_EQ(in_growth.first, 1024U + 1 + 128);
}

TEST(range_states, know_every_state_that_is_registered) {
  std::size_t found = 0;
  for (const auto& one : states) {
    if (one.family != states_of_int::family) continue;
    ++found;
    EXPECT_NE(states_of_int::summary_of(one.state), "") << one.name;
    EXPECT_EQ(one.name, std::string(one.family) + "_" + std::string(one.state));
  }
  EXPECT_GT(found, 25U);
  for (std::string_view wrong :
       {"", "load", "load101_live10", "load50", "load50_live0", "load50_live10x", "warm"}) {
    EXPECT_EQ(states_of_int::summary_of(wrong), "") << wrong;
  }
}

TEST(range_states, no_two_have_the_same_words) {
  std::vector<std::string> words;
  for (const auto& one : states) words.push_back(range_state::named(one.state)->summary());
  std::sort(words.begin(), words.end());
  EXPECT_EQ(std::adjacent_find(words.begin(), words.end()), words.end());
}

TEST(range_states, answer_right_pass_after_pass) {
  for (const auto& one : states) {
    if (one.state.starts_with("cursor")) continue;
    for (const std::size_t n : {std::size_t{1000}, std::size_t{5000}}) {
      states_of_int work(key_pool(n, 1), 1, setting_for(one.state));
      for (int pass = 0; pass < 2; ++pass) {
        work.prepare();
        work.run();
        EXPECT_EQ(work.answer(), work.expected()) << one.name << " n=" << n;
      }
    }
  }
}

TEST(range_states, visit_as_many_as_are_left) {
  const std::size_t tables = tables_for(1024);
  EXPECT_EQ(in_state("load100_live100").operations(), tables * 1024);
  // Few entries are visited several times over: 4096 operations are wanted.
  EXPECT_EQ(in_state("load100_live50").operations() % (tables * 512), 0U);
  EXPECT_GE(in_state("load100_live50").operations(), least_operations);
  EXPECT_EQ(in_state("load100_one").operations() % tables, 0U);
}

TEST(range_states, report_what_was_scanned_or_why_not) {
  const auto work = in_state("load100_live1");
  const std::size_t iterations = work.operations() / 10;  // over tables with ten entries left
  EXPECT_EQ(work.slots().slots, iterations * 1024);
  auto silent = setting_for("keys");
  silent.slots = nullptr;
  silent.no_slots = "a list";
  EXPECT_EQ(states_of_int(key_pool(1000, 1), 1, silent).slots().reason, "a list");
}

TEST(range_states, cold_tables_hold_so_much_and_come_in_another_order) {
  const auto work = in_state("cold");
  EXPECT_GE(work.operations() * sizeof(std::uint64_t) * 2, 100'000U);
  EXPECT_LT(work.operations() * sizeof(std::uint64_t) * 2, 150'000U);
}

TEST(half_grown, tables_are_where_they_should_be) {
  const half_grown_tables<stepping_map, int_int> made(key_pool(1000, 1), setting_for({}));
  stepping_map table;
  made.build(table, 0, 1, 2);
  EXPECT_EQ(table.size(), 1024U + 1 + 64);
  EXPECT_EQ(table.left_to_move, 64U);
  EXPECT_TRUE(is_growing(table));
}

TEST(range_states, say_why_a_map_is_never_in_a_state) {
  auto at_once = setting_for("stuck");
  at_once.growing = nullptr;
  at_once.never_half_grown = "all at once";
  const auto reason = [](const auto& where, std::size_t n) -> std::string {
    try {
      states_of_int(key_pool(n, 1), 1, where);
    } catch (const inapplicable& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(reason(at_once, 1000), "all at once");
  EXPECT_EQ(reason(setting_for("cursor"), 1000), "this map has no range(), Go's cursor");
  EXPECT_NE(reason(setting_for("stuck"), 1).find("is over"), std::string::npos);
  EXPECT_EQ(reason(setting_for("stuck"), 1000), "none");
}

/// Says that it erased, and keeps the entry.
struct keeps_erased : stepping_map {
  std::size_t erase(std::uint64_t) { return 1; }
};

TEST(range_states, notice_what_was_not_erased) {
  setting<keeps_erased> where{.state = "load100_live50",
                              .capacity = [](const keeps_erased& map) { return map.capacity; },
                              .growing = nullptr,
                              .slots = nullptr};
  range_states<keeps_erased, int_int> work(key_pool(1000, 1), 1, where);
  work.prepare();
  work.run();
  EXPECT_NE(work.answer(), work.expected());
}

}  // namespace
}  // namespace workloads
