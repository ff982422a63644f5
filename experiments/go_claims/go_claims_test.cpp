// What docs/claims.md corrects and no other test shows. Of hmap, which is Go's map bucket by
// bucket: recorded real ones are replayed in maps/hmap/tests/golden_test.cpp.
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "hmap/handle.hpp"
#include "hmap/inspect.hpp"

namespace {

using table = hmap::map<std::uint64_t, std::uint64_t>;

/// A table in which the insert just made has started the growth from 64 to 128 buckets.
table just_growing() {
  table m;
  std::uint64_t next = 0;
  while (m.bucket_count() < 128) m[next++] = 1;
  EXPECT_TRUE(m.internals().growing());
  return m;
}

TEST(GoClaims, AMapVariableIsOnePointer) {
  EXPECT_EQ(sizeof(hmap::handle<int, int>), sizeof(void*));
  EXPECT_EQ(sizeof(table().internals().h), 48U);
}

TEST(GoClaims, AnIdleTableStaysHalfMoved) {
  const table m = just_growing();
  const std::size_t before = hmap::inspect(m).nevacuate;
  for (std::uint64_t i = 0; i < 10'000; ++i) static_cast<void>(m.contains(i));
  std::size_t met = 0;
  for (auto&& entry : m) met += entry.second;
  EXPECT_EQ(met, m.size());
  EXPECT_TRUE(hmap::inspect(m).growing);
  EXPECT_EQ(hmap::inspect(m).nevacuate, before);
}

TEST(GoClaims, WhatHasMovedIsToldByMarksInTheOldChain) {
  const table m = just_growing();
  std::size_t moved = 0, waiting = 0;
  hmap::for_each_bucket(m, [&](const hmap::bucket_view& bucket) {
    if (!bucket.old || bucket.depth > 0) return;
    const bool marked = bucket.tophash[0] >= 2 && bucket.tophash[0] <= 4;
    ++(marked ? moved : waiting);
    EXPECT_TRUE(marked || bucket.index >= hmap::inspect(m).nevacuate) << bucket.index;
  });
  EXPECT_GE(moved, 1U);
  EXPECT_LE(moved, 2U);  // what one insert may move
  EXPECT_EQ(moved + waiting, 64U);
}

/// Every tophash alike: a lookup compares the key with every entry of the chain that it reads.
struct same_tophash {
  std::uint64_t operator()(std::uint64_t key, std::uint32_t) const { return key & 0xFFFF; }
};
std::size_t compared = 0;
struct counting_equal {
  bool operator()(std::uint64_t a, std::uint64_t b) const {
    ++compared;
    return a == b;
  }
};

TEST(GoClaims, ALookupInAGrowthComparesWithOneChain) {
  hmap::map<std::uint64_t, int, same_tophash, counting_equal> m;
  std::uint64_t next = 0;
  while (m.bucket_count() < 128) m[next++] = 1;
  ASSERT_TRUE(m.internals().growing());
  for (std::uint64_t chain = 0; chain < 64; ++chain) {
    compared = 0;
    EXPECT_FALSE(m.contains(chain + (1 << 20)));
    EXPECT_LE(compared, 8U) << chain;  // 417 keys in 64 chains: seven or less in each
  }
}

TEST(GoClaims, RangeSeesWhatIsWrittenOnTheWay) {
  table m;
  for (std::uint64_t i = 0; i < 1000; ++i) m[i] = 1;
  std::uint64_t sum = 0, steps = 0;
  auto cursor = m.range();
  while (cursor.next()) {
    if (++steps == 1) {
      for (std::uint64_t i = 0; i < 1000; ++i) m[i] = 2;
    }
    sum += cursor.value();
  }
  EXPECT_EQ(steps, 1000U);
  EXPECT_EQ(sum, 2000U);  // a snapshot would have given 1000
}

TEST(GoClaims, AKeyThatIsErasedAndInsertedAgainMayBeProducedTwice) {
  bool twice = false;
  for (int attempt = 0; attempt < 50 && !twice; ++attempt) {
    table m;
    for (std::uint64_t i = 0; i < 200; ++i) m[i] = 1;
    std::map<std::uint64_t, int> met;
    auto cursor = m.range();
    while (cursor.next()) {
      const std::uint64_t key = cursor.key();
      twice = ++met[key] == 2 || twice;
      if (met.size() > 150) continue;
      m.erase(key);
      m[1'000'000 + key] = 1;  // takes the room
      m[key] = 1;
    }
  }
  EXPECT_TRUE(twice);
}

TEST(GoClaims, ErasingGivesNoBucketBack) {
  table m;
  for (std::uint64_t i = 0; i < 10'000; ++i) m[i] = 1;
  const std::size_t buckets = m.bucket_count(), bytes = hmap::memory_of(m).total();
  for (std::uint64_t i = 0; i < 10'000; ++i) m.erase(i);
  EXPECT_TRUE(m.empty());
  EXPECT_EQ(m.bucket_count(), buckets);
  EXPECT_GE(hmap::memory_of(m).total() + 4096, bytes);
}

TEST(GoClaims, AnOrderIsAStartingBucketAndAnOffset) {
  table m;
  for (std::uint64_t i = 0; i < 13; ++i) m[i] = 1;
  std::set<std::string> orders;
  for (int i = 0; i < 3000; ++i) {
    std::string order;
    auto cursor = m.range();
    while (cursor.next()) order += static_cast<char>('a' + cursor.key());
    orders.insert(order);
  }
  EXPECT_EQ(m.bucket_count(), 2U);
  EXPECT_LE(orders.size(), 2U * 8U);  // and not 13!
  EXPECT_GE(orders.size(), 8U);
}

}  // namespace
