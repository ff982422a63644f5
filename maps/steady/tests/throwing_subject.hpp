// steady, for the tests of what throws: the types that they run on, the states of a table that make
// a difference, and what is promised.
#pragma once

#include <cstddef>
#include <memory>
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

/// Buckets fill up and grow soon, so that few entries visit every state.
struct few : steady::default_traits {
  static constexpr std::size_t max_load = 5;
  static constexpr std::size_t min_load = 1;
  static constexpr unsigned min_level = 0;
  static constexpr std::size_t chain_cap = 4;
};

template <class Key, class Value>
using throwing_table = steady::map<Key, Value, map_test::payload_hash, map_test::payload_equal,
                                   map_test::fault_allocator<std::pair<const Key, Value>>, few>;
/// The same in blocks that move, with an allocator that never fails.
template <class Key, class Value>
using moving_table = steady::map<Key, Value, map_test::payload_hash, map_test::payload_equal,
                                 std::allocator<std::pair<const Key, Value>>, few>;
using throwing_tables =
    ::testing::Types<throwing_table<payload<moving::never_throws>, payload<moving::never_throws>>,
                     throwing_table<payload<moving::may_throw>, payload<moving::may_throw>>,
                     moving_table<payload<moving::may_throw>, payload<moving::may_throw>>,
                     moving_table<payload<moving::only>, payload<moving::only>>>;

/// Entries that can only be moved, by a move that may throw: one that throws once is undone.
using move_only_tables = ::testing::Types<
    throwing_table<payload<moving::never_throws>, payload<moving::only_and_may_throw>>,
    moving_table<payload<moving::only_and_may_throw>, payload<moving::only_and_may_throw>>,
    throwing_table<payload<moving::may_throw>, payload<moving::only>>>;

/// A split or merge that throws is put off, and the operation that it came with succeeds.
inline constexpr bool reports_upkeep = false;

/// Insertion into all states throws at more points than these, whatever the type.
inline constexpr std::size_t fewest_throw_points = 800;

// ---- the states

/// One new key more makes it grow.
template <class Map>
Map full(int n) {
  Map m;
  map_test::deal(m, n, 8);
  while (m.size() <= m.internals().grow_at) {
    const int i = static_cast<int>(m.size());
    m.try_emplace(map_test::in_chain(i % 8, 500 + i), i);
  }
  return m;
}

/// `steps` inserts into a growth, with a long chain where the growth begins.
template <class Map>
Map growing(int steps) {
  using map_test::in_chain;
  Map m;
  for (int i = 0; i < 24; ++i) m.try_emplace(in_chain(i % 2 ? 0 : 8, i + 1), i);
  for (int i = 0; !steady::inspect(m).growing; ++i) m.try_emplace(in_chain(i % 8, 100 + i), i);
  for (int i = 0; i < steps; ++i) m.try_emplace(in_chain(i % 8 + 16, 300 + i), i);
  return m;
}

template <class Map>
Map shrinking(int left) {
  Map m;
  map_test::deal(m, 100, 16);
  for (int i = 0; static_cast<int>(m.size()) > left; ++i) {
    m.erase(map_test::in_chain(i % 3 ? i % 16 : 0, i + 1));
  }
  return m;
}

/// Too large by half, and the two buckets that are merged first have nodes, of which one pair
/// is behind empty slots.
template <class Map>
Map partners_with_chains() {
  using map_test::in_chain;
  Map m(40);
  for (const auto& [bucket, erased] : {std::pair{3, 15}, std::pair{7, 10}}) {
    for (int i = 1; i <= 17; ++i) m.try_emplace(in_chain(bucket, i), i);
    for (int i = 1; i <= erased; ++i) m.erase(in_chain(bucket, i));
  }
  return m;
}

template <class Map>
std::vector<map_test::table_state<Map>> states() {
  using map_test::dealt;
  std::vector<map_test::table_state<Map>> all{
      {"empty", [] { return Map(); }},
      dealt<Map>("one bucket", 0, 4, 1),
      dealt<Map>("full slots", 40, 15, 1),
      dealt<Map>("chains", 40, 39, 2),
      {"full", [] { return full<Map>(20); }},
      {"partners with chains", [] { return partners_with_chains<Map>(); }},
  };
  for (int steps = 0; steps < 9; steps += 2) {
    all.push_back({"growing, step " + std::to_string(steps), [=] { return growing<Map>(steps); }});
  }
  for (int left : {15, 14, 13, 9, 5}) {
    all.push_back(
        {"shrinking, left " + std::to_string(left), [=] { return shrinking<Map>(left); }});
  }
  return all;
}

/// Nodes that no chain has would be lost: check() counts them.
template <class Map>
constexpr std::size_t lost_spares(const Map&) {
  return 0;
}

}  // namespace subject
