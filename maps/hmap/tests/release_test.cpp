// Old arrays that leave in pieces: the same table, step by step, as one that frees them at once,
// and memory that is really gone.
#include <map>
#include <vector>

#include "support.hpp"

namespace {

using namespace hmap_test;

/// As for arrays of megabytes, in arrays of kilobytes, and wherever the memory comes from.
struct small_pieces : hmap::detail::page_release {
  static constexpr std::size_t from = 1;
  static constexpr std::size_t piece = 4096;
  static constexpr unsigned most = 1;
  static bool pays(const void*) noexcept { return true; }
};

struct counting_observer : hmap::no_observer {
  std::size_t pages = 0, most_at_once = 0, arrays = 0;
  void pages_released(std::size_t bytes) noexcept {
    pages += bytes;
    most_at_once = std::max(most_at_once, bytes);
  }
  void storage_released(std::size_t) noexcept { ++arrays; }
};

template <class Traits>
struct in_pieces : Traits {
  using release = small_pieces;
  using observer = counting_observer;
};

template <class Map>
class Release : public ::testing::Test {};
using tables = ::testing::Types<table<std::uint64_t, std::uint64_t, in_pieces<hmap::split_traits>>,
                                table<std::uint64_t, record, in_pieces<eager_paired>>,
                                table<std::string, std::string, in_pieces<hmap::paired_traits>>,
                                table<std::uint64_t, large_record, in_pieces<eager_split>>>;
TYPED_TEST_SUITE(Release, tables);

TYPED_TEST(Release, ATableIsSoundAllTheWay) {
  TypeParam m;
  for (std::uint64_t i = 0; i < 6'000; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    if (i % 97 == 0) {
      ASSERT_SOUND(m) << i;
      std::size_t found = 0;
      for (auto&& [k, v] : m) found += m.find(k) != m.end();
      ASSERT_EQ(found, i + 1);
    }
  }
  for (std::uint64_t i = 0; i < 6'000; ++i) ASSERT_EQ(m.at(key<TypeParam>(i)), value<TypeParam>(i));
  EXPECT_GT(m.observer().pages, 10U * 4096);
  EXPECT_LE(m.observer().most_at_once, 4096U);
}

TYPED_TEST(Release, MixesAgreeWithAModel) {
  TypeParam m;
  std::map<std::uint64_t, std::uint64_t> model;
  random_stream random(7);
  for (int step = 0; step < 30'000; ++step) {
    const std::uint64_t i = random.below(4'000);
    if (random.below(4) == 0) {
      ASSERT_EQ(m.erase(key<TypeParam>(i)), model.erase(i));
    } else {
      m.insert_or_assign(key<TypeParam>(i), value<TypeParam>(i + 1));
      model[i] = i + 1;
    }
    if (step % 1'013 == 0) {
      ASSERT_SOUND(m) << step;
    }
  }
  ASSERT_EQ(m.size(), model.size());
  for (const auto& [i, v] : model) ASSERT_EQ(m.at(key<TypeParam>(i)), value<TypeParam>(v));
}

TYPED_TEST(Release, WhatIsReleasedIsNotCountedAsMemory) {
  TypeParam m;
  bool seen = false;
  for (std::uint64_t i = 0; i < 6'000; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    const auto v = hmap::memory_of(m);
    ASSERT_LE(v.released, v.old_array + v.leaving);
    seen = seen || v.released > 0;
  }
  EXPECT_TRUE(seen);
}

TYPED_TEST(Release, ACursorHoldsThePagesBack) {
  TypeParam m;
  for (std::uint64_t i = 0; !(hmap::inspect(m).growing && hmap::inspect(m).B >= 8); ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  }
  const std::size_t n = m.size();
  const std::size_t before = m.observer().pages;
  {
    auto r = m.range();
    std::size_t produced = 0;
    while (r.next()) {
      ASSERT_EQ(m.at(r.key()), r.value());
      ++produced;
      m.erase(key<TypeParam>(99'999));  // drives the growth
    }
    EXPECT_EQ(produced, n);
    EXPECT_EQ(m.observer().pages, before);
  }
  EXPECT_SOUND(m);
}

/// Stuck half-way, copied, moved, swapped, cleared: what has been released stays harmless.
TYPED_TEST(Release, HalfWayEverythingStillWorks) {
  const auto half_way = [] {
    TypeParam m;
    std::uint64_t i = 0;
    for (; !(hmap::inspect(m).growing && hmap::inspect(m).B >= 9); ++i) {
      m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    }
    while (hmap::inspect(m).nevacuate < hmap::inspect(m).old_buckets / 2) {
      m.erase(key<TypeParam>(99'999));
    }
    return m;
  };
  TypeParam m = half_way();
  ASSERT_TRUE(hmap::inspect(m).growing);
  ASSERT_GT(hmap::memory_of(m).released, 0U);
  EXPECT_SOUND(m);
  const TypeParam copy = m;
  EXPECT_EQ(copy, m);
  TypeParam other;
  swap(other, m);
  EXPECT_EQ(other, copy);
  TypeParam moved = std::move(other);
  EXPECT_EQ(moved, copy);
  moved.erase(moved.begin());
  EXPECT_SOUND(moved);
  moved.clear();
  EXPECT_TRUE(moved.begin() == moved.end());
  moved.reserve(20'000);
  for (std::uint64_t i = 0; i < 100; ++i) moved.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  EXPECT_SOUND(moved);
}

TYPED_TEST(Release, OverflowBucketsAreUsedAgain) {
  TypeParam m;
  std::size_t most = 0, last = 0, taken = 0;
  for (std::uint64_t i = 0; i < 12'000; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    const std::size_t pool = hmap::memory_of(m).pool;
    most = std::max(most, pool);
    taken += pool < last;
    last = pool;
  }
  EXPECT_EQ(most > 0, taken > 0);
  EXPECT_SOUND(m);
}

TYPED_TEST(Release, TheArrayGoesWithTheNextOverflowBucketsOrTheNextGrowth) {
  TypeParam m;
  std::size_t growths = 0, leaving_seen = 0;
  bool was_growing = false;
  for (std::uint64_t i = 0; i < 6'000; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    const bool growing = hmap::inspect(m).growing;
    growths += was_growing && !growing;
    was_growing = growing;
    leaving_seen += hmap::memory_of(m).leaving > 0;
  }
  EXPECT_GT(leaving_seen, 0U);
  EXPECT_GE(m.observer().arrays, growths - 1);
}

#if defined(__linux__)

TEST(ReleasePieces, StayInsideTheBlockAndEndOnTheirMultiples) {
  std::vector<unsigned char> block(64 * 4096, 0xAB);
  std::size_t released = 0;
  const std::size_t limit = 40 * 4096 + 123;
  while (hmap::detail::release_pieces<small_pieces>(block.data(), released, limit, 1) != 0) {
  }
  EXPECT_LE(released, limit);
  EXPECT_GT(released, limit - 2 * 4096);
  EXPECT_EQ((reinterpret_cast<std::uintptr_t>(block.data()) + released) % 4096, 0U);
  EXPECT_EQ(block.front(), 0xAB);
  EXPECT_EQ(block[8192], 0);
  for (std::size_t i = released; i < block.size(); ++i) ASSERT_EQ(block[i], 0xAB);
}

#endif

}  // namespace
