// What hmap's own tests share beside the payloads: its table types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "hmap/inspect.hpp"
#include "hmap/map.hpp"
#include "tests/payloads.hpp"

namespace hmap_test {

using namespace map_test;

/// Growth at two entries a bucket instead of 6.5: more growths in fewer operations.
struct eager_split : hmap::split_traits {
  static constexpr std::size_t load_factor_num = 4;
};
struct eager_paired : hmap::paired_traits {
  static constexpr std::size_t load_factor_num = 4;
};
template <class K, class V, class Traits>
using table = hmap::basic_map<K, V, hmap::hash<K>, hmap::equal_to<K>,
                              std::allocator<std::pair<const K, V>>, Traits>;

template <class K, class V>
using split_table = hmap::map<K, V>;
template <class K, class V>
using paired_table = hmap::paired_map<K, V>;

/// Go's growth constant; each payload shape in the layout that treats it least kindly.
using go_tables =
    ::testing::Types<split_table<std::uint64_t, std::uint64_t>,
                     paired_table<std::uint64_t, std::uint64_t>,
                     split_table<std::string, std::string>, paired_table<std::string, std::string>,
                     split_table<std::uint64_t, large_record>>;

}  // namespace hmap_test
