// Every operation, with every allocation, hash, comparison, construction, copy and move on its
// way throwing once, in every state of a table that makes a difference. Single insertion and
// erasure must leave the table as it was; bulk operations must leave a sound one; what is
// declared not to throw must not even come near something that could. What becomes of a step of
// growth that throws, each map's throwing_subject.hpp says.
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "exceptions.hpp"
#include "payloads.hpp"
#include "throwing_subject.hpp"

namespace {

using namespace map_test;

// ---- the operations that must have the strong guarantee

template <class Map>
struct operation {
  using K = typename Map::key_type;
  using V = typename Map::mapped_type;

  std::string name;
  int key;
  std::function<void(Map&, K&, V&)> run;  // with key and value built beforehand
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
    all.push_back(
        {"assign a copy", key, [](Map& m, K& k, V& v) { m.insert_or_assign(k, v); }, sets});
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

/// Whether the operation may have been done although it threw.
template <class Map>
bool may_be_done(const operation<Map>& o, const content& before) {
  return subject::reports_upkeep && o.name.find("assign") != std::string::npos &&
         before.count(o.key) == 1;
}

/// One throw point after the other, until nothing has thrown; returns how many there are. Where
/// upkeep is not reported, the operation may succeed although something threw.
template <class Map>
std::size_t throw_everywhere(const table_state<Map>& s, const operation<Map>& o) {
  for (std::size_t k = 1;; ++k) {
    subject::fix_random_seed(1);  // throw points must not wander
    Map m = s.make();
    const content before = content_of(m);
    content after = before;
    o.effect(after);
    const auto run = [&](std::size_t at) {
      typename Map::key_type key(o.key);
      typename Map::mapped_type value(new_value);
      return throws_at(at, [&] { o.run(m, key, value); });
    };
    const std::size_t thrown = fault::thrown();
    const bool heard = run(k);
    const bool threw = fault::thrown() != thrown;
    const content now = content_of(m);
    const std::string here = s.name + ", " + o.name + ", " + std::to_string(k);
    EXPECT_SOUND(m) << here;
    EXPECT_EQ(subject::lost_spares(m), 0U) << here;
    if (heard) {
      EXPECT_TRUE(now == before || (may_be_done(o, before) && now == after)) << here;
      EXPECT_EQ(m.size(), before.size()) << here;
      EXPECT_FALSE(run(0));
      EXPECT_EQ(content_of(m), after) << here << " again";
      EXPECT_SOUND(m) << here << " again";
    } else {
      EXPECT_EQ(now, after) << here;
      EXPECT_TRUE(!threw || !subject::reports_upkeep) << here << ": and it was not reported";
    }
    EXPECT_EQ(m.size(), after.size()) << here;
    if (!threw || ::testing::Test::HasFailure()) return k - 1;
  }
}

TYPED_TEST_SUITE(Exceptions, subject::throwing_tables);

TYPED_TEST(Exceptions, InsertionIsAllOrNothing) {
  std::size_t points = 0;
  for (const auto& s : subject::states<TypeParam>()) {
    for (const int chain : {0, 1, 7, 8}) {
      for (const auto& o : inserts<TypeParam>(in_chain(chain, 9000))) {
        points += throw_everywhere(s, o);
        if (this->HasFailure()) return;
      }
    }
  }
  EXPECT_GT(points, subject::fewest_throw_points)
      << "hardly anything threw: the test has lost its teeth";
}

TYPED_TEST(Exceptions, UpdateEraseAndLookupLeaveEveryEntry) {
  for (const auto& s : subject::states<TypeParam>()) {
    // The first entries of chains 0, 1 and 8, and some behind them.
    for (const int key : {in_chain(0, 1), in_chain(0, 13), in_chain(0, 92), in_chain(1, 50),
                          in_chain(8, 1), trigger, absent}) {
      auto operations = inserts<TypeParam>(key);
      operations.push_back(erasure<TypeParam>(key));
      operations.push_back(lookup<TypeParam>(key));
      for (const auto& o : operations) {
        throw_everywhere(s, o);
        if (this->HasFailure()) return;
      }
    }
  }
}

// ---- bulk operations

/// Runs `bulk` on a table in every state and at every throw point; `judge` sees what is in the
/// table and what was.
template <class Map, class Bulk, class Judge>
void throw_in_bulk(Bulk bulk, Judge judge) {
  for (const auto& s : subject::states<Map>()) {
    for (std::size_t k = 1;; k += 1 + k / 16) {  // thinned out: copies have many points
      subject::fix_random_seed(1);
      Map m = s.make();
      const content before = content_of(m);
      const std::size_t thrown = fault::thrown();
      const bool heard = bulk(m, k);
      const bool threw = fault::thrown() != thrown;
      EXPECT_SOUND(m) << s.name << ", " << k;
      judge(content_of(m), before, heard);
      if (::testing::Test::HasFailure()) {
        ADD_FAILURE() << s.name << ", " << k;
        return;
      }
      if (!threw) break;
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

TYPED_TEST(Exceptions, ResizingKeepsEveryEntry) {
  using Map = TypeParam;
  throw_in_bulk<Map>([](Map& m, std::size_t k) { return throws_at(k, [&] { m.reserve(400); }); },
                     unchanged);
  throw_in_bulk<Map>([](Map& m, std::size_t k) { return throws_at(k, [&] { m.rehash(0); }); },
                     unchanged);
  if constexpr (requires(Map& m) { m.shrink_to_fit(); }) {
    throw_in_bulk<Map>(
        [](Map& m, std::size_t k) { return throws_at(k, [&] { m.shrink_to_fit(); }); }, unchanged);
  }
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

TYPED_TEST(Exceptions, MoveSwapClearEraseAndTheEndDoNothingThatCouldThrow) {
  for (const auto& s : subject::states<TypeParam>()) expect_no_chance(s.make());
}

// ---- values that can only be moved, by a move that may throw

template <class Map>
class MoveOnlyExceptions : public Exceptions<Map> {};
TYPED_TEST_SUITE(MoveOnlyExceptions, subject::move_only_tables);

TYPED_TEST(MoveOnlyExceptions, AMoveThatThrowsOnceIsUndone) {
  // What map.hpp promises: only a throw while undoing a throw ends the program.
  for (const auto& s : subject::states<TypeParam>()) {
    for (const int chain : {0, 7}) {
      for (const auto& o : inserts<TypeParam>(in_chain(chain, 9000))) {
        throw_everywhere(s, o);
        if (this->HasFailure()) return;
      }
    }
  }
}

}  // namespace
