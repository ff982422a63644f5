// hmap, for the tests that every map shares (maps/tests): its variants, the types that they run
// on, and where hmap promises something else than another map does.
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

using hmap::equal_to;
using hmap::fix_random_seed;
using hmap::hash;
using hmap::map;

// ---- variants: each a map template, and what sets it apart

struct split {
  template <class K, class V, class Hash = hash<K>, class Equal = equal_to<K>,
            class Alloc = std::allocator<std::pair<const K, V>>>
  using map = hmap::map<K, V, Hash, Equal, Alloc>;
  /// Whether iterators refer to a std::pair<const K, V> that is there.
  static constexpr bool has_pairs = false;
  static constexpr float max_load = 6.5F;
};
struct paired {
  template <class K, class V, class Hash = hash<K>, class Equal = equal_to<K>,
            class Alloc = std::allocator<std::pair<const K, V>>>
  using map = hmap::paired_map<K, V, Hash, Equal, Alloc>;
  static constexpr bool has_pairs = true;
  static constexpr float max_load = 6.5F;
};
using variants = ::testing::Types<split, paired>;

/// The variant that a program for std::unordered_map is compiled with.
template <class... Types>
using drop_in = hmap::paired_map<Types...>;

/// Another variant, with functors of another type: merge() takes from it.
template <class K, class V>
using foreign = hmap::paired_map<K, V, std::hash<K>, std::equal_to<>>;

// ---- table types

/// Every payload in both layouts, and tables that grow more often than Go's.
using all_tables = ::testing::Types<
    map<std::uint64_t, std::uint64_t>, hmap::paired_map<std::uint64_t, std::uint64_t>,
    map<std::string, std::string>, hmap::paired_map<std::string, std::string>,
    map<std::uint64_t, map_test::record>, hmap::paired_map<std::uint64_t, map_test::record>,
    map<std::string, std::uint64_t>, hmap::paired_map<std::string, std::uint64_t>,
    map<std::uint64_t, map_test::large_record>,
    hmap::paired_map<std::uint64_t, map_test::large_record>,
    hmap_test::table<std::uint64_t, std::uint64_t, hmap_test::eager_split>,
    hmap_test::table<std::string, std::string, hmap_test::eager_paired>>;

template <class K, class V, class Traits>
using ledger_table = hmap::basic_map<K, V, hash<K>, equal_to<K>,
                                     map_test::ledger_allocator<std::pair<const K, V>>, Traits>;
using ledger_tables =
    ::testing::Types<ledger_table<std::string, int, hmap::split_traits>,
                     ledger_table<std::uint64_t, map_test::large_record, hmap::paired_traits>>;

// ---- how they behave

/// Whether rehash() to fewer buckets gives some back: Go's array never shrinks.
inline constexpr bool rehash_shrinks = false;

/// A table of so many small entries, inserted one by one, is in mid-growth; here it has overflow
/// buckets and an extra record, too.
inline constexpr int entries_in_growth = 110;

/// What a key meets at worst: the cells of the longest chain of the current array.
template <class Map>
std::size_t longest_chain(const Map& m) {
  std::size_t longest = 0;
  hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) {
    if (!b.old) longest = std::max(longest, b.depth + 1);
  });
  return longest * 8;
}

}  // namespace subject
