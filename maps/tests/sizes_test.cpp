// Room: what reserve(), rehash(), hints, copies and ranges cost, and what they refuse. An entry
// moves once, however much room is made. Limits of the system are tried in memory_limits.cpp.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sys/resource.h>
#endif

#include "payloads.hpp"
#include "subject.hpp"

namespace {

using namespace map_test;

/// Counts how often values were copied and moved.
struct tracked {
  static inline long copies = 0, moves = 0;
  static void forget() { copies = moves = 0; }
  std::uint64_t n = 0;
  tracked(std::uint64_t i) : n(i) {}
  tracked(const tracked& o) noexcept : n(o.n) { ++copies; }
  tracked(tracked&& o) noexcept : n(o.n) { ++moves; }
  tracked& operator=(const tracked&) = delete;
};

template <class Variant>
class Sizes : public ::testing::Test {
 protected:
  using map = typename Variant::template map<std::uint64_t, tracked>;
  static map filled(std::uint64_t n, std::uint64_t from = 0) {
    map m;
    for (std::uint64_t i = from; i < from + n; ++i) m.try_emplace(i, i);
    tracked::forget();
    return m;
  }
  static void expect_filled(const map& m, std::uint64_t n) {
    ASSERT_EQ(m.size(), n);
    for (std::uint64_t i = 0; i < n; ++i) ASSERT_EQ(m.at(i).n, i);
    EXPECT_SOUND(m);
  }
};
TYPED_TEST_SUITE(Sizes, subject::variants);

TYPED_TEST(Sizes, ReservingMovesEveryEntryOnce) {
  for (const std::uint64_t n : {1, 7, 90, subject::entries_in_growth, 3'000}) {
    auto m = this->filled(n);
    m.reserve(100'000);
    EXPECT_LE(tracked::moves, static_cast<long>(n));
    EXPECT_EQ(tracked::copies, 0);
    this->expect_filled(m, n);
    tracked::forget();
    const std::size_t buckets = m.bucket_count();
    for (std::uint64_t i = n; i < 100'000; ++i) m.try_emplace(i, i);
    EXPECT_EQ(tracked::moves, 0) << "there was room";
    EXPECT_EQ(m.bucket_count(), buckets);
    this->expect_filled(m, 100'000);
  }
}

TYPED_TEST(Sizes, RehashingMovesEveryEntryOnce) {
  auto m = this->filled(500);
  m.rehash(4'096);
  EXPECT_LE(tracked::moves, 500);
  EXPECT_EQ(m.bucket_count(), 4'096U);
  this->expect_filled(m, 500);
}

TYPED_TEST(Sizes, CopiesAndRangesMoveNothing) {
  using Map = typename TestFixture::map;
  const auto m = this->filled(1'000);
  const Map copy(m);
  EXPECT_EQ(tracked::copies, 1'000);
  EXPECT_EQ(tracked::moves, 0);
  tracked::forget();
  Map assigned = this->filled(5);
  tracked::forget();
  assigned = m;
  EXPECT_EQ(tracked::copies, 1'000);
  EXPECT_EQ(tracked::moves, 0);
  this->expect_filled(assigned, 1'000);
  std::vector<std::pair<std::uint64_t, tracked>> pairs;
  for (std::uint64_t i = 0; i < 1'000; ++i) pairs.emplace_back(i, i);
  tracked::forget();
  const Map ranged(pairs.begin(), pairs.end());
  EXPECT_EQ(tracked::copies, 1'000);
  // Until room is needed for the first time it is not known to be needed.
  EXPECT_LE(tracked::moves, 32);
  this->expect_filled(ranged, 1'000);
}

TYPED_TEST(Sizes, ARangeOfKnownLengthGrowsTheTableOnce) {
  auto m = this->filled(100);
  std::vector<std::pair<std::uint64_t, tracked>> pairs;
  for (std::uint64_t i = 50; i < 20'000; ++i) pairs.emplace_back(i, i);
  const std::size_t buckets = m.bucket_count();
  tracked::forget();
  m.insert(pairs.begin(), pairs.begin() + 50);
  EXPECT_EQ(m.bucket_count(), buckets) << "all of these are there";
  EXPECT_EQ(tracked::copies + tracked::moves, 0);
  m.insert(pairs.begin(), pairs.end());
  EXPECT_EQ(tracked::copies, 19'900);
  EXPECT_LE(tracked::moves, 400);
  this->expect_filled(m, 20'000);
}

TYPED_TEST(Sizes, MergingMovesEveryEntryOnce) {
  auto m = this->filled(2'000);
  auto other = this->filled(18'000, 2'000);
  m.merge(other);
  EXPECT_EQ(tracked::copies, 0);
  EXPECT_LE(tracked::moves, 18'000 + 2'000 + 100);
  EXPECT_TRUE(other.empty());
  this->expect_filled(m, 20'000);
}

TYPED_TEST(Sizes, WhatNoMachineHoldsIsRefusedAtOnce) {
  using Map = typename TypeParam::template map<std::uint64_t, std::uint64_t>;
  for (const std::uint64_t entries : {0, 1, 500, subject::entries_in_growth}) {
    Map m;
    for (std::uint64_t i = 0; i < entries; ++i) m.try_emplace(i, i);
    const Map before = m;
    const std::size_t buckets = m.bucket_count();
    for (const unsigned bits : {38U, 40U, 44U, 50U, 59U, 63U}) {
      const std::size_t n = std::size_t{1} << bits;
      EXPECT_ANY_THROW(m.reserve(n)) << bits;
      EXPECT_ANY_THROW(m.rehash(n)) << bits;
      EXPECT_EQ(m.bucket_count(), buckets) << bits;
    }
    EXPECT_THROW(m.reserve(~std::size_t{0}), std::length_error);
    EXPECT_THROW(Map(std::size_t{1} << 38), std::bad_alloc);
    EXPECT_EQ(m, before);
    EXPECT_SOUND(m);
    EXPECT_TRUE(m.try_emplace(9'999, 1).second);
  }
}

#if defined(__linux__)
/// Pages that f touches for the first time.
template <class F>
long pages_touched(F f) {
  const auto faults = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
  };
  const long before = faults();
  f();
  return faults() - before;
}

TYPED_TEST(Sizes, ReservedMemoryIsNotTouchedBeforeItIsUsed) {
  using Map = typename TypeParam::template map<std::uint64_t, std::uint64_t>;
  constexpr std::size_t n = 4'000'000;
  // Sanitizers keep an eighth of every block beside it, and write that: of up to 40 bytes an entry.
  constexpr long limit = static_cast<long>(n * 40 / 8 / 4'096) * 2;
  Map m;
  m.try_emplace(1, 1);
  EXPECT_LT(pages_touched([&] { m.reserve(n); }), limit);
  EXPECT_EQ(m.at(1), 1U);
  m.try_emplace(2, 2);
  EXPECT_SOUND(m);
}
#endif

TYPED_TEST(Sizes, RehashZeroPinsNothing) {
  using Map = typename TypeParam::template map<int, int>;
  const auto left_after = [](auto prepare) {
    Map m;
    for (int i = 0; i < 20'000; ++i) m.try_emplace(i, i);
    prepare(m);
    for (int i = 0; i < 19'990; ++i) m.erase(i);
    EXPECT_SOUND(m);
    return m.bucket_count();
  };
  const std::size_t usual = left_after([](Map&) {});
  EXPECT_LE(left_after([](Map& m) { m.rehash(0); }), 2 * usual);
  EXPECT_LE(left_after([](Map& m) { m.rehash(1); }), 2 * usual);
  EXPECT_LE(left_after([](Map& m) { m.reserve(0); }), 2 * usual);
  EXPECT_LE(left_after([](Map& m) { m.reserve(1); }), 2 * usual);
  EXPECT_LE(left_after([](Map& m) { m = Map(m); }), 2 * usual);
}

}  // namespace
