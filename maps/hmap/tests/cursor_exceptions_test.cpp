// Cursors, while everything that can throw throws: they go on behind it, and neither they nor what
// must not throw beside them comes near something that could.
#include <cstddef>
#include <map>
#include <type_traits>
#include <utility>

#include "tests/exceptions.hpp"
#include "throwing_subject.hpp"

namespace {

using namespace hmap_test;

constexpr int new_value = 4242;

template <class Map>
class CursorExceptions : public Exceptions<Map> {};
TYPED_TEST_SUITE(CursorExceptions, subject::throwing_tables);

/// A cursor that was under way before the operation goes on after it, and the table as well.
TYPED_TEST(CursorExceptions, CursorsSurviveWhatThrows) {
  using K = typename TypeParam::key_type;
  if constexpr (std::is_copy_constructible_v<K>) {
    for (const auto& s : subject::states<TypeParam>()) {
      bool threw = true;
      for (std::size_t k = 1; threw; ++k) {
        hmap::fix_random_seed(k);
        TypeParam m = s.make();
        const content before = content_of(m);
        auto r = m.range();
        std::map<int, int> produced;
        for (int i = 0; i < 3 && r.next(); ++i) ++produced[r.key().id()];
        K key(in_chain(3, 9000));
        threw = throws_at(k, [&] { m.try_emplace(std::move(key), new_value); });
        for (int i = 0; i < 3; ++i) m.erase(absent);
        while (r.next()) ++produced[r.key().id()];
        produced.erase(in_chain(3, 9000));
        ASSERT_EQ(produced.size(), before.size()) << s.name << ", " << k;
        for (const auto& [id, times] : produced) ASSERT_EQ(times, 1) << s.name << ", " << k;
        ASSERT_EQ(m.size(), before.size() + !threw);
        ASSERT_SOUND(m);
      }
    }
  }
}

TYPED_TEST(CursorExceptions, ACursorIsMadeOrNotAndChangesNothing) {
  if constexpr (std::is_copy_constructible_v<typename TypeParam::key_type>) {
    for (const auto& s : subject::states<TypeParam>()) {
      for (std::size_t k = 1;; ++k) {
        TypeParam m = s.make();
        const content before = content_of(m);
        const bool threw = throws_at(k, [&] { auto r = m.range(); });
        ASSERT_EQ(content_of(m), before);
        ASSERT_SOUND(m);
        if (!threw) break;
      }
    }
  }
}

TYPED_TEST(CursorExceptions, MoveSwapClearEraseAndTheEndStillDoNothingThatCouldThrow) {
  using Map = TypeParam;
  if constexpr (std::is_copy_constructible_v<typename Map::key_type>) {
    for (const auto& s : subject::states<Map>()) {
      Map m = s.make();
      auto r = m.range();
      auto second = m.range();
      for (int i = 0; i < 5; ++i) m.try_emplace(in_chain(i, 9000), i);
      EXPECT_EQ(chances_in([&] { auto dies = std::move(second); }), 0U);
      expect_no_chance(std::move(m));
      EXPECT_EQ(chances_in([&] { r = decltype(r)(); }), 0U);
    }
  }
}

}  // namespace
