// What the tests of every map share: payloads, and tables full of them. No map is named here; the
// one under test is in subject.hpp, which is beside each map's own tests.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace map_test {

struct record {
  std::array<std::uint64_t, 5> words;
  bool operator==(const record&) const = default;
};
static_assert(sizeof(record) == 40);

struct large_record {  // one byte more than a cell of Go's buckets takes in place
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

/// splitmix64: small, and the same on every machine.
class random_stream {
 public:
  explicit random_stream(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return (*this)() % n; }

 private:
  std::uint64_t state_;
};

/// How often a long test repeats its operation: a tenth as often in builds without optimization.
constexpr int repetitions(int n) {
#if defined(MAP_TEST_SHORT)
  return n / 10;
#else
  return n;
#endif
}

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

/// A table of these keys and values from each of the variants (see subject.hpp).
template <class Variants, class K, class V>
struct tables_of;
template <class... Variants, class K, class V>
struct tables_of<::testing::Types<Variants...>, K, V> {
  using type = ::testing::Types<typename Variants::template map<K, V>...>;
};

// The map's own checker, found by its argument.
#define EXPECT_SOUND(m) EXPECT_EQ(check(m), "")
#define ASSERT_SOUND(m) ASSERT_EQ(check(m), "")

}  // namespace map_test
