// hmap, for the tests of what throws: the types that they run on, the states of a table that make
// a difference, and what is promised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "subject.hpp"
#include "tests/table_state.hpp"
#include "tests/throwing.hpp"

namespace subject {

using map_test::moving;
using map_test::payload;

template <class Key, class Value, class Traits>
using throwing_table =
    hmap::basic_map<Key, Value, map_test::payload_hash, map_test::payload_equal,
                    map_test::fault_allocator<std::pair<const Key, Value>>, Traits>;
using throwing_tables = ::testing::Types<
    throwing_table<payload<moving::never_throws>, payload<moving::never_throws>,
                   hmap::split_traits>,
    throwing_table<payload<moving::may_throw>, payload<moving::may_throw>, hmap::paired_traits>,
    throwing_table<payload<moving::may_throw, 129>, payload<moving::may_throw>, hmap::split_traits>,
    throwing_table<payload<moving::only>, payload<moving::only, 129>, hmap::split_traits>>;

/// Entries that can only be moved, by a move that may throw: one that throws once is undone.
using move_only_tables = ::testing::Types<
    throwing_table<payload<moving::never_throws>, payload<moving::only_and_may_throw>,
                   hmap::split_traits>,
    throwing_table<payload<moving::may_throw>, payload<moving::only>, hmap::split_traits>>;

/// A step of growth that throws fails the operation that it came with. A new entry is not in by
/// then, so the table is as it was; but an entry that was there may have been updated.
inline constexpr bool reports_upkeep = true;

/// Insertion into all states throws at more points than these, whatever the type.
inline constexpr std::size_t fewest_throw_points = 1'000;

// ---- the states

/// The table has 2^B buckets and one new key more makes it double.
template <class Map>
Map about_to_double(int B) {
  Map m;
  map_test::deal(
      m, static_cast<int>(hmap::detail::capacity<hmap::split_traits>(static_cast<std::uint8_t>(B))),
      1 << B);
  return m;
}

/// Sixteen buckets, sixteen overflow buckets, few entries: one more makes it compact.
template <class Map>
Map about_to_compact() {
  using map_test::in_chain;
  Map m(100);
  for (int i = 0; i < 92; ++i) m.try_emplace(in_chain(0, i + 1), i);
  for (int i = 0; i < 88; ++i) m.erase(in_chain(0, i + 1));
  for (int i = 0; i < 41; ++i) m.try_emplace(in_chain(1, i + 1), i);
  for (int i = 1; i < 41; i += 2) m.erase(in_chain(1, i + 1));
  EXPECT_EQ(hmap::inspect(m).noverflow, 16U);
  return m;
}

template <class Map>
Map growing(Map m, int steps) {
  m.try_emplace(map_test::trigger, 1);
  for (int i = 0; i < steps; ++i) m.erase(map_test::absent);
  EXPECT_TRUE(hmap::inspect(m).growing) << "no longer, at step " << steps;
  return m;
}

template <class Map>
std::vector<map_test::table_state<Map>> states() {
  using map_test::dealt;
  std::vector<map_test::table_state<Map>> all{
      {"empty", [] { return Map(); }},
      dealt<Map>("one bucket", 0, 5, 1),
      dealt<Map>("one full bucket", 0, 8, 1),
      dealt<Map>("overflow", 20, 19, 4),
      {"about to double", [] { return about_to_double<Map>(3); }},
      {"about to compact", [] { return about_to_compact<Map>(); }},
  };
  for (int steps = 0; steps < 5; ++steps) {
    all.push_back({"doubling, step " + std::to_string(steps),
                   [=] { return growing(about_to_double<Map>(3), steps); }});
  }
  for (int steps = 0; steps < 14; steps += 4) {
    all.push_back({"compacting, step " + std::to_string(steps),
                   [=] { return growing(about_to_compact<Map>(), steps); }});
  }
  return all;
}

/// Spare buckets that no chain has are lost: all that are counted as used must be linked.
template <class Map>
std::size_t lost_spares(const Map& m) {
  std::size_t linked = 0;
  hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) { linked += !b.old && b.spare; });
  return hmap::inspect(m).spares_used - linked;
}

}  // namespace subject
