// The range that an ended table leaves to the next one.
#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

#include <sys/mman.h>

#include "support.hpp"

namespace {

using namespace steady_test;
using numbers = table<std::uint64_t, std::uint64_t>;
using small_ranges = table<std::uint64_t, std::uint64_t, eager>;
using strings = table<std::string, std::string>;
using steady::detail::kept_pages;
using steady::detail::page_cache;

constexpr std::uint64_t many = 60'000;  // a table of a megabyte and more

/// Where a table's buckets begin.
void* range_of(const auto& m) { return m.internals().memory.lower(0).tags(); }

/// Bytes of address space from `at` on that are in memory.
std::size_t resident_bytes(void* at, std::size_t bytes) {
  std::vector<unsigned char> pages(bytes / steady::detail::page_bytes);
  EXPECT_EQ(::mincore(at, bytes, pages.data()), 0);
  return steady::detail::page_bytes *
         static_cast<std::size_t>(
             std::count_if(pages.begin(), pages.end(), [](auto page) { return page & 1U; }));
}
bool is_mapped(void* at) {
  unsigned char page = 0;
  return ::mincore(at, 1, &page) == 0;
}

class PageCache : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!STEADY_RANGE) GTEST_SKIP() << "no address space to reserve";
    steady::release_kept_pages();
  }
  void TearDown() override { steady::set_kept_pages_limit(page_cache::default_limit); }
};

TEST_F(PageCache, TheNextTableHasTheRangeOfTheLast) {
  void* range = nullptr;
  {
    const numbers first = filled<numbers>(many);
    range = range_of(first);
    EXPECT_EQ(kept_pages.count(), 0U);
  }
  EXPECT_EQ(kept_pages.count(), 1U);
  EXPECT_TRUE(is_mapped(range));
  const numbers second = filled<numbers>(many);
  EXPECT_EQ(range_of(second), range);
  EXPECT_EQ(kept_pages.count(), 0U);
  EXPECT_SOUND(second);
  EXPECT_EQ(second.size(), many);
  for (std::uint64_t i = 0; i < 2 * many; ++i) ASSERT_EQ(second.contains(i), i < many);
  const numbers third = filled<numbers>(many);  // while the second one has it
  EXPECT_NE(range_of(third), range);
  EXPECT_SOUND(third);
}

TEST_F(PageCache, ATableMeetsNothingOfWhatWasThereBefore) {
  for (const std::uint64_t before : {many, std::uint64_t{7'000}, 3 * many}) {
    {
      const numbers full = filled<numbers>(before);
    }
    ASSERT_EQ(kept_pages.count(), 1U);
    numbers reserved;
    reserved.reserve(many);
    ASSERT_EQ(kept_pages.count(), 0U);
    EXPECT_TRUE(reserved.begin() == reserved.end());
    for (std::uint64_t i = 0; i < before; ++i) ASSERT_FALSE(reserved.contains(i));
    EXPECT_SOUND(reserved);
    for (std::uint64_t i = 0; i < 2 * many; ++i) reserved[i] = i;  // grows into used buckets
    EXPECT_SOUND(reserved);
    EXPECT_EQ(reserved.size(), 2 * many);
  }
}

TEST_F(PageCache, NoMoreStaysThanIsAllowed) {
  constexpr std::size_t limit = std::size_t{1} << 20, looked_at = std::size_t{1} << 30;
  steady::set_kept_pages_limit(limit);
  EXPECT_EQ(steady::kept_pages_limit(), limit);
  void* range = nullptr;
  {
    const numbers large = filled<numbers>(10 * many);
    range = range_of(large);
  }
  ASSERT_EQ(kept_pages.count(), 1U);
  // Three parts, and at the end of each a page that is not whole.
  EXPECT_LE(resident_bytes(range, looked_at), limit + 3 * steady::detail::page_bytes);
  EXPECT_GE(resident_bytes(range, looked_at), limit / 16);  // the tags; slots lie further on
  EXPECT_LE(kept_pages.room(), limit / 8);
  {
    const strings another = filled<strings>(many);
  }
  EXPECT_EQ(kept_pages.count(), 1U);
  const numbers next = filled<numbers>(10 * many);
  EXPECT_EQ(range_of(next), range);
  EXPECT_EQ(kept_pages.room(), limit);
  EXPECT_SOUND(next);
}

TEST_F(PageCache, WhatIsLeftOfAPageIsCleared) {
  // The limit ends in the middle of a page of tags; the next table has the buckets behind it.
  steady::set_kept_pages_limit(1'000 * 264);
  {
    const numbers large = filled<numbers>(many);
  }
  ASSERT_EQ(kept_pages.count(), 1U);
  numbers next;
  next.reserve(many);
  EXPECT_SOUND(next);
  EXPECT_EQ(next.begin(), next.end());
}

TEST_F(PageCache, ALimitOfZeroKeepsNothingAndGivesBackWhatThereIs) {
  void* range = nullptr;
  {
    const numbers full = filled<numbers>(many);
    range = range_of(full);
  }
  ASSERT_EQ(kept_pages.count(), 1U);
  steady::set_kept_pages_limit(0);
  EXPECT_EQ(kept_pages.count(), 0U);
  EXPECT_FALSE(is_mapped(range));
  {
    const numbers full = filled<numbers>(many);
  }
  EXPECT_EQ(kept_pages.count(), 0U);
}

TEST_F(PageCache, AnotherKindOfTableLeavesItWhereItIs) {
  {
    const numbers full = filled<numbers>(many);
  }
  {
    const strings other = filled<strings>(many);
    EXPECT_EQ(kept_pages.count(), 1U);
    EXPECT_SOUND(other);
  }
  EXPECT_EQ(kept_pages.count(), 2U);
  const numbers again = filled<numbers>(many);
  EXPECT_EQ(kept_pages.count(), 1U);
}

TEST_F(PageCache, ManyTablesThatEndTogetherLeaveAFew) {
  std::vector<void*> ranges;
  {
    std::vector<numbers> tables;
    for (int i = 0; i < 20; ++i) {
      tables.push_back(filled<numbers>(7'000));
      ranges.push_back(range_of(tables.back()));
    }
  }
  EXPECT_EQ(kept_pages.count(), 16U);
  EXPECT_EQ(std::count_if(ranges.begin(), ranges.end(), is_mapped), 16);
  steady::release_kept_pages();
  EXPECT_EQ(kept_pages.count(), 0U);
  EXPECT_EQ(kept_pages.room(), page_cache::default_limit);
  EXPECT_EQ(std::count_if(ranges.begin(), ranges.end(), is_mapped), 0);
}

TEST_F(PageCache, SmallAndPopulatedTablesLeaveNothing) {
  {
    const numbers few = filled<numbers>(100);
  }
  EXPECT_EQ(kept_pages.count(), 0U);
  {
    numbers resident;
    resident.reserve(many, steady::resident);
    resident[1] = 1;
  }
  EXPECT_EQ(kept_pages.count(), 0U);
}

TEST_F(PageCache, ATableInMidMoveLeavesTheBlockItMovesTo) {
  small_ranges m;
  std::uint64_t moves = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    m[i] = i;
    if (!m.internals().memory.is_moving()) continue;
    ++moves;
    small_ranges copy(m.begin(), m.end(), 0);
    small_ranges taken = std::move(m);
    m = std::move(copy);
    EXPECT_SOUND(taken);
  }
  EXPECT_GT(moves, 0U);
  EXPECT_SOUND(m);
}

TEST_F(PageCache, ErasingGivesBackAlsoWhatTheTableBeforeHadMore) {
  {
    const numbers large = filled<numbers>(10 * many);
  }
  numbers m = filled<numbers>(many);
  const std::size_t full = steady::inspect(m).bytes;
  for (std::uint64_t i = 0; i < many; ++i) {
    const std::size_t before = steady::inspect(m).bytes;
    m.erase(i);
    // Two pieces of slots, and what belongs to them of tags and heads.
    ASSERT_LE(before - steady::inspect(m).bytes, 4 * steady::default_traits::release_bytes);
  }
  m[1] = 1;
  m.shrink_to_fit();
  EXPECT_LT(steady::inspect(m).bytes, full / 100);
  EXPECT_SOUND(m);
}

TEST_F(PageCache, ThreadsMayEndTheirTablesAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 20; ++i) {
        const numbers m = filled<numbers>(8'000);
        ASSERT_EQ(m.size(), 8'000U);
        ASSERT_TRUE(m.contains(7'999));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
