// Every operation, with every allocation, hash, comparison, construction, copy and move on its way
// throwing once, in every state of a table that makes a difference. Single insertion and erasure
// must leave the table as it was; bulk operations must leave a sound one; splits and merges that
// throw are put off; what is declared not to throw must not even come near something that could.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "hmap/tests/throwing.hpp"
#include "support.hpp"

namespace {

using namespace steady_test;
using hmap_test::bytes_outside;
using hmap_test::fault;
using hmap_test::fault_allocator;
using hmap_test::in_chain;
using hmap_test::live_payloads;
using hmap_test::misused_payloads;
using hmap_test::moving;
using hmap_test::payload;
using hmap_test::payload_equal;
using hmap_test::payload_hash;
using hmap_test::throws_at;

/// Buckets fill up and grow soon, so that few entries visit every state.
struct few : steady::default_traits {
  static constexpr std::size_t max_load = 5;
  static constexpr std::size_t min_load = 1;
  static constexpr unsigned min_level = 0;
  static constexpr std::size_t chain_cap = 4;
};

template <class Key, class Value>
using throwing_table = steady::map<Key, Value, payload_hash, payload_equal,
                                   fault_allocator<std::pair<const Key, Value>>, few>;
/// The same in blocks that move, with an allocator that never fails.
template <class Key, class Value>
using moving_table = steady::map<Key, Value, payload_hash, payload_equal,
                                 std::allocator<std::pair<const Key, Value>>, few>;

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

/// n entries, dealt to `buckets` buckets in turn but for bucket 0, which gets every third.
template <class Map>
void deal(Map& m, int n, int buckets) {
  for (int i = 0; i < n; ++i) m.try_emplace(in_chain(i % 3 ? i % buckets : 0, i + 1), i);
}

/// One new key more makes it grow.
template <class Map>
Map full(int n) {
  Map m;
  deal(m, n, 8);
  while (m.size() <= m.internals().grow_at) {
    const int i = static_cast<int>(m.size());
    m.try_emplace(in_chain(i % 8, 500 + i), i);
  }
  return m;
}

constexpr int trigger = in_chain(2, 5555);

/// `steps` inserts into a growth, with a long chain where the growth begins.
template <class Map>
Map growing(int steps) {
  Map m;
  for (int i = 0; i < 24; ++i) m.try_emplace(in_chain(i % 2 ? 0 : 8, i + 1), i);
  for (int i = 0; !steady::inspect(m).growing; ++i) m.try_emplace(in_chain(i % 8, 100 + i), i);
  for (int i = 0; i < steps; ++i) m.try_emplace(in_chain(i % 8 + 16, 300 + i), i);
  return m;
}

template <class Map>
Map shrinking(int left) {
  Map m;
  deal(m, 100, 16);
  for (int i = 0; static_cast<int>(m.size()) > left; ++i) m.erase(in_chain(i % 3 ? i % 16 : 0, i + 1));
  return m;
}

/// Too large by half, and the two buckets that are merged first have nodes, of which one pair
/// stands behind empty slots.
template <class Map>
Map partners_with_chains() {
  Map m(40);
  for (const auto& [bucket, erased] : {std::pair{3, 15}, std::pair{7, 10}}) {
    for (int i = 1; i <= 17; ++i) m.try_emplace(in_chain(bucket, i), i);
    for (int i = 1; i <= erased; ++i) m.erase(in_chain(bucket, i));
  }
  return m;
}

template <class Map>
std::vector<state<Map>> states() {
  std::vector<state<Map>> all{
      {"empty", [] { return Map(); }},
      {"one bucket", [] { Map m; deal(m, 4, 1); return m; }},
      {"full slots", [] { Map m(40); for (int i = 0; i < 15; ++i) m.try_emplace(in_chain(0, i + 1), i); return m; }},
      {"chains", [] { Map m(40); deal(m, 39, 2); return m; }},
      {"full", [] { return full<Map>(20); }},
      {"partners with chains", [] { return partners_with_chains<Map>(); }},
  };
  for (int steps = 0; steps < 9; steps += 2) {
    all.push_back({"growing, step " + std::to_string(steps), [=] { return growing<Map>(steps); }});
  }
  for (int left : {15, 14, 13, 9, 5}) {
    all.push_back({"shrinking, left " + std::to_string(left), [=] { return shrinking<Map>(left); }});
  }
  return all;
}

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

/// One throw point after the other. Where the operation succeeds although something threw, that
/// was upkeep, put off. Ends when nothing has thrown; returns how many points there were.
template <class Map>
std::size_t throw_everywhere(const state<Map>& s, const operation<Map>& o) {
  for (std::size_t k = 1;; ++k) {
    steady::fix_random_seed(1);  // throw points must not wander
    Map m = s.make();
    const content before = content_of(m);
    content after = before;
    o.effect(after);
    std::size_t chances = 0;
    const auto run = [&](std::size_t at) {
      typename Map::key_type key(o.key);
      typename Map::mapped_type value(new_value);
      const std::size_t first = fault::chances();
      const bool threw = throws_at(at, [&] { o.run(m, key, value); });
      chances = fault::chances() - first;
      return threw;
    };
    const auto told = [&] { return s.name + ", " + o.name + ", " + std::to_string(k); };
    if (!run(k)) {
      EXPECT_EQ(content_of(m), after) << told();
      EXPECT_SOUND(m) << told();
      if (chances < k) return k - 1;
    } else {
      EXPECT_EQ(content_of(m), before) << told();
      EXPECT_SOUND(m) << told();
      EXPECT_FALSE(run(0)) << told();
      EXPECT_EQ(content_of(m), after) << told() << " again";
      EXPECT_SOUND(m) << told() << " again";
    }
    EXPECT_EQ(m.size(), after.size());
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

template <moving M>
using object = payload<M>;
using tables =
    ::testing::Types<throwing_table<object<moving::never_throws>, object<moving::never_throws>>,
                     throwing_table<object<moving::may_throw>, object<moving::may_throw>>,
                     moving_table<object<moving::may_throw>, object<moving::may_throw>>,
                     moving_table<object<moving::only>, object<moving::only>>>;
TYPED_TEST_SUITE(Exceptions, tables);

TYPED_TEST(Exceptions, InsertionIsAllOrNothing) {
  std::size_t points = 0;
  for (const auto& s : states<TypeParam>()) {
    for (const int bucket : {0, 1, 8}) {
      for (const auto& o : inserts<TypeParam>(in_chain(bucket, 9000))) {
        points += throw_everywhere(s, o);
        if (this->HasFailure()) return;
      }
    }
  }
  EXPECT_GT(points, 300U) << "hardly anything threw: the test has lost its teeth";
}

TYPED_TEST(Exceptions, UpdateEraseAndLookupLeaveEveryEntry) {
  for (const auto& s : states<TypeParam>()) {
    for (const int key : {in_chain(0, 1), in_chain(8, 1), in_chain(0, 13), trigger}) {
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

TYPED_TEST(Exceptions, UpkeepThatIsPutOffIsDoneLater) {
  using Map = TypeParam;
  for (std::size_t k = 1; k < 40; ++k) {
    Map m;
    for (int i = 0; i < 200; ++i) {
      throws_at(k, [&] { m.try_emplace(in_chain(i % 64, i), i); });
      ASSERT_SOUND(m) << k;
    }
    const std::size_t size = m.size();
    for (int i = 0; i < 1'200; ++i) m.try_emplace(in_chain(i % 64, 1'000 + i), i);
    EXPECT_EQ(m.size(), size + 1'200);
    EXPECT_GE(m.bucket_count(), 64U);
    ASSERT_SOUND(m);
  }
}

// ---- bulk operations

/// Runs `bulk` on a table in every state and at every throw point; `check` sees what is in the
/// table and what was.
template <class Map, class Bulk, class Check>
void throw_in_bulk(Bulk bulk, Check check) {
  for (const auto& s : states<Map>()) {
    bool threw = true;
    for (std::size_t k = 1; threw; k += 1 + k / 16) {  // thinned out: copies have many points
      steady::fix_random_seed(1);
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

TYPED_TEST(Exceptions, ReserveAndShrinkToFitKeepEveryEntry) {
  using Map = TypeParam;
  throw_in_bulk<Map>(
      [](Map& m, std::size_t k) { return throws_at(k, [&] { m.reserve(400); }); }, unchanged);
  throw_in_bulk<Map>(
      [](Map& m, std::size_t k) { return throws_at(k, [&] { m.rehash(0); }); }, unchanged);
  throw_in_bulk<Map>(
      [](Map& m, std::size_t k) { return throws_at(k, [&] { m.shrink_to_fit(); }); }, unchanged);
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

// ---- what must not throw

/// Counts what could have thrown in f.
template <class F>
std::size_t chances_in(F f) {
  const std::size_t before = fault::chances();
  f();
  return fault::chances() - before;
}

TYPED_TEST(Exceptions, MoveSwapClearEraseAndTheEndDoNothingThatCouldThrow) {
  using Map = TypeParam;
  for (const auto& s : states<Map>()) {
    Map m = s.make();
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
    EXPECT_SOUND(m);
    EXPECT_EQ(chances_in([&] { m.clear(); }), 0U);
    EXPECT_SOUND(m);
    EXPECT_EQ(chances_in([&] { other = std::move(m); }), 0U) << "ends the entries it had";
    deal(m, 100, 16);
    EXPECT_EQ(chances_in([&] { const Map dies(std::move(m)); }), 0U);
  }
}

// ---- values that can only be moved, by a move that may throw

template <class Map>
class MoveOnlyExceptions : public Exceptions<Map> {};
using move_only_tables = ::testing::Types<
    throwing_table<object<moving::never_throws>, object<moving::only_and_may_throw>>,
    moving_table<object<moving::only_and_may_throw>, object<moving::only_and_may_throw>>>;
TYPED_TEST_SUITE(MoveOnlyExceptions, move_only_tables);

TYPED_TEST(MoveOnlyExceptions, AMoveThatThrowsOnceIsUndone) {
  // What map.hpp promises: only a throw while undoing a throw ends the program. (The argument
  // itself is moved from.)
  using Map = TypeParam;
  for (const auto& s : states<Map>()) {
    for (std::size_t k = 1;; ++k) {
      Map m = s.make();
      const content before = content_of(m);
      const std::size_t first = fault::chances();
      const bool threw = throws_at(k, [&] { m.try_emplace(in_chain(0, 9000), new_value); });
      ASSERT_SOUND(m) << s.name << ", " << k;
      content now = content_of(m);
      ASSERT_EQ(now.erase(in_chain(0, 9000)), threw ? 0U : 1U);
      ASSERT_EQ(now, before) << s.name << ", " << k;
      if (fault::chances() - first < k) break;
    }
  }
}

}  // namespace
