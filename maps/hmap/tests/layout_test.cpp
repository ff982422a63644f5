// The two layouts: Go's sizes, and what split entries cannot promise that pairs can.
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>

#include "hmap/handle.hpp"
#include "support.hpp"

namespace {

using namespace hmap_test;

using ints = hmap::map<int, int>;
using paired_ints = hmap::paired_map<int, int>;

static_assert(sizeof(hmap::detail::header) == 48, "Go's header");
static_assert(sizeof(ints) == 104 && sizeof(paired_ints) == 104,
              "Go's header, and the writer a cache line behind what lookups read");
static_assert(sizeof(hmap::handle<int, int>) == sizeof(void*), "a Go map variable is a pointer");
static_assert(std::is_nothrow_move_constructible_v<hmap::handle<int, int>> &&
              std::is_nothrow_move_assignable_v<hmap::handle<int, int>> &&
              std::is_nothrow_swappable_v<hmap::handle<int, int>> &&
              std::is_nothrow_destructible_v<hmap::handle<int, int>>);

static_assert(std::ranges::forward_range<ints> && std::ranges::forward_range<const ints>);
static_assert(std::ranges::forward_range<const paired_ints>);
static_assert(std::ranges::input_range<decltype(std::declval<ints&>().range())>);
static_assert(std::ranges::input_range<decltype(std::declval<const ints&>().range())>);
static_assert(std::is_same_v<std::iterator_traits<ints::iterator>::iterator_category,
                             std::input_iterator_tag>,
              "references made on the spot are no forward iterator's by the rules of C++17");
static_assert(std::is_convertible_v<ints::reference, std::pair<const int&, int&>>);
static_assert(std::is_convertible_v<ints::const_reference, std::pair<const int&, const int&>>);

const hmap::paired_map deduced{std::pair<std::string, int>{"a", 1}, {"b", 2}};
static_assert(std::is_same_v<decltype(deduced), const hmap::paired_map<std::string, int>>);

using hmap::detail::split_layout;
using u64 = std::uint64_t;

template <std::size_t Bytes>
struct sized {
  std::array<unsigned char, Bytes> bytes;
};
struct alignas(64) line {
  int i;
};

TEST(Layout, BucketSizesAreThoseOfGo) {
  EXPECT_EQ((split_layout<u64, u64>::size), 144U);
  EXPECT_EQ((split_layout<u64, record>::size), 400U);
  EXPECT_EQ((split_layout<u64, std::int8_t>::size), 88U);
  EXPECT_EQ((split_layout<std::int32_t, std::int32_t>::size), 80U);
  using string_header = std::array<u64, 2>;
  EXPECT_EQ((split_layout<string_header, string_header>::size), 272U);
  EXPECT_EQ((split_layout<string_header, u64>::size), 208U);
  EXPECT_EQ((split_layout<u64, u64>::overflow_offset), 136U);
}

/// Distance in bytes from the last byte of `a` to the first of `b`.
template <class A, class B>
std::ptrdiff_t between(const A& a, const B& b) {
  return reinterpret_cast<const char*>(&b) - reinterpret_cast<const char*>(&a + 1);
}

struct seeded_hash {
  u64 seed = 7;
  u64 operator()(u64 key, std::uint32_t) const noexcept { return key * seed; }
};

TEST(Layout, NoLookupReadsTheCacheLineOfTheWriter) {
  // 56 bytes between two words that are aligned to 8: never the same line of 64.
  const ints plain;
  const auto& c = plain.internals();
  EXPECT_GE(between(c.h.nevacuate, c.writer), 56);
  const hmap::map<u64, u64, seeded_hash> with_state;
  const auto& d = with_state.internals();
  EXPECT_GE(between(d.h.nevacuate, d.writer), 56);
  EXPECT_GE(between(d.hash, d.writer), 56);
}

TEST(Layout, Beyond128BytesAnEntryLiesBehindAPointer) {
  EXPECT_EQ((split_layout<u64, sized<128>>::size), 1104U);
  EXPECT_EQ((split_layout<u64, sized<129>>::size), 144U);
  EXPECT_EQ((split_layout<int, sized<4096>>::size), 8U + 32 + 64 + 8);
}

TEST(Layout, BucketsAreAlignedAsTheirValuesAre) {
  EXPECT_EQ((split_layout<u64, line>::alignment), 64U);
  EXPECT_EQ((split_layout<u64, line>::size) % 64, 0U);
}

}  // namespace
