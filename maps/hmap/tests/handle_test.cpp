// hmap::handle: a Go map variable. Nil, shared, and alive as long as anybody holds it.
#include "hmap/handle.hpp"

#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support.hpp"
#include "tests/allocators.hpp"

namespace {

using handle = hmap::handle<std::string, int>;

static_assert(sizeof(handle) == sizeof(void*));
static_assert(std::is_nothrow_default_constructible_v<handle>);
static_assert(std::is_nothrow_copy_constructible_v<handle>);
static_assert(std::is_nothrow_move_assignable_v<handle>);

TEST(NilHandle, ReadsAsEmpty) {
  const handle nil;
  const handle also_nil = nullptr;
  EXPECT_FALSE(nil);
  EXPECT_EQ(nil, also_nil);
  EXPECT_EQ(nil.size(), 0U);
  EXPECT_TRUE(nil.empty());
  EXPECT_FALSE(nil.contains("a"));
  EXPECT_EQ(nil.find("a"), nil.end());
  EXPECT_EQ(nil.begin(), nil.end());
  EXPECT_EQ(nil.get("a"), 0);
  EXPECT_THROW(nil.at("a"), std::out_of_range);
  for (auto&& entry : nil) FAIL() << entry.first;
  for (auto&& entry : nil.range()) FAIL() << entry.first;
}

TEST(NilHandle, ErasureFindsNothing) {
  const handle nil;
  EXPECT_EQ(nil.erase("a"), 0U);
  nil.clear();
  EXPECT_FALSE(nil) << "and makes no table";
}

TEST(NilHandle, AWriteThrowsWithGosMessage) {
  const handle nil;
  EXPECT_THROW(nil["a"], hmap::nil_map_error);
  EXPECT_THROW(nil.insert_or_assign("a", 1), hmap::nil_map_error);
  EXPECT_THROW(nil.try_emplace("a", 1), hmap::nil_map_error);
  EXPECT_THROW(nil.table(), hmap::nil_map_error);
  try {
    nil["a"] = 1;
  } catch (const std::logic_error& e) {
    EXPECT_EQ(e.what(), std::string_view("assignment to entry in nil map"));
  }
}

TEST(Handle, CopiesShareTheTable) {
  const auto a = hmap::make_handle<std::string, int>();
  const handle b = a;
  EXPECT_EQ(a, b);
  b["x"] = 1;
  EXPECT_EQ(a.at("x"), 1);
  a.insert_or_assign("x", 2);
  a.try_emplace("y", 3);
  EXPECT_EQ(b.get("x") + b.get("y") + b.get("absent"), 5);
  EXPECT_EQ(b.find("y")->second, 3);
  EXPECT_EQ(a.erase("x"), 1U);
  EXPECT_FALSE(b.contains("x"));
  EXPECT_EQ(&a.table(), &b.table());
  // Passed by value it still is the same table, and all of its growth is seen.
  const auto fill = [](handle by_value) {
    for (int i = 0; i < 1'000; ++i) by_value[std::to_string(i)] = i;
  };
  fill(a);
  EXPECT_EQ(b.size(), 1'001U);
  b.clear();
  EXPECT_TRUE(a.empty());
}

TEST(Handle, ComparesIdentityNotContent) {
  const auto a = handle::make();
  EXPECT_NE(a, handle::make());
  EXPECT_NE(a, nullptr);
  EXPECT_EQ(a, handle(a));
}

TEST(Handle, IsMadeFromWhatATableIsMadeFrom) {
  EXPECT_EQ(handle::make(std::size_t{100}).table().bucket_count(), 16U);
  const auto copied = handle::make(hmap::map<std::string, int>{{"a", 1}});
  EXPECT_EQ(copied.at("a"), 1);
  using paired = hmap::handle<int, int, hmap::paired_map<int, int>>;
  const auto p = paired::make();
  p[1] = 2;
  for (std::pair<const int, int>& entry : p) entry.second = 3;
  EXPECT_EQ(p.at(1), 3);
}

TEST(Handle, RangesOverTheSharedTable) {
  const auto a = handle::make();
  for (int i = 0; i < 100; ++i) a[std::to_string(i)] = i;
  int sum = 0, swept = 0;
  for (auto&& [key, value] : a.range()) {
    sum += value;
    a.erase(key);
  }
  for (auto&& entry : a) swept += entry.second;
  EXPECT_EQ(sum, 4950);
  EXPECT_EQ(swept, 0);
}

/// Counts how many live.
struct counted {
  static inline int alive = 0;
  counted() { ++alive; }
  counted(const counted&) { ++alive; }
  ~counted() { --alive; }
};

TEST(Handle, TheLastOneEndsTheTable) {
  using map = hmap::handle<int, counted>;
  map a = map::make();
  a[1];
  {
    map b = a;
    map c = std::move(b);
    EXPECT_FALSE(b);
    a = nullptr;
    EXPECT_EQ(counted::alive, 1);
    const map& same = c;
    c = same;
    EXPECT_EQ(counted::alive, 1) << "assignment to itself";
    b = c;
    c = map::make();
    EXPECT_EQ(counted::alive, 1);
    b = std::move(c);
    EXPECT_EQ(counted::alive, 0);
    a = b;
    a[2];
  }
  EXPECT_EQ(counted::alive, 1);
  a = map();
  EXPECT_EQ(counted::alive, 0);
}

TEST(Handle, ACursorOutlivesTheTable) {
  handle a = handle::make();
  a["x"] = 1;
  auto r = a.range();
  a = nullptr;
  EXPECT_FALSE(r.next());
}

TEST(Handle, OwnersInManyThreadsAreCountedRight) {
  using map = hmap::handle<int, counted>;
  {
    map a = map::make();
    a[1];
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([a] {
        for (int i = 0; i < 10'000; ++i) {
          const map copy = a;
          ASSERT_TRUE(copy.contains(1));
        }
      });
    }
    a = nullptr;
    for (auto& t : threads) t.join();
  }
  EXPECT_EQ(counted::alive, 0);
}

struct directory {  // Go: type directory map[string]directory
  hmap::handle<std::string, directory> entries;
};

TEST(Handle, MayHoldItself) {
  directory root{hmap::handle<std::string, directory>::make()};
  root.entries["usr"].entries = hmap::handle<std::string, directory>::make();
  root.entries["usr"].entries["bin"];
  EXPECT_TRUE(root.entries["usr"].entries.contains("bin"));
  EXPECT_FALSE(root.entries["usr"].entries["bin"].entries);
}

TEST(Handle, TakesItsMemoryFromTheTablesAllocator) {
  using table = hmap::map<int, int, hmap::hash<int>, hmap::equal_to<int>,
                          map_test::ledger_allocator<std::pair<const int, int>>>;
  map_test::ledger books;
  {
    auto m = hmap::handle<int, int, table>::make(table::allocator_type(books));
    EXPECT_EQ(books.blocks(), 1U);
    m[1] = 2;
    const auto same = m;
    m = nullptr;
    EXPECT_EQ(same.at(1), 2);
  }
  EXPECT_EQ(books.blocks(), 0U);
  books.refuse(true);
  EXPECT_THROW((hmap::handle<int, int, table>::make(table::allocator_type(books))), std::bad_alloc);
}

}  // namespace
