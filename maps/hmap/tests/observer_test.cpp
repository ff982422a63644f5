// The observer of a table's growth: its events agree with inspect().
#include "hmap/observer.hpp"

#include <cstddef>
#include <map>
#include <vector>

#include "support.hpp"

namespace {

using namespace hmap_test;

struct recorder {
  struct growth {
    hmap::growth_kind kind;
    unsigned B;
    std::size_t bytes;
  };
  std::vector<growth> started;
  std::map<std::size_t, int> evacuated;  // of the current growth
  std::size_t overflow = 0;              // of the current array
  std::size_t finished = 0;
  std::size_t pages = 0;
  std::vector<std::size_t> released;

  void growth_started(hmap::growth_kind kind, unsigned B, std::size_t bytes) noexcept {
    started.push_back({kind, B, bytes});
    evacuated.clear();
    overflow = 0;
  }
  void bucket_evacuated(std::size_t index) noexcept { ++evacuated[index]; }
  void overflow_made() noexcept { ++overflow; }
  void pages_released(std::size_t bytes) noexcept { pages += bytes; }
  void growth_finished() noexcept { ++finished; }
  void storage_released(std::size_t bytes) noexcept { released.push_back(bytes); }
};

struct split_recorded : hmap::split_traits {
  using observer = recorder;
};
struct paired_recorded : hmap::paired_traits {
  using observer = recorder;
};

template <class Map>
class Observer : public ::testing::Test {};
using recorded_tables = ::testing::Types<table<std::uint64_t, std::uint64_t, split_recorded>,
                                         table<std::string, std::string, paired_recorded>>;
TYPED_TEST_SUITE(Observer, recorded_tables);

TYPED_TEST(Observer, TellsTheSameAsInspect) {
  TypeParam m;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    const auto before = hmap::inspect(m);
    const std::size_t growths = m.observer().started.size();
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    const auto after = hmap::inspect(m);
    const recorder& seen = m.observer();

    ASSERT_EQ(seen.started.size(), growths + (after.B > before.B));
    ASSERT_EQ(seen.finished, seen.started.size() - after.growing);
    ASSERT_EQ(seen.overflow, after.noverflow);
    if (after.B > before.B) {
      ASSERT_EQ(seen.started.back().kind, hmap::growth_kind::doubling);
      ASSERT_EQ(seen.started.back().B, after.B);
      ASSERT_EQ(seen.started.back().bytes, hmap::memory_of(m).array);
    }
    // Each old chain once, and those that inspect() sees evacuated.
    std::size_t evacuated = 0;
    hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) {
      if (!b.old || b.depth != 0) return;
      const bool moved = hmap::detail::is_evacuated_mark(b.tophash[0]);
      evacuated += moved;
      EXPECT_EQ(seen.evacuated.count(b.index), moved);
    });
    ASSERT_TRUE(!after.growing || seen.evacuated.size() == evacuated);
    for (const auto& [index, times] : seen.evacuated) ASSERT_EQ(times, 1) << index;
  }
  EXPECT_GE(m.observer().started.size(), 8U);
  EXPECT_EQ(m.observer().evacuated.size(), hmap::inspect(m).buckets / 2) << "all of the last one";
}

TYPED_TEST(Observer, SeesStorageGo) {
  std::size_t bytes = 0, sum = 0;
  TypeParam m = filled<TypeParam>(105);
  ASSERT_TRUE(hmap::inspect(m).growing);
  m.observer().released.clear();
  bytes = hmap::memory_of(m).old_array;
  while (hmap::inspect(m).growing) m.erase(key<TypeParam>(9'999));
  EXPECT_EQ(m.observer().released, std::vector<std::size_t>{bytes});

  // A cursor keeps the old array until it goes.
  m.observer().released.clear();
  for (std::uint64_t i = 105; !hmap::inspect(m).growing; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  }
  {
    const auto r = m.range();
    bytes = hmap::memory_of(m).old_array;
    while (hmap::inspect(m).growing) m.erase(key<TypeParam>(9'999));
    EXPECT_TRUE(m.observer().released.empty());
  }
  EXPECT_EQ(m.observer().released, std::vector<std::size_t>{bytes});

  // clear() in mid-growth gives the old array back and keeps the new one.
  for (std::uint64_t i = 300; !hmap::inspect(m).growing; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  }
  m.observer().released.clear();
  bytes = hmap::memory_of(m).old_array;
  m.clear();
  for (const std::size_t n : m.observer().released) sum += n;
  EXPECT_EQ(sum, bytes);
}

TYPED_TEST(Observer, KnowsAGrowthThatCompacts) {
  TypeParam m;
  constexpr std::uint64_t n = 104;  // all that sixteen buckets take: it never doubles
  for (std::uint64_t i = 0; i < 200 * n; ++i) {
    if (m.size() == n) m.erase(key<TypeParam>(i - n));
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    if (hmap::inspect(m).same_size_grow) break;
  }
  ASSERT_TRUE(hmap::inspect(m).same_size_grow);
  EXPECT_EQ(m.observer().started.back().kind, hmap::growth_kind::same_size);
  EXPECT_EQ(m.observer().started.back().B, hmap::inspect(m).B);
}

TEST(Observer, CostsNothingIfItDoesNothing) {
  static_assert(sizeof(hmap::map<int, int>) == 104, "as tests/layout_test.cpp says");
  static_assert(std::is_empty_v<hmap::no_observer>);
  using recorded = table<int, int, split_recorded>;
  static_assert(sizeof(recorded) > sizeof(hmap::map<int, int>), "or the tests above saw nothing");
  recorded m;
  m[1] = 1;
  const recorded& c = m;
  EXPECT_EQ(&c.observer(), &m.observer());
}

}  // namespace
