// Moving all entries at once (detail/relocate.hpp): reserve() and rehash() in every state of a
// table, with cursors, and with every throw point on the way; and merge(), which relies on it.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <unistd.h>

#include "tests/exceptions.hpp"
#include "throwing_subject.hpp"

namespace {

using namespace hmap_test;

template <class Map>
class Relocation : public Exceptions<Map> {};
TYPED_TEST_SUITE(Relocation, subject::throwing_tables);

template <class Map>
using may_copy_keys = std::bool_constant<std::is_copy_constructible_v<typename Map::key_type>>;

/// What a reader of the header could notice.
auto shape_of(const auto& m) {
  const auto h = hmap::inspect(m);
  return std::tuple(h.count, h.B, h.noverflow, h.hash0, h.growing, h.same_size_grow, h.nevacuate,
                    h.spares_used);
}

TYPED_TEST(Relocation, AThrowLeavesTheTableAsItWas) {
  std::size_t points = 0;
  for (const auto& s : subject::states<TypeParam>()) {
    bool threw = true;
    for (std::size_t k = 1; threw; ++k, ++points) {
      hmap::fix_random_seed(1);
      TypeParam m = s.make();
      const content before = content_of(m);
      const auto shape = shape_of(m);
      threw = throws_at(k, [&] { m.rehash(256); });
      ASSERT_SOUND(m) << s.name << ", " << k;
      ASSERT_EQ(content_of(m), before) << s.name << ", " << k;
      ASSERT_EQ(subject::lost_spares(m), 0U);
      if (threw) {
        ASSERT_EQ(shape_of(m), shape) << s.name << ", " << k;
        ASSERT_TRUE(m.try_emplace(in_chain(3, 9000), 1).second);
        ASSERT_SOUND(m);
      } else {
        ASSERT_EQ(m.bucket_count(), 256U);
        ASSERT_FALSE(hmap::inspect(m).growing);
      }
    }
  }
  EXPECT_GT(points, 500U);
}

TYPED_TEST(Relocation, CursorsSurvive) {
  if constexpr (may_copy_keys<TypeParam>::value) {
    for (const auto& s : subject::states<TypeParam>()) {
      bool threw = true;
      for (std::size_t k = 1; threw; k += 1 + k / 8) {
        hmap::fix_random_seed(k);
        TypeParam m = s.make();
        const content before = content_of(m);
        auto r = m.range();
        std::map<int, int> produced;
        for (int i = 0; i < 3 && r.next(); ++i) ++produced[r.key().id()];
        threw = throws_at(k, [&] { m.rehash(256); });
        ASSERT_SOUND(m) << s.name << ", " << k;
        ASSERT_EQ(content_of(m), before) << s.name << ", " << k;
        while (r.next()) {
          ASSERT_EQ(r.value().id(), before.at(r.key().id()));
          ++produced[r.key().id()];
        }
        ASSERT_EQ(produced.size(), before.size()) << s.name << ", " << k;
        for (const auto& [id, times] : produced) ASSERT_EQ(times, 1) << s.name << ", " << k;
      }
    }
  }
}

TYPED_TEST(Relocation, CursorsHoldTheOldArrayUntilTheyGo) {
  if constexpr (may_copy_keys<TypeParam>::value) {
    for (const auto& s : subject::states<TypeParam>()) {
      TypeParam m = s.make();
      const std::size_t entries = m.size();
      auto r = m.range();
      const bool began = r.next();
      m.rehash(64);
      m.rehash(256);
      m.clear();
      EXPECT_FALSE(r.next());
      EXPECT_EQ(began, entries != 0);
      auto outlives = [&] {
        TypeParam other = s.make();
        auto cursor = other.range();
        other.rehash(512);
        return cursor;
      }();
      EXPECT_FALSE(outlives.next()) << "its table is gone, and the bytes are counted";
    }
  }
}

template <class Map>
class StepwiseRelocation : public Exceptions<Map> {};
TYPED_TEST_SUITE(StepwiseRelocation, subject::move_only_tables);

TYPED_TEST(StepwiseRelocation, KeepsWhatItHasReached) {
  for (const auto& s : subject::states<TypeParam>()) {
    bool threw = true;
    for (std::size_t k = 1; threw; k += 1 + k / 8) {
      TypeParam m = s.make();
      const content before = content_of(m);
      threw = throws_at(k, [&] { m.rehash(64); });
      ASSERT_SOUND(m) << s.name << ", " << k;
      ASSERT_EQ(content_of(m), before) << s.name << ", " << k;
    }
  }
}

// ---- what needs no throws

TEST(Relocation, KeysThatDifferFromThemselves) {
  for (const bool ranged : {false, true}) {
    hmap::map<double, int> m;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (int i = 0; i < 150; ++i) m.try_emplace(i % 3 ? nan : i, i);
    auto r = m.range();
    std::map<int, int> seen;
    if (ranged) {
      for (int i = 0; i < 10 && r.next(); ++i) ++seen[r.value()];
    } else {
      r = {};
    }
    m.reserve(5'000);
    EXPECT_SOUND(m);
    while (ranged && r.next()) ++seen[r.value()];
    EXPECT_EQ(seen.size(), ranged ? 150U : 0U);
    seen.clear();
    for (auto&& [key, value] : m) ++seen[value];
    EXPECT_EQ(seen.size(), 150U);
    EXPECT_TRUE(m.contains(3.0));
  }
}

long resident_kb() {
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

TEST(Relocation, ClearDoesNotTouchWhatWasNeverUsed) {
  hmap::map<std::uint64_t, std::uint64_t> m;
  m.reserve(2'000'000);
  for (std::uint64_t i = 0; i < 10; ++i) m.try_emplace(i, i);
  const long before = resident_kb();
  m.clear();
  EXPECT_LT(resident_kb() - before, 4'000) << "of 40 MB";
  EXPECT_SOUND(m);
  EXPECT_TRUE(m.empty() && m.try_emplace(1, 1).second);
}

TEST(Relocation, RehashNeverShrinks) {
  auto m = filled<hmap::map<std::uint64_t, std::uint64_t>>(1'000);
  const std::size_t buckets = m.bucket_count();
  for (const std::size_t fewer : {0, 1, 64}) {
    m.rehash(fewer);
    EXPECT_EQ(m.bucket_count(), buckets);
    EXPECT_FALSE(hmap::inspect(m).growing);
  }
  EXPECT_SOUND(m);
}

/// Remembers where its objects are: nothing may be made, ended or moved without it.
template <class T>
struct tracking_allocator : std::allocator<T> {
  static inline std::set<const void*> here;
  tracking_allocator() = default;
  template <class U>
  tracking_allocator(const tracking_allocator<U>&) noexcept {}
  template <class U>
  struct rebind {
    using other = tracking_allocator<U>;
  };
  template <class U, class... Args>
  void construct(U* p, Args&&... args) {
    std::construct_at(p, std::forward<Args>(args)...);
    EXPECT_TRUE(here.insert(p).second);
  }
  template <class U>
  void destroy(U* p) noexcept {
    EXPECT_EQ(here.erase(p), 1U);
    std::destroy_at(p);
  }
};

template <template <class...> class Table, class V>
void expect_tracked() {
  using alloc = tracking_allocator<std::pair<const std::uint64_t, V>>;
  {
    Table<std::uint64_t, V, hmap::hash<std::uint64_t>, std::equal_to<>, alloc> m, other;
    for (std::uint64_t i = 0; i < 110; ++i) m.try_emplace(i, make<V>(i));
    auto r = m.range();
    r.next();
    for (std::uint64_t i = 0; i < 50; ++i) m.erase(i);
    m.reserve(1'000);
    other.merge(m);
    other.erase(other.begin());
    for (std::uint64_t i = 200; i < 3'000; ++i) other.insert_or_assign(i, make<V>(i));
    m = other;
    other.clear();
    EXPECT_SOUND(m);
  }
  EXPECT_TRUE(tracking_allocator<std::uint64_t>::here.empty());
  EXPECT_TRUE(alloc::here.empty());
}

TEST(Relocation, NothingMovesBehindTheAllocator) {
  expect_tracked<hmap::map, std::uint64_t>();
  expect_tracked<hmap::paired_map, std::uint64_t>();
  expect_tracked<hmap::map, large_record>();
  expect_tracked<hmap::paired_map, std::string>();
}

// ---- merge

template <class Map, class Other>
void merge_at_every_throw_point() {
  using K = typename Map::key_type;
  bool threw = true;
  for (std::size_t k = 1; threw; k += 1 + k / 8) {
    Map m;
    Other other;
    deal(m, 90, 8);
    for (int i = 0; i < 60; ++i) other.try_emplace(K(in_chain(i, i % 2 ? 9000 : 1)), i);
    content all = content_of(other);
    for (const auto& entry : content_of(m)) all[entry.first] = entry.second;
    const std::size_t size = m.size() + other.size();
    threw = throws_at(k, [&] { m.merge(other); });
    ASSERT_EQ(m.size() + other.size(), size);
    content now = content_of(other);
    for (const auto& entry : content_of(m)) now[entry.first] = entry.second;
    ASSERT_EQ(now, all) << k;
    ASSERT_SOUND(m);
    ASSERT_SOUND(other);
  }
}

template <class K, class V>
using split_of = subject::throwing_table<K, V, hmap::split_traits>;
template <class K, class V>
using paired_of = subject::throwing_table<K, V, hmap::paired_traits>;

TEST(Merge, AcrossLayoutsLosesNothing) {
  using safe = payload<moving::never_throws>;
  using only = payload<moving::only>;
  using large = payload<moving::only, 129>;
  using risky = payload<moving::may_throw>;
  merge_at_every_throw_point<split_of<safe, safe>, paired_of<safe, safe>>();
  merge_at_every_throw_point<paired_of<only, large>, split_of<only, large>>();
  merge_at_every_throw_point<split_of<only, large>, paired_of<only, large>>();
  merge_at_every_throw_point<split_of<risky, risky>, paired_of<risky, risky>>();
  merge_at_every_throw_point<split_of<large, only>, split_of<large, only>>();
}

}  // namespace
