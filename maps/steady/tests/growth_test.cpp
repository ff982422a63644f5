// Growing and shrinking: when, by how much at a time, what holds at every step in between, and
// what becomes of the memory.
#include <algorithm>
#include <set>
#include <vector>

#include "support.hpp"

namespace {

using namespace steady_test;
using int_map = table<std::uint64_t, std::uint64_t>;

template <class Map>
class Growth : public ::testing::Test {};
TYPED_TEST_SUITE(Growth, restless_tables);

/// A table in the middle of a growth to at least 2^level buckets.
template <class Map>
Map half_grown(unsigned level, std::uint64_t& n) {
  Map m;
  for (n = 0;; ++n) {
    m.try_emplace(key<Map>(n), value<Map>(n));
    const auto s = steady::inspect(m);
    if (s.growing && s.level + 1 >= level && s.split >= s.buckets / 3) break;
  }
  ++n;
  return m;
}
template <class Map>
Map half_grown(unsigned level) {
  std::uint64_t n;
  return half_grown<Map>(level, n);
}

template <class Map>
void expect_content(const Map& m, std::uint64_t first, std::uint64_t last) {
  ASSERT_EQ(m.size(), last - first);
  for (std::uint64_t i = first; i < last; ++i) ASSERT_EQ(m.at(key<Map>(i)), value<Map>(i));
  ASSERT_SOUND(m);
}

TYPED_TEST(Growth, EachInsertSplitsAtMostOneBucket) {
  TypeParam m;
  std::size_t buckets = 1;
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    ASSERT_GE(m.bucket_count(), buckets);
    ASSERT_LE(m.bucket_count(), buckets + 1);
    buckets = m.bucket_count();
    if (i % 512 == 0) {
      ASSERT_SOUND(m);
    }
  }
  expect_content(m, 0, 5'000);
}

TYPED_TEST(Growth, EachEraseMergesAtMostOneBucketAndMemoryComesBack) {
  TypeParam m;
  for (std::uint64_t i = 0; i < 5'000; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  const auto full = steady::inspect(m);
  std::size_t buckets = m.bucket_count();
  for (std::uint64_t i = 0; i < 4'990; ++i) {
    ASSERT_EQ(m.erase(key<TypeParam>(i)), 1U);
    ASSERT_LE(m.bucket_count(), buckets);
    ASSERT_GE(m.bucket_count() + 1, buckets);
    buckets = m.bucket_count();
    if (i % 512 == 0) {
      ASSERT_SOUND(m);
    }
  }
  EXPECT_LT(buckets * 8, full.buckets);
#if !defined(STEADY_NO_RANGE)  // a block of the heap cannot be given back in part
  if (full.bytes > 100'000) {
    EXPECT_LT(steady::inspect(m).bytes, full.bytes / 2);
  }
#endif
  expect_content(m, 4'990, 5'000);
}

TYPED_TEST(Growth, BackAndForth) {
  // Growth turns into shrinking and back wherever it is.
  random_stream random(5);
  TypeParam m;
  std::uint64_t first = 0, last = 0;
  for (int round = 0; round < 60; ++round) {
    for (auto n = random.below(900); n > 0; --n, ++last) {
      m.try_emplace(key<TypeParam>(last), value<TypeParam>(last));
    }
    for (auto n = std::min(random.below(1'200), last - first); n > 0; --n, ++first) {
      ASSERT_EQ(m.erase(key<TypeParam>(first)), 1U);
    }
    expect_content(m, first, last);
  }
}

TYPED_TEST(Growth, ReadsAndUpdatesMoveNothing) {
  std::uint64_t n;
  TypeParam m = half_grown<TypeParam>(5, n);
  const auto before = steady::inspect(m);
  std::vector<const void*> places;
  for (const auto& entry : m) places.push_back(&entry);
  for (std::uint64_t i = 0; i < n; ++i) {
    m.contains(key<TypeParam>(i));
    m.insert_or_assign(key<TypeParam>(i), value<TypeParam>(i));
    ASSERT_EQ(m.erase(key<TypeParam>(1'000'000 + i)), 0U);
  }
  std::size_t at = 0;
  for (const auto& entry : m) ASSERT_EQ(&entry, places[at++]);
  EXPECT_EQ(steady::inspect(m).split, before.split);
}

TYPED_TEST(Growth, EveryOperationIsRightAtEveryStep) {
  TypeParam m = half_grown<TypeParam>(4);
  for (std::uint64_t step = 0; steady::inspect(m).growing; ++step) {
    const TypeParam all = m;  // the model of this step
    std::size_t seen = 0;
    for (auto&& [k, v] : m) {
      ASSERT_EQ(all.at(k), v);
      ++seen;
    }
    ASSERT_EQ(seen, m.size());
    ASSERT_EQ(m, all);
    const auto fresh = key<TypeParam>(5'000'000 + step);
    ASSERT_TRUE(m.try_emplace(fresh, value<TypeParam>(step)).second);
    ASSERT_EQ(m.find(fresh)->second, value<TypeParam>(step));
    const auto victim = TypeParam(m).begin()->first;
    ASSERT_EQ(m.erase(victim), 1U);
    ASSERT_FALSE(m.contains(victim));
    ASSERT_SOUND(m);
  }
}

TYPED_TEST(Growth, AnInsertTellsWhereItsEntryIsAlsoIfItMoved) {
  TypeParam m;
  for (std::uint64_t i = 0; i < 3'000; ++i) {
    const auto [at, inserted] = m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    ASSERT_TRUE(inserted);
    ASSERT_EQ(at, m.find(key<TypeParam>(i)));
    ASSERT_EQ(at->second, value<TypeParam>(i));
    ASSERT_EQ(std::distance(at, m.end()), std::distance(m.find(key<TypeParam>(i)), m.end()));
    if (i % 3 == 0) {
      m.erase(at);
      ASSERT_FALSE(m.contains(key<TypeParam>(i)));
    }
  }
  EXPECT_EQ(m.size(), 2'000U);
  EXPECT_SOUND(m);
}

TYPED_TEST(Growth, ArgumentsMayReferToEntriesThatMove) {
  TypeParam m;
  for (std::uint64_t i = 0; i < 12; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  for (std::uint64_t i = 12; i < 2'000; ++i) {
    const auto expected = m.at(key<TypeParam>(i % 12));
    m.insert_or_assign(key<TypeParam>(i), m.at(key<TypeParam>(i % 12)));
    ASSERT_EQ(m.at(key<TypeParam>(i)), expected);
    if (i % 2) m.erase(m.find(key<TypeParam>(i))->first);
  }
  EXPECT_SOUND(m);
}

TYPED_TEST(Growth, SweepWithErasureSeesEachEntryOnceAndMovesNothing) {
  TypeParam m = half_grown<TypeParam>(5);
  const auto before = steady::inspect(m);
  std::set<const void*> places;
  for (const auto& entry : m) ASSERT_TRUE(places.insert(&entry).second);
  const std::size_t n = m.size();
  std::size_t seen = 0;
  for (auto it = m.begin(); it != m.end(); ++seen) {
    ASSERT_EQ(places.count(&*it), 1U);
    it = seen % 4 ? m.erase(it) : std::next(it);
  }
  EXPECT_EQ(seen, n);
  EXPECT_EQ(m.size(), (n + 3) / 4);
  EXPECT_EQ(steady::inspect(m).buckets, before.buckets);
  EXPECT_SOUND(m);
}

TYPED_TEST(Growth, ErasingAnotherEntryDoesNotMakeASweepProduceIt) {
  TypeParam m = half_grown<TypeParam>(4);
  for (auto it = m.begin(); it != m.end();) {
    const auto behind = std::next(it);
    if (behind == m.end()) break;
    const auto gone = behind->first;
    m.erase(behind);
    ++it;
    ASSERT_TRUE(it == m.end() || !(it->first == gone));
  }
  EXPECT_SOUND(m);
}

TYPED_TEST(Growth, ClearInMidGrowthForgetsIt) {
  std::uint64_t n;
  TypeParam m = half_grown<TypeParam>(6, n);
  m.clear();
  EXPECT_FALSE(steady::inspect(m).growing);
  EXPECT_TRUE(m.empty());
  EXPECT_EQ(m.begin(), m.end());
  EXPECT_SOUND(m);
  for (std::uint64_t i = 0; i < n; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  expect_content(m, 0, n);
}

TYPED_TEST(Growth, CopiesMovesAndSwapsInMidGrowth) {
  std::uint64_t n;
  TypeParam m = half_grown<TypeParam>(5, n);
  const TypeParam copy = m;
  EXPECT_EQ(copy, m);
  TypeParam moved = std::move(m);
  EXPECT_EQ(copy, moved);
  EXPECT_TRUE(m.empty());
  EXPECT_SOUND(m);
  m.swap(moved);
  for (std::uint64_t i = n; i < 2 * n; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  expect_content(m, 0, 2 * n);
  EXPECT_SOUND(moved);
}

TYPED_TEST(Growth, ReserveMakesRoomAtOnceAndKeepsIt) {
  for (const bool resident : {false, true}) {
    std::uint64_t n;
    TypeParam m = half_grown<TypeParam>(4, n);
    if (resident) {
      m.reserve(5'000, steady::resident);
    } else {
      m.reserve(5'000);
    }
    expect_content(m, 0, n);
    const std::size_t buckets = m.bucket_count();
    for (std::uint64_t i = n; i < 5'000; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    EXPECT_EQ(m.bucket_count(), buckets);
    EXPECT_FALSE(steady::inspect(m).growing);
    for (std::uint64_t i = 0; i < 4'999; ++i) m.erase(key<TypeParam>(i));
    EXPECT_EQ(m.bucket_count(), buckets) << "what was reserved stays reserved";
    m.shrink_to_fit();
    EXPECT_LE(m.bucket_count(), 1U);
    expect_content(m, 4'999, 5'000);
  }
}

TYPED_TEST(Growth, ResidentEndsAGrowthAlsoWhileTheTableMoves) {
  // Once it populated the old block, as far as the new one reached.
  TypeParam m;
  for (std::uint64_t i = 0; i < 3'000; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    if (i % 7 != 0) continue;
    m.reserve(1, steady::resident);
    ASSERT_FALSE(steady::inspect(m).growing);
  }
  EXPECT_SOUND(m);
}

TYPED_TEST(Growth, ReserveOnAnEmptyTable) {
  TypeParam m;
  m.reserve(3'000, steady::resident);
  const std::size_t buckets = m.bucket_count();
  EXPECT_SOUND(m);
  m.reserve(10);
  EXPECT_EQ(m.bucket_count(), buckets);
  m.reserve(9'000);
  EXPECT_GT(m.bucket_count(), buckets);
  EXPECT_THROW(m.reserve(~std::size_t{0}), std::length_error);
  EXPECT_SOUND(m);
}

TYPED_TEST(Growth, ShrinkToFitFromAnywhere) {
  for (std::uint64_t n = 1; n < 800; n += 1 + n / 5) {
    TypeParam m;
    for (std::uint64_t i = 0; i < 3 * n; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    for (auto it = m.begin(); m.size() > n;) it = m.erase(it);
    const TypeParam before = m;
    m.shrink_to_fit();
    ASSERT_EQ(m, before) << n;
    ASSERT_SOUND(m) << n;
    ASSERT_GE(m.bucket_count() * static_cast<std::size_t>(m.max_load_factor()), n);
  }
}

// ---- a hash that maps all keys to few buckets

struct same_bucket {
  std::uint64_t operator()(std::uint64_t key, std::uint32_t) const noexcept {
    // One key in four meets all others of its kind, up to bit 12.
    return key % 4 == 0 ? key << 12 | key << 56 : key * 0x9e3779b97f4a7c15;
  }
};

TEST(LongChains, AreSplitInPieces) {
  steady::map<std::uint64_t, std::uint64_t, same_bucket> m;
  std::size_t buckets = 1, longest_wait = 0, waited = 0;
  for (std::uint64_t i = 0; i < 4'000; ++i) {
    m.try_emplace(i, i);
    const std::size_t now = m.bucket_count();
    ASSERT_LE(now, buckets + 1);
    waited = steady::inspect(m).growing && now == buckets ? waited + 1 : 0;
    longest_wait = std::max(longest_wait, waited);
    buckets = now;
    if (i % 50 == 0) {
      ASSERT_SOUND(m);
    }
  }
  EXPECT_GT(longest_wait, 5U) << "hundreds of nodes at 64 a step";
  for (std::uint64_t i = 0; i < 4'000; i += 3) ASSERT_EQ(m.erase(i), 1U);
  ASSERT_SOUND(m);
  for (std::uint64_t i = 0; i < 4'000; ++i) ASSERT_EQ(m.contains(i), i % 3 != 0);
  for (std::uint64_t i = 0; i < 4'000; ++i) m.erase(i);
  EXPECT_TRUE(m.empty());
  EXPECT_SOUND(m);
}

/// The bucket is the key's hundreds.
struct by_hundreds {
  std::uint64_t operator()(std::uint64_t key, std::uint32_t) const noexcept {
    return key / 100 | key << 56;
  }
};

TEST(Sweep, FindsNodesBehindEmptySlots) {
  steady::map<std::uint64_t, std::uint64_t, by_hundreds> m(100);
  const std::uint64_t last = m.bucket_count() - 1;
  std::set<std::uint64_t> expected{900};
  m.try_emplace(900);
  for (const std::uint64_t bucket : {std::uint64_t{0}, std::uint64_t{5}, last}) {
    for (std::uint64_t i = 0; i < 18; ++i) m.try_emplace(bucket * 100 + i);
    for (std::uint64_t i = 0; i < 15; ++i) ASSERT_EQ(m.erase(bucket * 100 + i), 1U);
    for (std::uint64_t i = 15; i < 18; ++i) expected.insert(bucket * 100 + i);
  }
  std::set<std::uint64_t> seen;
  for (const auto& entry : m) EXPECT_TRUE(seen.insert(entry.first).second);
  EXPECT_EQ(seen, expected);
  // From a slot on, and from node to node.
  EXPECT_EQ(std::next(m.find(900))->first / 100, last);
  EXPECT_EQ(std::distance(m.find(900), m.end()), 4);
  EXPECT_SOUND(m);
}

// ---- memory

TEST(Memory, NoneBeforeTheFirstEntry) {
  int_map m;
  EXPECT_EQ(m.bucket_count(), 0U);
  EXPECT_EQ(steady::inspect(m).bytes, sizeof m);
  m[1] = 1;
  EXPECT_LT(steady::inspect(m).bytes, sizeof m + 400);
}

TEST(Memory, TheEagerTableVisitsEveryKindOfBlock) {
  table<std::uint64_t, std::uint64_t, eager> m;
  bool moved_on_the_heap = false, moved_in_range = false;
  // With 32-bit pointers the first reservation that fits takes twelve thousand entries.
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    m.try_emplace(i, i);
    const auto s = steady::inspect(m);
    moved_on_the_heap |= s.moving && !s.in_range;
    moved_in_range |= s.moving && s.in_range;
  }
  EXPECT_TRUE(moved_on_the_heap);
#if STEADY_RANGE
  EXPECT_TRUE(moved_in_range);
  EXPECT_TRUE(steady::inspect(m).in_range);
#endif
}

TEST(Memory, ReplacementAtConstantSizeDoesNotDrift) {
  int_map m;
  constexpr std::uint64_t n = 3'000;
  std::size_t early = 0;
  for (std::uint64_t i = 0; i < 100 * n; ++i) {
    m.try_emplace(i, i);
    ASSERT_EQ(m.erase(i - n), i >= n);
    if (i == 10 * n) early = steady::inspect(m).bytes;
  }
  EXPECT_LE(steady::inspect(m).bytes, early + early / 4);
  EXPECT_SOUND(m);
}

}  // namespace
