// Room made at once, and given up: from every state of a table, with keys that are hard to place.
// What all maps promise about sizes is in maps/tests/sizes_test.cpp.
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <sys/resource.h>

#include "support.hpp"

namespace {

using namespace steady_test;
using numbers = table<std::uint64_t, std::uint64_t>;

template <class Map>
class Room : public ::testing::Test {};
TYPED_TEST_SUITE(Room, restless_tables);

template <class Map>
void expect_entries(const Map& m, std::uint64_t n) {
  ASSERT_EQ(m.size(), n);
  for (std::uint64_t i = 0; i < n; ++i) ASSERT_EQ(m.at(key<Map>(i)), value<Map>(i));
  ASSERT_SOUND(m);
}

TYPED_TEST(Room, IsMadeAtOnceInEveryState) {
  for (std::uint64_t n = 1; n < 700; n += 1 + n / 9) {
    for (const unsigned more : {1U, 2U, 5U}) {
      TypeParam m = filled<TypeParam>(n);
      const std::size_t wanted = m.bucket_count() << more;
      m.reserve(wanted * static_cast<std::size_t>(m.max_load_factor()));
      EXPECT_GE(m.bucket_count(), wanted);
      EXPECT_FALSE(steady::inspect(m).growing);
      expect_entries(m, n);
    }
  }
}

TYPED_TEST(Room, IsMadeWhileTheTableShrinks) {
  TypeParam m = filled<TypeParam>(3'000);
  for (std::uint64_t i = 2'999; !steady::inspect(m).shrinking || i % 7 != 0; --i) {
    m.erase(key<TypeParam>(i));
  }
  const std::uint64_t left = m.size();
  m.reserve(20'000);
  expect_entries(m, left);
}

TYPED_TEST(Room, RehashMakesItAsSmallAsItMayBe) {
  TypeParam m;
  m.rehash(64);
  EXPECT_EQ(m.bucket_count(), 64U);
  for (std::uint64_t i = 0; i < 100; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  m.reserve(10'000);
  m.rehash(16);
  const auto entries_need = 100 / static_cast<std::size_t>(m.max_load_factor()) + 1;
  EXPECT_LT(m.bucket_count(), 2 * std::max(std::size_t{16}, entries_need));
  expect_entries(m, 100);
  m.clear();
  m.rehash(0);
  EXPECT_EQ(m.bucket_count(), 0U);
}

TEST(Room, KeysThatEqualNothingAreKept) {
  table<double, int> m;
  for (int i = 0; i < 500; ++i) m.try_emplace(std::numeric_limits<double>::quiet_NaN(), i);
  for (int i = 0; i < 500; ++i) m.try_emplace(i, i);
  m.reserve(50'000);
  EXPECT_EQ(m.size(), 1'000U);
  EXPECT_EQ(std::distance(m.begin(), m.end()), 1'000);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(m.at(i), i);
}

/// Throws on request, at the n-th key.
struct failing_hash {
  static inline int left = -1;
  std::uint64_t operator()(std::uint64_t key, std::uint32_t) const {
    if (left == 0) throw 1;
    if (left > 0) --left;
    return key * 0x9e3779b97f4a7c15;
  }
};

TEST(Room, AHashThatThrowsChangesNothing) {
  steady::map<std::uint64_t, std::uint64_t, failing_hash> m;
  for (std::uint64_t i = 0; i < 1'000; ++i) m[i] = i;
  const std::size_t buckets = m.bucket_count();
  for (const int at : {0, 1, 500, 999}) {
    failing_hash::left = at;
    EXPECT_THROW(m.reserve(100'000), int);
    failing_hash::left = -1;
    EXPECT_EQ(m.bucket_count(), buckets);
    EXPECT_SOUND(m);
  }
  m.reserve(100'000);
  EXPECT_SOUND(m);
}

TEST(Room, OfARangeThatHadOneBucket) {
  // The next table's buckets are where the range was described.
  steady::release_kept_pages();
  for (int round = 0; round < 3; ++round) {
    numbers m = filled<numbers>(20'000);
    for (std::uint64_t i = 1; i < 20'000; ++i) m.erase(i);
    m.shrink_to_fit();
    numbers other;
    other.reserve(20'000);
    EXPECT_SOUND(other);
    EXPECT_EQ(other.begin(), other.end());
  }
}

// ---- clear()

TYPED_TEST(Room, ClearEmptiesEveryBucket) {
  for (const std::uint64_t n : {1, 5, 100, 3'000}) {
    for (const std::size_t reserved : {0, 60'000}) {
      TypeParam m = filled<TypeParam>(n);
      m.reserve(reserved);
      m.clear();
      EXPECT_SOUND(m);
      for (std::uint64_t i = 0; i < n; ++i) ASSERT_FALSE(m.contains(key<TypeParam>(i)));
      for (std::uint64_t i = 0; i < n; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
      expect_entries(m, n);
    }
  }
}

#if STEADY_RANGE
TEST(Room, ClearDoesNotTouchWhatWasNeverUsed) {
  steady::release_kept_pages();
  numbers m;
  m.reserve(10'000'000);
  for (std::uint64_t i = 0; i < 10; ++i) m[i] = i;
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  m.clear();
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_minflt - before.ru_minflt, 100);
  EXPECT_SOUND(m);
}
#endif

// ---- tables of nothing

TEST(Empty, TablesAreSmallAndAskForNothing) {
  static_assert(sizeof(numbers) <= 128);
  static_assert(sizeof(table<std::uint64_t, std::uint64_t, in_segments>) <= 128);
  static_assert(std::is_nothrow_default_constructible_v<numbers>);
  const numbers m;
  EXPECT_EQ(m.bucket_count(), 0U);
  EXPECT_FALSE(m.contains(1));
  EXPECT_EQ(m.internals().seed, 0U) << "a seed is drawn with the first memory";
}

TEST(Empty, EveryTableHasASeedOfItsOwn) {
  numbers a, b;
  a[1] = b[1] = 1;
  EXPECT_NE(a.internals().seed, b.internals().seed);
  const auto before = a.internals().seed;
  a.clear();
  EXPECT_NE(a.internals().seed, before);
}

TEST(Empty, WhatIsWrittenStaysAwayFromWhatLookupsRead) {
  const numbers m;
  const auto& c = m.internals();
  const auto* written_end = reinterpret_cast<const char*>(&c.first + 1);
  const auto* read_begin =
      reinterpret_cast<const char*>(&c.low) - 2 * 2 * sizeof(void*);  // the views
  // So that no cache line has both, wherever the table lies in steps of eight bytes.
  EXPECT_GE(read_begin - written_end, 64 - 8);
}

}  // namespace
