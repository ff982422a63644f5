// When a table grows and how: growth points, who evacuates and who does not, what holds at
// every step in between.
#include <set>
#include <vector>

#include "support.hpp"

namespace {

using namespace hmap_test;
using int_map = hmap::map<std::uint64_t, std::uint64_t>;

template <class Map>
class Growth : public ::testing::Test {};
TYPED_TEST_SUITE(Growth, go_tables);

/// The most entries that 2^B buckets take.
constexpr std::size_t capacity(std::uint8_t B) {
  return hmap::detail::capacity<hmap::split_traits>(B);
}

/// A table in which the growth to 2^B buckets has just begun.
template <class Map>
Map just_growing(unsigned B) {
  Map m;
  for (std::uint64_t i = 0; !(hmap::inspect(m).growing && hmap::inspect(m).B >= B); ++i) {
    m.try_emplace(key<Map>(i), value<Map>(i));
  }
  return m;
}

TEST(GrowthPoints, AreThoseOfGo) {
  // The insert that starts each doubling, as measured in Go 1.19.
  const std::vector<std::uint64_t> points{9,    14,   27,   53,    105,   209,   417,   833,
                                          1665, 3329, 6657, 13313, 26625, 53249, 106497};
  int_map m;
  std::vector<std::uint64_t> seen;
  unsigned B = 0;
  for (std::uint64_t n = 1; n <= points.back(); ++n) {
    m.try_emplace(n, n);
    if (hmap::inspect(m).B != B) {
      B = hmap::inspect(m).B;
      seen.push_back(n);
    }
  }
  EXPECT_EQ(seen, points);
}

TYPED_TEST(Growth, AnUpdateReturnsWhereItsEntryIs) {
  TypeParam m = just_growing<TypeParam>(6);
  std::uint64_t updates = 0;
  for (std::uint64_t i = 0; hmap::inspect(m).growing; ++i, ++updates) {
    const auto [at, is_new] = m.insert_or_assign(key<TypeParam>(i), value<TypeParam>(i + 1));
    ASSERT_FALSE(is_new);
    ASSERT_TRUE(at == m.find(key<TypeParam>(i))) << i << ": the update moved the entry's chain";
    ASSERT_TRUE(at->second == value<TypeParam>(i + 1));
  }
  EXPECT_GT(updates, 8U);
}

TYPED_TEST(Growth, RehashToNothingEndsIt) {
  TypeParam m = just_growing<TypeParam>(6);
  const auto B = hmap::inspect(m).B;
  m.rehash(0);
  EXPECT_FALSE(hmap::inspect(m).growing);
  EXPECT_EQ(hmap::inspect(m).B, B);
}

TEST(GrowthFlags, OldIteratorLastsForOneGrowth) {
  int_map m = just_growing<int_map>(6);
  m.rehash(0);
  std::uint64_t next = m.size();
  const auto grow = [&] {
    while (!hmap::inspect(m).growing) m.try_emplace(next, next), ++next;
    const bool old_iterator = hmap::inspect(m).old_iterator;
    m.rehash(0);
    return old_iterator;
  };
  for ([[maybe_unused]] const auto& entry : m.range()) break;
  EXPECT_TRUE(grow()) << "the range may still read the old array";
  EXPECT_FALSE(grow()) << "no range has begun since";
}

TEST(GrowthPoints, AHintLeadsToTheSameSize) {
  for (std::uint64_t n : {0U, 1U, 8U, 9U, 13U, 14U, 26U, 27U, 52U, 53U, 1000U, 6656U, 6657U}) {
    int_map grown;
    int_map hinted(n);
    for (std::uint64_t i = 0; i < n; ++i) {
      grown.try_emplace(i, i);
      hinted.try_emplace(i, i);
    }
    EXPECT_EQ(hmap::inspect(grown).B, hmap::inspect(hinted).B) << n;
    EXPECT_FALSE(hmap::inspect(hinted).growing) << n;
  }
}

TEST(GrowthPoints, AnAbsurdHintCountsAsNone) {
  for (const unsigned power : {41U, 45U, 50U, 57U, 62U, 63U}) {
    if (power >= 8 * sizeof(std::size_t)) continue;
    const std::size_t hint = std::size_t{1} << power;
    int_map m(hint);
    EXPECT_EQ(hmap::inspect(m).B, 0U);
    m[1] = 2;
    EXPECT_EQ(m.at(1), 2U);
  }
}

TEST(GrowthPoints, NoMemoryBeforeTheFirstEntry) {
  int_map m(8);
  EXPECT_EQ(m.bucket_count(), 0U);
  EXPECT_EQ(hmap::memory_of(m).total(), sizeof m);
  m[1] = 1;
  EXPECT_EQ(hmap::memory_of(m).total(), sizeof m + 136 + sizeof(void*));
}

TYPED_TEST(Growth, OfOneOrTwoBucketsEndsInTheInsertThatStartsIt) {
  TypeParam m;
  for (std::uint64_t i = 0; i < 9; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  EXPECT_EQ(hmap::inspect(m).B, 1U);
  EXPECT_FALSE(hmap::inspect(m).growing);
}

TYPED_TEST(Growth, ReadsNeverMoveAnything) {
  TypeParam m = just_growing<TypeParam>(6);
  const auto before = hmap::inspect(m);
  ASSERT_TRUE(before.growing);
  for (std::uint64_t i = 0; i < 5'000; ++i) m.contains(key<TypeParam>(i));
  for (auto&& entry : m) static_cast<void>(entry);
  EXPECT_EQ(hmap::inspect(m).nevacuate, before.nevacuate);
  EXPECT_TRUE(hmap::inspect(m).growing);
}

TYPED_TEST(Growth, EveryWriteMovesAtMostTwoChains) {
  TypeParam m = just_growing<TypeParam>(6);
  const auto evacuated = [&] {
    std::size_t n = 0;
    hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) {
      n += b.old && b.depth == 0 && b.tophash[0] >= 2 && b.tophash[0] <= 4;
    });
    return n;
  };
  std::size_t before = evacuated();
  for (std::uint64_t i = 0; hmap::inspect(m).growing; ++i) {
    switch (i % 3) {
      case 0: m.insert_or_assign(key<TypeParam>(i), value<TypeParam>(i + 1)); break;
      case 1: m.erase(key<TypeParam>(1'000'000 + i)); break;
      default: m.try_emplace(key<TypeParam>(i), value<TypeParam>(i)); break;
    }
    if (!hmap::inspect(m).growing) break;
    ASSERT_LE(evacuated(), before + 2);
    ASSERT_GE(evacuated(), before + 1);
    before = evacuated();
    ASSERT_SOUND(m);
  }
}

TYPED_TEST(Growth, UpdatesAndErasureOfAbsentKeysFinishIt) {
  for (const bool by_update : {true, false}) {
    TypeParam m = just_growing<TypeParam>(6);
    const std::size_t size = m.size();
    std::size_t writes = 0;
    while (hmap::inspect(m).growing) {
      ASSERT_LT(++writes, 10'000U);
      if (by_update) {
        m.insert_or_assign(key<TypeParam>(3), value<TypeParam>(4));
      } else {
        m.erase(key<TypeParam>(1'000'000));
      }
    }
    EXPECT_EQ(m.size(), size);
    EXPECT_SOUND(m);
  }
}

TYPED_TEST(Growth, EveryOperationIsRightAtEveryStep) {
  TypeParam m = just_growing<TypeParam>(5);
  for (std::uint64_t step = 0; hmap::inspect(m).growing; ++step) {
    TypeParam all = m;  // the copy is not growing; it is the model of this step
    std::size_t seen = 0;
    for (auto&& [k, v] : m) {
      ASSERT_EQ(all.at(k), v);
      ++seen;
    }
    ASSERT_EQ(seen, m.size());
    for (auto&& [k, v] : all) ASSERT_EQ(m.at(k), v);
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

TYPED_TEST(Growth, ArgumentsMayReferToEntriesThatMove) {
  TypeParam m = just_growing<TypeParam>(5);
  for (std::uint64_t i = 0; hmap::inspect(m).growing; ++i) {
    const auto from = key<TypeParam>(i % 10);
    const auto expected = m.at(from);
    m.insert_or_assign(key<TypeParam>(7'000'000 + i), m.at(from));
    ASSERT_EQ(m.at(key<TypeParam>(7'000'000 + i)), expected);
    m.insert_or_assign(m.find(from)->first, m.at(key<TypeParam>(11)));
    m.insert_or_assign(from, expected);
    ASSERT_EQ(m.erase(m.find(key<TypeParam>(7'000'000 + i))->first), 1U);
    ASSERT_SOUND(m);
  }
  // The insert that starts a growth takes arguments from the table as well.
  const unsigned B = hmap::inspect(m).B;
  for (std::uint64_t i = 0; hmap::inspect(m).B == B; ++i) {
    m.try_emplace(key<TypeParam>(8'000'000 + i), m.at(key<TypeParam>(5)));
    ASSERT_EQ(m.at(key<TypeParam>(8'000'000 + i)), m.at(key<TypeParam>(5)));
  }
}

TYPED_TEST(Growth, SweepWithErasureSeesEachEntryOnceAndMovesNothing) {
  TypeParam m = just_growing<TypeParam>(6);
  const auto before = hmap::inspect(m);
  const std::size_t n = m.size();
  std::size_t seen = 0;
  for (auto it = m.begin(); it != m.end(); ++seen) {
    it = seen % 2 ? m.erase(it) : std::next(it);
  }
  EXPECT_EQ(seen, n);
  EXPECT_EQ(m.size(), n - n / 2);
  EXPECT_EQ(hmap::inspect(m).nevacuate, before.nevacuate);
  EXPECT_SOUND(m);
}

TYPED_TEST(Growth, ReplacementAtConstantCountEndsInSameSizeGrowth) {
  TypeParam m;
  std::uint64_t next = 0;
  while (hmap::inspect(m).B < 5 || hmap::inspect(m).growing) {
    m.try_emplace(key<TypeParam>(next), value<TypeParam>(next));
    ++next;
  }
  // Fill to the brim, then replace the oldest by a new one until the table compacts.
  while (m.size() < capacity(5)) {
    m.try_emplace(key<TypeParam>(next), value<TypeParam>(next));
    ++next;
  }
  const std::size_t n = m.size();
  bool compacted = false;
  for (std::uint64_t i = 0; i < 200 * n && !compacted; ++i, ++next) {
    ASSERT_EQ(m.erase(key<TypeParam>(next - n)), 1U);
    const unsigned noverflow = hmap::inspect(m).noverflow;
    m.try_emplace(key<TypeParam>(next), value<TypeParam>(next));
    if (hmap::inspect(m).same_size_grow) {
      compacted = true;
      EXPECT_EQ(noverflow, 32U) << "2^B overflow buckets are the trigger";
    }
  }
  EXPECT_TRUE(compacted);
  EXPECT_EQ(hmap::inspect(m).B, 5U);
  EXPECT_SOUND(m);
  while (hmap::inspect(m).growing) m.erase(key<TypeParam>(~std::uint64_t{0} - 99));
  EXPECT_EQ(m.size(), n);
  EXPECT_SOUND(m);
}

TYPED_TEST(Growth, ClearInMidGrowthForgetsIt) {
  TypeParam m = just_growing<TypeParam>(6);
  const auto before = hmap::inspect(m);
  m.clear();
  const auto after = hmap::inspect(m);
  EXPECT_EQ(after.B, before.B);
  EXPECT_FALSE(after.growing);
  EXPECT_EQ(after.count, 0U);
  EXPECT_NE(after.hash0, before.hash0);
  EXPECT_SOUND(m);
  m.try_emplace(key<TypeParam>(1), value<TypeParam>(2));
  EXPECT_EQ(m.at(key<TypeParam>(1)), value<TypeParam>(2));
}

TYPED_TEST(Growth, ReserveMakesRoomAtOnce) {
  TypeParam m = just_growing<TypeParam>(5);
  TypeParam before = m;
  m.reserve(5'000);
  EXPECT_EQ(m, before);
  const unsigned B = hmap::inspect(m).B;
  for (std::uint64_t i = m.size(); i < 5'000; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  }
  EXPECT_EQ(hmap::inspect(m).B, B);
  EXPECT_SOUND(m);
  EXPECT_THROW(m.reserve(~std::size_t{0}), std::length_error);
  EXPECT_EQ(m.size(), 5'000U);
}

TEST(EmptyTable, TakesANewSeed) {
  int_map m;
  m[1] = 1;
  const auto seed = hmap::inspect(m).hash0;
  m.erase(1);
  EXPECT_NE(hmap::inspect(m).hash0, seed);
}

TEST(Overflow, IsSampledFromB16On) {
  int_map m(capacity(16));
  ASSERT_EQ(hmap::inspect(m).B, 16U);
  for (std::uint64_t i = 0; m.size() < capacity(16); ++i) {
    m.try_emplace(i, i);
  }
  std::size_t real = 0;
  hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) { real += b.depth > 0; });
  const double counted = hmap::inspect(m).noverflow;
  EXPECT_GT(real, 10'000U);
  EXPECT_NEAR(counted, static_cast<double>(real) / 2, static_cast<double>(real) / 20);
}

}  // namespace
