// How entries move and end: what may be carried as bytes, and destructors that come back to the
// table, for the kinds of entries that maps/tests/erasure_test.cpp does not have.
#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "support.hpp"

namespace {

using namespace steady_test;

// ---- what is plain bytes

struct list_head {
  list_head *previous = this, *next = this;
  list_head() = default;
  list_head(const list_head&) = delete;
  list_head& operator=(const list_head&) = delete;
};
/// Trivially copyable, but only by assignment.
struct assigned_only {
  int n = 0;
  assigned_only() = default;
  assigned_only(const assigned_only&) = delete;
  assigned_only& operator=(const assigned_only&) = default;
};
struct copied_only {
  int n;
  copied_only(int i) : n(i) {}
  copied_only(const copied_only&) = default;
  copied_only(copied_only&&) = delete;
};

template <class V>
using ops = steady::detail::entry_ops<int, V, std::allocator<std::pair<const int, V>>>;

TEST(Entries, AreBytesOnlyIfTheyMayBeMoved) {
  static_assert(std::is_trivially_copyable_v<list_head> &&
                std::is_trivially_copyable_v<std::mutex>);
  static_assert(!ops<list_head>::trivial && !ops<list_head>::movable && !ops<list_head>::copyable);
  static_assert(!ops<std::mutex>::trivial && !ops<std::mutex>::moves_safely);
  static_assert(!ops<assigned_only>::trivial && !ops<assigned_only>::moves_safely);
  static_assert(!ops<copied_only>::trivial && ops<copied_only>::copyable);
  static_assert(ops<int>::trivial && ops<record>::trivial);
  static_assert(ops<std::unique_ptr<list_head>>::moves_safely);
}

TEST(Entries, ThatCanOnlyBeCopiedAreCopied) {
  table<int, copied_only, eager> m;
  for (int i = 0; i < 2'000; ++i) m.try_emplace(i, i);
  m.reserve(10'000);
  for (int i = 0; i < 2'000; ++i) ASSERT_EQ(m.at(i).n, i);
  EXPECT_SOUND(m);
}

// ---- destructors that use the table

/// Calls its hook when it ends, whatever moves do and however large it is.
template <bool SafeMove, std::size_t Extra>
struct hooked {
  std::function<void()> on_end;
  std::string text;
  std::array<char, Extra> extra{};

  explicit hooked(int n)
      : text("a text that is too long to be stored in place " + std::to_string(n)) {}
  hooked(const hooked& o) : on_end(o.on_end), text(o.text) {}
  hooked(hooked&& o) noexcept(SafeMove)
      : on_end(std::exchange(o.on_end, nullptr)), text(std::move(o.text)) {}
  ~hooked() {
    if (on_end) on_end();
  }
};

template <class Map>
class Leaving : public ::testing::Test {};
using hooked_tables =
    ::testing::Types<table<int, hooked<true, 1>>, table<int, hooked<true, 1>, crowded>,
                     table<int, hooked<false, 1>>, table<int, hooked<false, 1>, crowded_segments>,
                     table<int, hooked<true, 2'000>>, table<int, hooked<true, 2'000>, crowded>>;
TYPED_TEST_SUITE(Leaving, hooked_tables);

/// Copies of a hook would be called as well: one entry is armed at a time.
template <class Map>
void arm(Map& m, int i, std::function<void()> hook) {
  m.at(i).on_end = std::move(hook);
}

TYPED_TEST(Leaving, DestructorsMayInsertIntoATableThatIsFull) {
  for (const int n : {6, 12, 15, 40, 97, 300}) {
    TypeParam m;
    for (int i = 0; i < n; ++i) m.try_emplace(i, i);
    for (int i = 0; i < n; ++i) {
      arm(m, i, [&m, i] { m.try_emplace(i + 10'000, -i); });
      if (i % 2 == 0) {
        EXPECT_EQ(m.erase(i), 1U);
      } else {
        m.erase(m.find(i));
      }
      ASSERT_SOUND(m);
      ASSERT_EQ(m.size(), static_cast<std::size_t>(n));
    }
    for (int i = 0; i < n; ++i) EXPECT_TRUE(m.at(i + 10'000).text.ends_with(std::to_string(-i)));
  }
}

TYPED_TEST(Leaving, DestructorsDoNotFindTheEntryAnyMore) {
  TypeParam m;
  for (int i = 0; i < 60; ++i) m.try_emplace(i, i);
  for (int i = 0; i < 60; ++i) {
    arm(m, i, [&m, i] {
      EXPECT_FALSE(m.contains(i));
      EXPECT_EQ(m.erase(i), 0U);
    });
    EXPECT_EQ(m.erase(i), 1U);
  }
  EXPECT_TRUE(m.empty());
}

TYPED_TEST(Leaving, WhatIsInsertedWhileTheTableIsClearedStays) {
  TypeParam m;
  for (int i = 0; i < 60; ++i) m.try_emplace(i, i);
  arm(m, 30, [&m] { m.try_emplace(1'000, 1); });
  m.clear();
  EXPECT_EQ(m.size(), 1U);
  EXPECT_TRUE(m.contains(1'000));
  EXPECT_SOUND(m);
  m.clear();
  EXPECT_TRUE(m.empty());
}

}  // namespace
