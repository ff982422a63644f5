// What the tests of hmap share: payloads, and the list of table types that one test body
// runs on.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "hmap/inspect.hpp"
#include "hmap/map.hpp"

namespace hmap_test {

struct record {
  std::array<std::uint64_t, 5> words;
  bool operator==(const record&) const = default;
};
static_assert(sizeof(record) == 40);

struct large_record {  // one byte more than a cell takes in place
  std::array<unsigned char, 129> bytes;
  bool operator==(const large_record&) const = default;
};

/// Makes the i-th key or value of a type; distinct for distinct i.
template <class T>
T make(std::uint64_t i) {
  if constexpr (std::is_same_v<T, std::string>) {
    return std::string(i % 40, 'x') + std::to_string(i);
  } else if constexpr (std::is_same_v<T, record>) {
    return {{i, ~i, i * 3, i ^ 0xff, 0}};
  } else if constexpr (std::is_same_v<T, large_record>) {
    large_record r{};
    for (unsigned b = 0; b < 8; ++b) r.bytes[b] = static_cast<unsigned char>(i >> (8 * b));
    r.bytes.back() = r.bytes.front();
    return r;
  } else {
    return static_cast<T>(i);
  }
}

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
using go_tables = ::testing::Types<split_table<std::uint64_t, std::uint64_t>,
                                   paired_table<std::uint64_t, std::uint64_t>,
                                   split_table<std::string, std::string>,
                                   paired_table<std::string, std::string>,
                                   split_table<std::uint64_t, large_record>>;

/// Every payload in both layouts, and tables that grow more often than Go's.
using all_tables =
    ::testing::Types<split_table<std::uint64_t, std::uint64_t>,
                     paired_table<std::uint64_t, std::uint64_t>,
                     split_table<std::string, std::string>, paired_table<std::string, std::string>,
                     split_table<std::uint64_t, record>, paired_table<std::uint64_t, record>,
                     split_table<std::string, std::uint64_t>,
                     paired_table<std::string, std::uint64_t>,
                     split_table<std::uint64_t, large_record>,
                     paired_table<std::uint64_t, large_record>,
                     table<std::uint64_t, std::uint64_t, eager_split>,
                     table<std::string, std::string, eager_paired>>;

/// splitmix64: small, and the same on every machine.
class random_stream {
 public:
  explicit random_stream(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() { return hmap::detail::splitmix64(state_); }
  std::uint64_t below(std::uint64_t n) { return (*this)() % n; }

 private:
  std::uint64_t state_;
};

template <class Map>
typename Map::key_type key(std::uint64_t i) {
  return make<typename Map::key_type>(i);
}
template <class Map>
typename Map::mapped_type value(std::uint64_t i) {
  return make<typename Map::mapped_type>(i);
}

/// n entries i -> i.
template <class Map>
Map filled(std::uint64_t n) {
  Map m;
  for (std::uint64_t i = 0; i < n; ++i) m.try_emplace(key<Map>(i), value<Map>(i));
  return m;
}

#define EXPECT_SOUND(m) EXPECT_EQ(hmap::check(m), "")
#define ASSERT_SOUND(m) ASSERT_EQ(hmap::check(m), "")

}  // namespace hmap_test
