// What steady's own tests share beside the payloads: its table types.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "steady/inspect.hpp"
#include "steady/map.hpp"
#include "tests/payloads.hpp"

namespace steady_test {

using namespace map_test;

/// The second memory, forced.
struct in_segments : steady::default_traits {
  static constexpr bool use_segments = true;
};

/// Everything happens early: growth, shrinking, the move from the heap to a reservation, from one
/// reservation to the next, and pages that go back.
struct eager : steady::default_traits {
  static constexpr std::size_t max_load = 6;
  static constexpr std::size_t min_load = 2;
  static constexpr unsigned min_level = 0;
  static constexpr std::size_t heap_bytes = 2'000;
  static constexpr std::array<std::uint64_t, 3> reservation_bytes{
      std::uint64_t{1} << 18, std::uint64_t{1} << 20, std::uint64_t{1} << 32};
  static constexpr std::size_t release_bytes = 4'096;
};
struct eager_segments : eager {
  static constexpr bool use_segments = true;
};

/// More entries than slots: every bucket has a chain, and few of its nodes move at a time.
struct crowded : eager {
  static constexpr std::size_t max_load = 24;
  static constexpr std::size_t min_load = 10;
  static constexpr std::size_t chain_cap = 3;
};
struct crowded_segments : crowded {
  static constexpr bool use_segments = true;
};

template <class K, class V, class Traits = steady::default_traits>
using table = steady::map<K, V, steady::hash<K>, steady::equal_to<K>,
                          std::allocator<std::pair<const K, V>>, Traits>;

/// Those that are never quiet, for tests of what happens between two sizes.
using restless_tables = ::testing::Types<
    table<std::uint64_t, std::uint64_t>, table<std::uint64_t, std::uint64_t, in_segments>,
    table<std::string, std::string, eager>, table<std::string, std::string, eager_segments>,
    table<std::uint64_t, std::uint64_t, crowded>,
    table<std::string, std::string, crowded_segments>>;

}  // namespace steady_test
