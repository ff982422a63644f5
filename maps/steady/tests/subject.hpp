// steady, for the tests that every map shares (maps/tests): its variants, the types that they run
// on, and where steady promises something else than another map does.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "support.hpp"
#include "tests/allocators.hpp"

namespace subject {

using steady::equal_to;
using steady::fix_random_seed;
using steady::hash;
using steady::map;

// ---- variants: each a map template, and what sets it apart

template <class Traits>
struct with {
  template <class K, class V, class Hash = hash<K>, class Equal = equal_to<K>,
            class Alloc = std::allocator<std::pair<const K, V>>>
  using map = steady::map<K, V, Hash, Equal, Alloc, Traits>;
  /// Whether iterators refer to a std::pair<const K, V> that is there.
  static constexpr bool has_pairs = true;
};
struct plain : with<steady::default_traits> {
  static constexpr float max_load = 12;
};
struct segmented : with<steady_test::in_segments> {
  static constexpr float max_load = 12;
};
struct crowded : with<steady_test::crowded> {
  static constexpr float max_load = 24;
};
using variants = ::testing::Types<plain, segmented, crowded>;

/// The variant that a program for std::unordered_map is compiled with.
template <class... Types>
using drop_in = steady::map<Types...>;

/// Another variant, with functors of another type: merge() takes from it.
template <class K, class V>
using foreign = crowded::map<K, V, std::hash<K>, std::equal_to<>>;

// ---- table types

/// Each payload shape in the memory and with the traits that treat it least kindly.
using all_tables = ::testing::Types<
    steady_test::table<std::uint64_t, std::uint64_t>,
    steady_test::table<std::uint64_t, std::uint64_t, steady_test::in_segments>,
    steady_test::table<std::uint64_t, std::uint64_t, steady_test::eager>,
    steady_test::table<std::uint64_t, std::uint64_t, steady_test::crowded>,
    steady_test::table<std::string, std::string>,
    steady_test::table<std::string, std::string, steady_test::eager_segments>,
    steady_test::table<std::string, std::string, steady_test::crowded>,
    steady_test::table<std::uint64_t, map_test::record, steady_test::crowded_segments>,
    steady_test::table<std::string, std::uint64_t, steady_test::eager>,
    steady_test::table<std::uint64_t, map_test::large_record>>;

template <class K, class V, class Traits = steady::default_traits>
using ledger_table =
    map<K, V, hash<K>, equal_to<K>, map_test::ledger_allocator<std::pair<const K, V>>, Traits>;
using ledger_tables =
    ::testing::Types<ledger_table<std::string, int>,
                     ledger_table<std::uint64_t, map_test::large_record>,
                     ledger_table<std::uint64_t, std::uint64_t, steady_test::crowded>>;

// ---- how they behave

/// Whether rehash() to fewer buckets gives some back: as small as its entries allow.
inline constexpr bool rehash_shrinks = true;

/// A table of so many small entries, inserted one by one, is in mid-growth.
inline constexpr int entries_in_growth = 100;

/// What a key meets at worst: the slots of a bucket and the nodes of its chain.
template <class Map>
std::size_t longest_chain(const Map& m) {
  std::size_t longest = 0;
  const auto& c = m.internals();
  for (std::size_t i = 0; i < c.bucket_count(); ++i) {
    std::size_t nodes = 0;
    for (const auto* n = c.bucket_at(i).chain(); n != nullptr; n = n->next) ++nodes;
    longest = std::max(longest, nodes);
  }
  return steady::detail::bucket_slots + longest;
}

}  // namespace subject
