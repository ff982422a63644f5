// Every operation, with every allocation, hash, comparison, construction, copy and move on its
// way throwing once, in every state of a table that makes a difference. Single insertion and
// erasure must leave the table as it was; bulk operations must leave a sound one; what is
// declared not to throw must not even come near something that could.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "support.hpp"
#include "throwing.hpp"

namespace {

using namespace hmap_test;

using content = std::map<int, int>;

template <class Map>
content content_of(const Map& m) {
  content c;
  for (auto&& [key, value] : m) EXPECT_TRUE(c.emplace(key.id(), value.id()).second);
  return c;
}

// ---- the states

template <class Map>
struct state {
  std::string name;
  std::function<Map()> make;
};

/// n entries, dealt to 2^B chains in turn but for chain 0, which gets every third.
template <class Map>
void deal(Map& m, int n, int chains) {
  for (int i = 0; i < n; ++i) m.try_emplace(in_chain(i % 3 ? i % chains : 0, i + 1), i);
}

/// The table has 2^B buckets and one new key more makes it double.
template <class Map>
Map about_to_double(int B) {
  Map m;
  deal(m, static_cast<int>(hmap::detail::capacity<hmap::split_traits>(
           static_cast<std::uint8_t>(B))),
       1 << B);
  return m;
}

/// Sixteen buckets, sixteen overflow buckets, few entries: one more makes it compact.
template <class Map>
Map about_to_compact() {
  Map m(100);
  for (int i = 0; i < 92; ++i) m.try_emplace(in_chain(0, i + 1), i);
  for (int i = 0; i < 88; ++i) m.erase(in_chain(0, i + 1));
  for (int i = 0; i < 41; ++i) m.try_emplace(in_chain(1, i + 1), i);
  for (int i = 1; i < 41; i += 2) m.erase(in_chain(1, i + 1));
  EXPECT_EQ(hmap::inspect(m).noverflow, 16U);
  return m;
}

constexpr int absent = in_chain(77, 7777);
constexpr int trigger = in_chain(2, 5555);

template <class Map>
Map growing(Map m, int steps) {
  m.try_emplace(trigger, 1);
  for (int i = 0; i < steps; ++i) m.erase(absent);
  EXPECT_TRUE(hmap::inspect(m).growing) << "no longer, at step " << steps;
  return m;
}

template <class Map>
std::vector<state<Map>> states() {
  std::vector<state<Map>> all{
      {"empty", [] { return Map(); }},
      {"one bucket", [] { Map m; deal(m, 5, 1); return m; }},
      {"one full bucket", [] { Map m; deal(m, 8, 1); return m; }},
      {"overflow", [] { Map m(20); deal(m, 19, 4); return m; }},
      {"about to double", [] { return about_to_double<Map>(3); }},
      {"about to compact", [] { return about_to_compact<Map>(); }},
  };
  for (int steps = 0; steps < 5; ++steps) {
    all.push_back({"doubling, step " + std::to_string(steps),
                   [=] { return growing(about_to_double<Map>(3), steps); }});
  }
  for (int steps = 0; steps < 14; steps += 4) {
    all.push_back({"compacting, step " + std::to_string(steps),
                   [=] { return growing(about_to_compact<Map>(), steps); }});
  }
  return all;
}

/// Spare buckets that no chain has are lost: all that are counted as used must be linked.
template <class Map>
std::size_t lost_spares(const Map& m) {
  std::size_t linked = 0;
  hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) { linked += !b.old && b.spare; });
  return hmap::inspect(m).spares_used - linked;
}

// ---- the operations that must have the strong guarantee

template <class Map>
struct operation {
  using K = typename Map::key_type;
  using V = typename Map::mapped_type;

  std::string name;
  int key;
  std::function<void(Map&, K&, V&)> run;   // with key and value built beforehand
  std::function<void(content&)> effect;
};

constexpr int new_value = 4242;

template <class Map>
std::vector<operation<Map>> inserts(int key) {
  using K = typename Map::key_type;
  using V = typename Map::mapped_type;
  const auto adds = [key](int value) {
    return [key, value](content& c) { c.emplace(key, value); };
  };
  const auto sets = [key](content& c) { c[key] = new_value; };
  std::vector<operation<Map>> all{
      {"try_emplace", key, [](Map& m, K& k, V&) { m.try_emplace(std::move(k), new_value); },
       adds(new_value)},
      {"emplace", key, [](Map& m, K& k, V&) { m.emplace(k.id(), new_value); }, adds(new_value)},
      {"insert", key, [](Map& m, K& k, V& v) { m.insert(std::pair(std::move(k), std::move(v))); },
       adds(new_value)},
      {"operator[]", key, [](Map& m, K& k, V&) { m[std::move(k)]; }, adds(0)},
      {"insert_or_assign", key,
       [](Map& m, K& k, V& v) { m.insert_or_assign(std::move(k), std::move(v)); }, sets},
  };
  if constexpr (std::is_copy_constructible_v<K> && std::is_copy_constructible_v<V>) {
    all.push_back({"insert a copy", key,
                   [](Map& m, K& k, V& v) { m.insert(typename Map::value_type(k, v)); },
                   adds(new_value)});
    all.push_back({"assign a copy", key, [](Map& m, K& k, V& v) { m.insert_or_assign(k, v); },
                   sets});
  }
  return all;
}

template <class Map>
operation<Map> erasure(int key) {
  return {"erase", key, [](Map& m, auto& k, auto&) { m.erase(k); },
          [key](content& c) { c.erase(key); }};
}

template <class Map>
operation<Map> lookup(int key) {
  return {"find", key,
          [](Map& m, auto& k, auto&) {
            if (m.find(k) != m.end()) m.at(k);
          },
          [](content&) {}};
}

/// One throw point after the other until the operation passes; returns how many there are.
template <class Map>
std::size_t throw_everywhere(const state<Map>& s, const operation<Map>& o) {
  for (std::size_t k = 1;; ++k) {
    hmap::fix_random_seed(1);  // throw points must not wander
    Map m = s.make();
    const content before = content_of(m);
    content after = before;
    o.effect(after);
    const auto run = [&](std::size_t at) {
      typename Map::key_type key(o.key);
      typename Map::mapped_type value(new_value);
      return throws_at(at, [&] { o.run(m, key, value); });
    };
    if (!run(k)) {
      EXPECT_EQ(content_of(m), after) << s.name << ", " << o.name;
      EXPECT_SOUND(m);
      return k - 1;
    }
    // An update that throws while it moves chains may have been made already.
    const content now = content_of(m);
    const bool updated = o.name.find("assign") != std::string::npos && before.count(o.key);
    EXPECT_TRUE(now == before || (updated && now == after)) << s.name << ", " << o.name << ", " << k;
    EXPECT_EQ(m.size(), before.size());
    EXPECT_SOUND(m) << s.name << ", " << o.name << ", " << k;
    EXPECT_EQ(lost_spares(m), 0U) << s.name << ", " << o.name << ", " << k;
    EXPECT_FALSE(run(0));
    EXPECT_EQ(content_of(m), after) << s.name << ", " << o.name << " again, " << k;
    EXPECT_SOUND(m);
    if (::testing::Test::HasFailure()) return k;
  }
}

// ---- the types

template <class Map>
class Exceptions : public ::testing::Test {
 protected:
  Exceptions() : objects_(live_payloads), bytes_(bytes_outside) {}
  ~Exceptions() override {
    EXPECT_EQ(live_payloads, objects_) << "objects leaked or ended twice";
    EXPECT_EQ(std::exchange(misused_payloads, 0), 0) << "objects used that do not live there";
    EXPECT_EQ(bytes_outside, bytes_) << "memory leaked or freed twice";
  }

 private:
  long objects_;
  std::size_t bytes_;
};

template <moving M, std::size_t Extra = 0>
using object = payload<M, Extra>;
using tables = ::testing::Types<
    throwing_table<object<moving::never_throws>, object<moving::never_throws>, hmap::split_traits>,
    throwing_table<object<moving::may_throw>, object<moving::may_throw>, hmap::paired_traits>,
    throwing_table<object<moving::may_throw, 129>, object<moving::may_throw>, hmap::split_traits>,
    throwing_table<object<moving::only>, object<moving::only, 129>, hmap::split_traits>>;
TYPED_TEST_SUITE(Exceptions, tables);

TYPED_TEST(Exceptions, InsertionIsAllOrNothing) {
  std::size_t points = 0;
  for (const auto& s : states<TypeParam>()) {
    for (const int chain : {0, 1, 7}) {
      for (const auto& o : inserts<TypeParam>(in_chain(chain, 9000))) {
        points += throw_everywhere(s, o);
        if (this->HasFailure()) return;
      }
    }
  }
  EXPECT_GT(points, 1'000U) << "hardly anything threw: the test has lost its teeth";
}

TYPED_TEST(Exceptions, UpdateEraseAndLookupLeaveEveryEntry) {
  for (const auto& s : states<TypeParam>()) {
    // The first entries of chains 0 and 1; trigger stands in the growing tables only.
    for (const int key : {in_chain(0, 1), in_chain(0, 92), in_chain(1, 50), trigger, absent}) {
      std::vector<operation<TypeParam>> operations{erasure<TypeParam>(key), lookup<TypeParam>(key)};
      if (key != absent) operations = inserts<TypeParam>(key);
      for (const auto& o : operations) {
        throw_everywhere(s, o);
        if (this->HasFailure()) return;
      }
    }
  }
}

/// A cursor that was under way before the operation goes on after it, and the table as well.
TYPED_TEST(Exceptions, CursorsSurviveWhatThrows) {
  using K = typename TypeParam::key_type;
  if constexpr (std::is_copy_constructible_v<K>) {
    for (const auto& s : states<TypeParam>()) {
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

TYPED_TEST(Exceptions, ACursorIsMadeOrNotAndChangesNothing) {
  if constexpr (std::is_copy_constructible_v<typename TypeParam::key_type>) {
    for (const auto& s : states<TypeParam>()) {
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

// ---- bulk operations

/// Runs `bulk` on a table in every state and at every throw point; `check` sees the table
/// and what was in it.
template <class Map, class Bulk, class Check>
void throw_in_bulk(Bulk bulk, Check check) {
  for (const auto& s : states<Map>()) {
    bool threw = true;
    for (std::size_t k = 1; threw; k += 1 + k / 16) {  // thinned out: copies have many points
      hmap::fix_random_seed(1);
      Map m = s.make();
      const content before = content_of(m);
      threw = bulk(m, k);
      EXPECT_SOUND(m) << s.name << ", " << k;
      check(content_of(m), before, threw);
      if (::testing::Test::HasFailure()) {
        ADD_FAILURE() << s.name << ", " << k;
        return;
      }
    }
  }
}

const auto unchanged = [](const content& now, const content& before, bool) {
  EXPECT_EQ(now, before);
};

TYPED_TEST(Exceptions, CopiesLeaveTheirSourceAlone) {
  using Map = TypeParam;
  if constexpr (std::is_copy_constructible_v<typename Map::key_type>) {
    throw_in_bulk<Map>(
        [](Map& m, std::size_t k) {
          return throws_at(k, [&] { EXPECT_EQ(Map(m).size(), m.size()); });
        },
        unchanged);
    throw_in_bulk<Map>(
        [](Map& m, std::size_t k) {
          Map target;
          deal(target, 20, 4);
          const content old = content_of(target);
          const bool threw = throws_at(k, [&] { target = m; });
          EXPECT_EQ(content_of(target), threw ? old : content_of(m));
          EXPECT_SOUND(target);
          return threw;
        },
        unchanged);
  }
}

TYPED_TEST(Exceptions, RangesAreInsertedAsFarAsItGoes) {
  using Map = TypeParam;
  if constexpr (std::is_copy_constructible_v<typename Map::key_type>) {
    std::vector<std::pair<typename Map::key_type, typename Map::mapped_type>> more;
    content expected;
    for (int i = 0; i < 20; ++i) {
      more.emplace_back(in_chain(i, 9000 + i), i);
      expected.emplace(in_chain(i, 9000 + i), i);
    }
    throw_in_bulk<Map>(
        [&](Map& m, std::size_t k) {
          return throws_at(k, [&] { m.insert(more.begin(), more.end()); });
        },
        [&](const content& now, content before, bool threw) {
          const std::size_t added = now.size() - before.size();
          EXPECT_TRUE(threw || added == more.size());
          auto next = expected.begin();
          for (std::size_t i = 0; i < added; ++i) before.insert(*next++);
          EXPECT_EQ(now, before) << "a prefix of the range, and nothing else";
        });
    throw_in_bulk<Map>(
        [&](Map&, std::size_t k) {
          return throws_at(k, [&] { EXPECT_EQ(Map(more.begin(), more.end()).size(), 20U); });
        },
        unchanged);
  }
}

TYPED_TEST(Exceptions, ReserveKeepsEveryEntry) {
  using Map = TypeParam;
  throw_in_bulk<Map>(
      [](Map& m, std::size_t k) { return throws_at(k, [&] { m.reserve(400); }); }, unchanged);
  throw_in_bulk<Map>(
      [](Map& m, std::size_t k) { return throws_at(k, [&] { m.rehash(0); }); }, unchanged);
}

TYPED_TEST(Exceptions, MergeKeepsEveryKeyInOneOfTheTwo) {
  using Map = TypeParam;
  if constexpr (std::is_copy_constructible_v<typename Map::key_type>) {
    throw_in_bulk<Map>(
        [](Map& m, std::size_t k) {
          Map other;
          for (int i = 0; i < 30; ++i) other.try_emplace(in_chain(i, 9000), i);
          const std::size_t both = m.size() + other.size();
          const bool threw = throws_at(k, [&] { m.merge(other); });
          EXPECT_EQ(m.size() + other.size(), both);
          EXPECT_TRUE(threw || other.empty());
          for (auto&& entry : content_of(other)) EXPECT_EQ(content_of(m).count(entry.first), 0U);
          EXPECT_SOUND(other);
          // Leave only what was there, for the check below.
          for (int i = 0; i < 30; ++i) m.erase(in_chain(i, 9000));
          return threw;
        },
        unchanged);
  }
}

TYPED_TEST(Exceptions, EraseIfKeepsWhatItHasNotReached) {
  using Map = TypeParam;
  throw_in_bulk<Map>(
      [](Map& m, std::size_t k) {
        return throws_at(k, [&] {
          erase_if(m, [](auto&& entry) {
            fault::chance();
            return entry.second.id() % 2 == 0;
          });
        });
      },
      [](const content& now, const content& before, bool threw) {
        for (const auto& [key, value] : before) {
          EXPECT_TRUE(value % 2 == 0 ? threw || !now.count(key) : now.count(key));
        }
      });
}

// ---- what must not throw

/// Counts what could have thrown in f.
template <class F>
std::size_t chances_in(F f) {
  const std::size_t before = fault::chances();
  f();
  return fault::chances() - before;
}

template <class Map>
void expect_no_chance(Map m) {
  Map other;
  deal(other, 20, 4);
  EXPECT_EQ(chances_in([&] { Map moved(std::move(m)); m = std::move(moved); }), 0U);
  EXPECT_EQ(chances_in([&] { m.swap(other); swap(m, other); }), 0U);
  EXPECT_EQ(chances_in([&] {
              for (auto it = m.begin(); it != m.end();) {
                it = it->second.id() % 2 ? m.erase(it) : std::next(it);
              }
            }),
            0U);
  EXPECT_EQ(chances_in([&] { m.clear(); }), 0U);
  EXPECT_EQ(chances_in([&] { other = std::move(m); }), 0U) << "ends the entries it had";
  deal(m, 100, 16);
  EXPECT_EQ(chances_in([&] { const Map dies(std::move(m)); }), 0U);
}

TYPED_TEST(Exceptions, MoveSwapClearEraseAndTheEndDoNothingThatCouldThrow) {
  for (const auto& s : states<TypeParam>()) expect_no_chance(s.make());
}

TYPED_TEST(Exceptions, NorDoTheyWithCursorsAlive) {
  using Map = TypeParam;
  if constexpr (std::is_copy_constructible_v<typename Map::key_type>) {
    for (const auto& s : states<Map>()) {
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

// ---- values that can only be moved, by a move that may throw

template <class Map>
class MoveOnlyExceptions : public Exceptions<Map> {};
using move_only_tables = ::testing::Types<
    throwing_table<object<moving::never_throws>, object<moving::only_and_may_throw>,
                   hmap::split_traits>,
    throwing_table<object<moving::may_throw>, object<moving::only>, hmap::split_traits>>;
TYPED_TEST_SUITE(MoveOnlyExceptions, move_only_tables);

TYPED_TEST(MoveOnlyExceptions, AMoveThatThrowsOnceIsUndone) {
  // What map.hpp promises: only a throw while undoing a throw ends the program.
  using Map = TypeParam;
  for (int steps = -1; steps < 5; ++steps) {
    const state<Map> s{"step " + std::to_string(steps), [=] {
                         Map m = about_to_double<Map>(3);
                         return steps < 0 ? std::move(m) : growing(std::move(m), steps);
                       }};
    for (const auto& o : inserts<Map>(in_chain(7, 9000))) {
      throw_everywhere(s, o);
      if (this->HasFailure()) return;
    }
  }
}

}  // namespace
