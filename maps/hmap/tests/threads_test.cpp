// Threads that only read need no lock, in whatever state the table is: at rest, in
// mid-growth, with old memory kept for a cursor. Run under ThreadSanitizer (preset tsan) this
// proves the absence of races on these paths; elsewhere it still checks the answers.
#include <atomic>
#include <barrier>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "hmap/handle.hpp"
#include "support.hpp"

namespace {

using namespace hmap_test;
using strings = hmap::map<std::uint64_t, std::string>;

/// Runs every function in a thread of its own, all at once.
void together(const std::vector<std::function<void()>>& functions) {
  std::latch start(static_cast<std::ptrdiff_t>(functions.size()));
  std::vector<std::thread> threads;
  for (const auto& f : functions) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      f();
    });
  }
  for (auto& t : threads) t.join();
}

void together(std::size_t n, const std::function<void()>& f) {
  together(std::vector<std::function<void()>>(n, f));
}

template <class Map>
std::size_t ranged(const Map& m) {
  std::size_t n = 0;
  for (auto r = m.range(); r.next(); ++n) EXPECT_EQ(r.value(), value<Map>(r.key()));
  return n;
}

template <class Map>
std::size_t swept(const Map& m) {
  std::size_t n = 0;
  for (auto&& [k, v] : m) n += v == value<Map>(k);
  return n;
}

template <class Map>
std::size_t looked_up(const Map& m, std::uint64_t keys) {
  std::size_t n = 0;
  for (std::uint64_t i = 0; i < keys; ++i) {
    const auto at = m.find(i);
    n += at != m.end() && at->second == value<Map>(i);
    EXPECT_EQ(m.contains(i), at != m.end());
  }
  return n;
}

template <class Map>
class Threads : public ::testing::Test {};
using read_tables = ::testing::Types<split_table<std::uint64_t, std::uint64_t>,
                                     paired_table<std::uint64_t, std::string>>;
TYPED_TEST_SUITE(Threads, read_tables);

TYPED_TEST(Threads, ReadersNeedNoLock) {
  // Fresh tables each time: the first cursors of a table race to make its extra record, and
  // in mid-growth to prepare for the old array's retirement.
  for (const std::uint64_t n : {0U, 8U, 9U, 50U, 106U, 110U, 300U}) {
    for (int repeat = 0; repeat < 5; ++repeat) {
      const TypeParam m = filled<TypeParam>(n);
      const std::function<void()> range = [&] { EXPECT_EQ(ranged(m), n); };
      const std::function<void()> sweep = [&] { EXPECT_EQ(swept(m), n); };
      const std::function<void()> find = [&] { EXPECT_EQ(looked_up(m, 2 * n), n); };
      const std::function<void()> copy = [&] { EXPECT_EQ(TypeParam(m), m); };
      together({range, range, range, sweep, sweep, find, find, copy});
      EXPECT_EQ(hmap::inspect(m).growing, n == 106 || n == 110);
    }
  }
}

// Go: TestConcurrentReadsAfterGrowth.
TYPED_TEST(Threads, ConcurrentReadsAfterGrowth) {
  TypeParam m;
  for (std::uint64_t i = 0; i < 60; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    std::vector<std::function<void()>> readers;
    for (int t = 0; t < 8; ++t) {
      readers.emplace_back([&] { EXPECT_EQ(ranged(m), i + 1); });
      readers.emplace_back([&] { EXPECT_EQ(looked_up(m, 60), i + 1); });
    }
    together(readers);
  }
}

TYPED_TEST(Threads, CursorsMayEndWhileOthersRead) {
  // Chains and arrays that a cursor kept are freed by whichever thread drops the last one,
  // while other threads sweep, look up, and take and drop cursors of their own.
  for (int repeat = 0; repeat < 30; ++repeat) {
    TypeParam m = filled<TypeParam>(208);
    std::optional old_cursor(m.range());
    old_cursor->next();
    for (std::uint64_t i = 208; i < 214; ++i) m.try_emplace(i, value<TypeParam>(i));
    ASSERT_TRUE(hmap::inspect(m).growing);
    const std::size_t n = m.size();
    const TypeParam& c = m;
    const std::function<void()> range = [&] { EXPECT_EQ(ranged(c), n); };
    const std::function<void()> sweep = [&] { EXPECT_EQ(swept(c), n); };
    const std::function<void()> find = [&] { EXPECT_EQ(looked_up(c, 2 * n), n); };
    together({[&] { old_cursor.reset(); }, range, range, sweep, sweep, find});
  }
}

TYPED_TEST(Threads, FirstCursorsAgreeOnOneRecord) {
  // The first cursor of a table makes the record that counts cursors. Two first ones at once
  // must end up with the same: often enough here that they really meet.
  constexpr std::size_t tables = 500;
  const std::vector<TypeParam> all(tables, filled<TypeParam>(9));
  std::barrier meet(2);
  std::vector<decltype(all[0].range())> kept(2 * tables);
  const auto reader = [&](std::size_t which) {
    for (std::size_t i = 0; i < tables; ++i) {
      meet.arrive_and_wait();
      kept[2 * i + which] = all[i].range();
    }
  };
  together({[&] { reader(0); }, [&] { reader(1); }});
  for (std::size_t i = 0; i < tables; ++i) {
    const hmap::detail::extra_record* record = all[i].internals().h.extra;
    ASSERT_EQ(record->cursors.load(), 2U);
  }
}

TYPED_TEST(Threads, FirstCursorsComeAndGo) {
  // One reader's first cursor has ended, and released what was kept for it, while another's is
  // still trying to put its record into the header, and a third looks at the header itself.
  constexpr std::size_t tables = 500;
  std::vector<TypeParam> all;
  for (std::size_t i = 0; i < tables; ++i) all.push_back(filled<TypeParam>(i % 2 == 0 ? 9 : 106));
  std::barrier meet(3);
  const auto reader = [&](auto&& look) {
    for (const TypeParam& m : all) {
      meet.arrive_and_wait();
      look(m);
    }
  };
  const std::function<void()> range = [&] {
    reader([](const TypeParam& m) { EXPECT_TRUE(m.range().next()); });
  };
  const std::function<void()> inspect = [&] {
    reader([](const TypeParam& m) { EXPECT_EQ(hmap::inspect(m).count, m.size()); });
  };
  together({range, range, inspect});
  for (const TypeParam& m : all) ASSERT_EQ(m.internals().h.extra->cursors.load(), 0U);
}

TYPED_TEST(Threads, TablesOfDifferentThreadsShareNothing) {
  together(4, [] {
    TypeParam m;
    for (std::uint64_t i = 0; i < 2'000; ++i) m.try_emplace(i, value<TypeParam>(i));
    EXPECT_EQ(ranged(m), 2'000U);
    for (std::uint64_t i = 0; i < 2'000; ++i) m.erase(i);
    EXPECT_TRUE(m.empty());
    m.try_emplace(1, value<TypeParam>(1));
    EXPECT_SOUND(m);
  });
}

TEST(ThreadsAndSeeds, ThreadsStartWithDifferentSeeds) {
  std::atomic<std::uint32_t> seeds[8];
  std::atomic<std::size_t> next = 0;
  together(8, [&] { seeds[next++] = hmap::inspect(strings()).hash0; });
  std::set<std::uint32_t> different(std::begin(seeds), std::end(seeds));
  EXPECT_GE(different.size(), 7U);
}

TEST(ThreadsAndHandles, ATableSharedByHandlesIsReadByMany) {
  auto h = hmap::make_handle<std::uint64_t, std::string>();
  for (std::uint64_t i = 0; i < 106; ++i) h[i] = make<std::string>(i);
  together(4, [copy = h] {
    EXPECT_EQ(ranged(copy.table()), 106U);
    const auto another = copy;
    EXPECT_EQ(another.at(7), make<std::string>(7));
  });
}

TEST(ThreadsAndHandover, AWriterMayFollowReaders) {
  // The readers' last cursor frees what was kept; the writer that comes next must see it.
  strings m = filled<strings>(50);
  for (std::uint64_t round = 0; round < 20; ++round) {
    std::optional r(m.range());
    r->next();
    for (std::uint64_t i = 0; i < 30; ++i) {
      m.try_emplace(50 + 30 * round + i, make<std::string>(50 + 30 * round + i));
    }
    std::thread([&] { r.reset(); }).join();
    ASSERT_EQ(swept(m), 50 + 30 * (round + 1));
    ASSERT_SOUND(m);
  }
}

/// Each begin() may move on where the next one starts.
TEST(Threads, ReadersLookForTheFirstEntryTogether) {
  auto m = filled<strings>(3'000);
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 100; ++i) m.erase(m.begin());
    const strings& all = m;
    together(4, [&] { EXPECT_EQ(swept(all), all.size()); });
  }
  EXPECT_SOUND(m);
}

}  // namespace
