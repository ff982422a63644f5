// m.range(): every promise of range.hpp, while everything that can happen to a table happens.
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "support.hpp"

namespace {

using namespace hmap_test;
using int_map = hmap::map<std::uint64_t, std::uint64_t>;

struct large_hash {
  std::size_t operator()(const large_record& r) const {
    std::size_t h = 0;
    for (int i = 7; i >= 0; --i) h = h << 8 | r.bytes[static_cast<std::size_t>(i)];
    return h;
  }
};

/// Which number a key was made from.
std::uint64_t id_of(std::uint64_t key) { return key; }
std::uint64_t id_of(const std::string& key) {
  return std::stoull(key.substr(key.find_first_not_of('x')));
}
std::uint64_t id_of(const large_record& key) { return large_hash()(key); }

template <class Map>
class Range : public ::testing::Test {};
using ranged_tables = ::testing::Types<split_table<std::uint64_t, std::uint64_t>,
                                       paired_table<std::string, std::string>,
                                       hmap::map<large_record, std::string, large_hash>,
                                       hmap::paired_map<large_record, std::uint64_t, large_hash>>;
TYPED_TEST_SUITE(Range, ranged_tables);

template <class Map>
void grow_a_step(Map& m) {
  m.erase(key<Map>(9'999'999));  // absent
}

/// n entries, and as many more as it takes to begin a growth that lasts.
template <class Map>
Map just_growing(std::uint64_t n = 105) {
  Map m = filled<Map>(n);
  while (!hmap::inspect(m).growing) {
    m.try_emplace(key<Map>(n), value<Map>(n));
    ++n;
  }
  return m;
}

/// The next new key makes it compact.
template <class Map>
Map about_to_compact(std::uint64_t& next) {
  constexpr std::uint64_t n = 104;  // all that sixteen buckets take
  Map m = filled<Map>(n);
  next = n;
  while (hmap::inspect(m).noverflow < 16) {
    m.erase(key<Map>(next - n));
    m.try_emplace(key<Map>(next), value<Map>(next));
    ++next;
  }
  while (m.size() > n - 20) m.erase(key<Map>(next - m.size()));
  return m;
}

/// How often a cursor produces each key until its end.
template <class Cursor>
std::map<std::uint64_t, int> finish(Cursor& r, std::map<std::uint64_t, int> produced = {}) {
  while (r.next()) ++produced[id_of(r.key())];
  return produced;
}

template <class Map>
void expect_each_once(const Map& m, const std::map<std::uint64_t, int>& produced) {
  EXPECT_EQ(produced.size(), m.size());
  for (const auto& [id, times] : produced) {
    ASSERT_EQ(times, 1) << id;
    ASSERT_TRUE(m.contains(key<Map>(id)));
  }
}

// ---- at rest

TYPED_TEST(Range, ProducesEveryEntryOnce) {
  for (std::uint64_t n = 0; n < 120; ++n) {  // through several growths
    TypeParam m = filled<TypeParam>(n);
    auto r = m.range();
    expect_each_once(m, finish(r));
    EXPECT_FALSE(r.next()) << "and stays at its end";
  }
}

TYPED_TEST(Range, GivesKeysAndValuesToReadAndToWrite) {
  TypeParam m = filled<TypeParam>(100);
  for (auto&& [k, v] : m.range()) v = value<TypeParam>(id_of(k) + 1);
  const TypeParam& c = m;
  std::size_t n = 0;
  for (auto r = c.range(); r.next(); ++n) {
    static_assert(std::is_const_v<std::remove_reference_t<decltype(r.value())>>);
    ASSERT_EQ(r.value(), value<TypeParam>(id_of(r.key()) + 1));
    ASSERT_EQ(&r.entry().second, &r.value());
  }
  EXPECT_EQ(n, 100U);
}

TYPED_TEST(Range, MovesNothingAndLeavesItsFlagsUntilTheNextGrowth) {
  TypeParam m = just_growing<TypeParam>();
  const auto before = hmap::inspect(m);
  EXPECT_FALSE(before.iterator || before.old_iterator);
  for (auto r = m.range(); r.next();) {
  }
  const auto after = hmap::inspect(m);
  EXPECT_TRUE(after.growing);
  EXPECT_EQ(after.nevacuate, before.nevacuate);
  EXPECT_TRUE(after.iterator && after.old_iterator) << "sticky: the cursor is gone";
  while (hmap::inspect(m).growing) grow_a_step(m);
  EXPECT_TRUE(hmap::inspect(m).iterator);
  for (std::uint64_t i = 1'000; !hmap::inspect(m).growing; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  }
  EXPECT_FALSE(hmap::inspect(m).iterator);
  EXPECT_TRUE(hmap::inspect(m).old_iterator) << "it may be iterating over what is old now";
}

// ---- while the table is written

/// An iteration during which random writes happen, checked at each step against a model.
template <class Map>
class disturbed_iteration {
 public:
  disturbed_iteration(std::uint64_t seed, std::uint64_t n) : random_(seed), next_(n) {
    for (std::uint64_t i = 0; i < n; ++i) put(i, i);
    undisturbed_ = live_;
  }

  /// Up to `writes` writes a step, of which `percent` are inserts and the rest erases and
  /// updates.
  void run(std::uint64_t writes, std::uint64_t percent) {
    auto r = map_.range();
    std::unordered_map<std::uint64_t, int> produced;
    for (std::size_t steps = 0; r.next(); ++steps) {
      ASSERT_LT(steps, 20'000U) << "no end in sight";
      const std::uint64_t id = id_of(r.key());
      const auto entry = live_.find(id);
      ASSERT_NE(entry, live_.end()) << "produced what was erased before";
      ASSERT_EQ(r.value(), value<Map>(entry->second)) << "an outdated value";
      ASSERT_TRUE(++produced[id] == 1 || !undisturbed_.count(id)) << "produced twice";
      for (std::uint64_t w = random_.below(writes + 1); w > 0; --w) write(percent, id);
    }
    for (const auto& [id, v] : undisturbed_) ASSERT_EQ(produced[id], 1) << id << " was missed";
    ASSERT_EQ(map_.size(), live_.size());
    ASSERT_SOUND(map_);
  }

  const Map& map() const { return map_; }

 private:
  void put(std::uint64_t id, std::uint64_t v) {
    map_.insert_or_assign(key<Map>(id), value<Map>(v));
    live_[id] = v;
  }
  void write(std::uint64_t percent, std::uint64_t current) {
    if (random_.below(100) < percent) return put(next_++, random_());
    const std::uint64_t id = random_.below(4) ? random_.below(next_) : current;
    if (random_.below(2) && live_.count(id)) return put(id, random_());
    ASSERT_EQ(map_.erase(key<Map>(id)), live_.erase(id));
    undisturbed_.erase(id);
  }

  random_stream random_;
  std::uint64_t next_;
  Map map_;
  std::unordered_map<std::uint64_t, std::uint64_t> live_;
  std::unordered_map<std::uint64_t, std::uint64_t> undisturbed_;
};

TYPED_TEST(Range, KeepsItsPromisesAmidRandomWrites) {
  int from_rest = 0, from_growth = 0, growth_ended = 0, several_growths = 0;
  for (std::uint64_t round = 0; round < 600; ++round) {
    // Around the size at which a growth begins, so that both kinds of start are frequent.
    const std::uint64_t n =
        std::vector<std::uint64_t>{8, 20, 52, 100, 106, 110, 208, 212}[round % 8];
    disturbed_iteration<TypeParam> iteration(round, n);
    const auto before = hmap::inspect(iteration.map());
    iteration.run(1 + round % 5, round % 3 * 40);
    if (this->HasFatalFailure()) FAIL() << "round " << round;
    const auto after = hmap::inspect(iteration.map());
    ++(before.growing ? from_growth : from_rest);
    growth_ended += before.growing && (!after.growing || after.B > before.B);
    several_growths += after.B >= before.B + 2;
  }
  // The test proves little if one kind of iteration hardly ever happens.
  EXPECT_GT(from_rest, 50);
  EXPECT_GT(from_growth, 50);
  EXPECT_GT(growth_ended, 50);
  EXPECT_GT(several_growths, 50);
}

TYPED_TEST(Range, SurvivesTheGrowthThatCompacts) {
  // Begun before the growth, at its start, and at every step of it.
  for (int steps = -1; steps < 12; ++steps) {
    std::uint64_t next = 0;
    TypeParam m = about_to_compact<TypeParam>(next);
    std::set<std::uint64_t> undisturbed;
    for (auto&& [k, v] : m) undisturbed.insert(id_of(k));
    const auto write = [&] {
      m.try_emplace(key<TypeParam>(next), value<TypeParam>(next));
      ++next;
    };
    if (steps >= 0) write();
    for (int i = 0; i < steps; ++i) grow_a_step(m);
    ASSERT_EQ(hmap::inspect(m).same_size_grow, steps >= 0);
    auto r = m.range();
    std::map<std::uint64_t, int> produced;
    bool compacting = steps >= 0;
    while (r.next()) {
      ++produced[id_of(r.key())];
      if (produced.size() < 10) write();
      compacting = compacting || hmap::inspect(m).same_size_grow;
      if (produced.size() % 3 == 0) grow_a_step(m);
    }
    EXPECT_TRUE(compacting);
    for (const std::uint64_t id : undisturbed) ASSERT_EQ(produced[id], 1) << id << ", " << steps;
    ASSERT_SOUND(m);
  }
}

TYPED_TEST(Range, SeesEachEntryOnceWhenReserveGrowsTheTableManyTimes) {
  for (std::uint64_t n : {5U, 50U, 105U}) {
    TypeParam m = filled<TypeParam>(n);
    auto r = m.range();
    std::map<std::uint64_t, int> produced;
    for (std::uint64_t i = 0; i < n / 2 && r.next(); ++i) ++produced[id_of(r.key())];
    m.reserve(5'000);
    expect_each_once(m, finish(r, std::move(produced)));
  }
}

TYPED_TEST(Range, ErasingTheCurrentEntryIsFine) {
  TypeParam m = just_growing<TypeParam>();
  std::size_t n = m.size();
  for (auto&& [k, v] : m.range()) {
    ASSERT_EQ(m.erase(k), 1U);
    --n;
  }
  EXPECT_EQ(n, 0U);
  EXPECT_TRUE(m.empty());
  EXPECT_SOUND(m);
}

TYPED_TEST(Range, EndsThoughEveryStepInserts) {
  for (const std::uint64_t n : {1U, 8U, 52U, 106U, 1'000U}) {
    TypeParam m = filled<TypeParam>(n);
    std::uint64_t steps = 0;
    for (auto r = m.range(); r.next(); ++steps) {
      ASSERT_LT(steps, 20 * (n + 8)) << "Go: at most five times the first size";
      m.try_emplace(key<TypeParam>(n + steps), value<TypeParam>(steps));
    }
    EXPECT_GE(steps, n);
  }
}

TYPED_TEST(Range, EndsThoughEveryStepErasesAndInsertsAgain) {
  TypeParam m = just_growing<TypeParam>();
  std::size_t steps = 0;
  for (auto r = m.range(); r.next(); ++steps) {
    ASSERT_LT(steps, 5'000U);
    const auto k = r.key();
    const auto v = r.value();
    m.erase(k);
    m.try_emplace(k, v);
  }
  EXPECT_GE(steps, m.size()) << "each was there when its turn came";
}

TYPED_TEST(Range, TableThatIsEmptiedAndFilledAgainOnTheWay) {
  // At zero entries the seed changes; nothing that is old may be taken for new.
  for (const std::uint64_t n : {8U, 50U, 106U}) {
    TypeParam m = filled<TypeParam>(n);
    auto r = m.range();
    r.next();
    for (std::uint64_t i = 0; i < n; ++i) m.erase(key<TypeParam>(i));
    for (std::uint64_t i = 500; i < 500 + 2 * n; ++i)
      m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    std::size_t steps = 0;
    for (; r.next(); ++steps) {
      ASSERT_GE(id_of(r.key()), 500U);
      ASSERT_EQ(r.value(), value<TypeParam>(id_of(r.key())));
    }
    EXPECT_LE(steps, 2 * m.size());
    EXPECT_SOUND(m);
  }
}

/// The low half of the key chooses the chain.
struct dealing_hash {
  std::uint64_t operator()(std::uint64_t key, std::uint32_t) const {
    return (key & 0xffff) | key >> 16 << 56;
  }
};

TEST(RangeAcrossGrowths, OneGrowthEndsAndAnotherKindBeginsWithinAChain) {
  // A cursor in an old chain that is being split sorts out what goes to its half. It must go on
  // doing so when the growth is over and a compaction, where nothing is split, has begun.
  constexpr std::uint64_t hot = 9;
  const auto in_chain = [](std::uint64_t chain, std::uint64_t i) { return i << 16 | chain; };
  for (int repeat = 0; repeat < 50; ++repeat) {
    hmap::map<std::uint64_t, std::uint64_t, dealing_hash> m;
    for (std::uint64_t i = 0; i < 104; ++i) m[in_chain(hot + i % 2 * 16, i)] = i;
    m[in_chain(5, 0)] = 104;
    ASSERT_TRUE(hmap::inspect(m).growing);

    auto r = m.range();
    std::map<std::uint64_t, int> produced;
    do {
      ASSERT_TRUE(r.next());
      ++produced[r.value()];
    } while (r.value() == 104);
    while (hmap::inspect(m).growing) m.erase(in_chain(1, 0));
    // Overflow buckets without entries, until the table compacts.
    for (std::uint64_t i = 0; i < 100; ++i) m[in_chain(1, i)] = 1'000;
    for (std::uint64_t i = 0; i < 100; ++i) m.erase(in_chain(1, i));
    for (std::uint64_t i = 0; i < 100 && !hmap::inspect(m).same_size_grow; ++i) {
      m[in_chain(2, i)] = 1'000;
    }
    ASSERT_TRUE(hmap::inspect(m).same_size_grow);
    while (r.next()) ++produced[r.value()];
    for (std::uint64_t i = 0; i < 105; ++i) ASSERT_EQ(produced[i], 1) << i;
  }
}

// ---- the end of a table, or of its content

TYPED_TEST(Range, AClearEndsIt) {
  // Go's classic map goes on with stale entries in the second and third case.
  for (const int start : {0, 1, 2}) {
    TypeParam m = start == 2 ? just_growing<TypeParam>() : filled<TypeParam>(104);
    auto r = m.range();
    ASSERT_TRUE(r.next());
    if (start == 1) m.try_emplace(key<TypeParam>(104), value<TypeParam>(1));
    ASSERT_EQ(hmap::inspect(m).growing, start != 0);
    m.clear();
    EXPECT_FALSE(r.next());
    for (std::uint64_t i = 0; i < 300; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    EXPECT_FALSE(r.next()) << "what is new belongs to another content";
    EXPECT_EQ(m.size(), 300U);
    EXPECT_SOUND(m);
  }
}

TYPED_TEST(Range, ReserveEndsItInATableThatHasBecomeEmpty) {
  TypeParam m = filled<TypeParam>(50);
  auto r = m.range();
  r.next();
  for (auto it = m.begin(); it != m.end();) it = m.erase(it);
  m.reserve(5'000);  // with nothing to move, the old array is freed at once
  EXPECT_FALSE(r.next());
  m.try_emplace(key<TypeParam>(1), value<TypeParam>(1));
  EXPECT_FALSE(r.next());
}

TYPED_TEST(Range, TheTablesEndIsItsEnd) {
  auto m = std::make_unique<TypeParam>(just_growing<TypeParam>());
  auto begun = m->range();
  auto fresh = m->range();
  ASSERT_TRUE(begun.next());
  for (int i = 0; i < 4; ++i) grow_a_step(*m);  // so that there is something to give back
  m.reset();
  EXPECT_FALSE(begun.next());
  EXPECT_FALSE(fresh.next());
}

TYPED_TEST(Range, AssignmentToTheTableEndsIt) {
  for (const bool by_move : {true, false}) {
    TypeParam m = just_growing<TypeParam>();
    auto r = m.range();
    ASSERT_TRUE(r.next());
    TypeParam other = filled<TypeParam>(50);
    if (by_move) {
      m = std::move(other);
    } else {
      m = other;
    }
    EXPECT_FALSE(r.next());
    EXPECT_EQ(m.size(), 50U);
  }
}

TYPED_TEST(Range, GoesAlongWhenItsTableMoves) {
  TypeParam m = just_growing<TypeParam>();
  auto r = m.range();
  std::map<std::uint64_t, int> produced;
  for (int i = 0; i < 20 && r.next(); ++i) ++produced[id_of(r.key())];
  TypeParam moved = std::move(m);
  for (int i = 0; i < 20 && r.next(); ++i) ++produced[id_of(r.key())];
  for (std::uint64_t i = 0; i < 100; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(0));
  while (hmap::inspect(moved).growing) grow_a_step(moved);
  for (int i = 0; i < 20 && r.next(); ++i) ++produced[id_of(r.key())];
  TypeParam assigned;
  assigned = std::move(moved);
  expect_each_once(assigned, finish(r, std::move(produced)));
}

TYPED_TEST(Range, GoesAlongWhenItsTableIsSwapped) {
  TypeParam a = just_growing<TypeParam>();
  TypeParam b;  // with keys of its own, which the wrong table does not have
  for (std::uint64_t i = 5'000; i < 5'040; ++i)
    b.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  auto of_a = a.range();
  auto of_b = b.range();
  std::map<std::uint64_t, int> from_a, from_b;
  for (int i = 0; i < 20; ++i) {
    if (of_a.next()) ++from_a[id_of(of_a.key())];
    if (of_b.next()) ++from_b[id_of(of_b.key())];
  }
  a.swap(b);
  for (int i = 0; i < 4; ++i) grow_a_step(b);
  a.reserve(1'000);  // both cursors have to ask their own table where an entry has gone
  expect_each_once(b, finish(of_a, std::move(from_a)));
  expect_each_once(a, finish(of_b, std::move(from_b)));
}

// ---- several cursors

TYPED_TEST(Range, CursorsAreIndependent) {
  TypeParam m = filled<TypeParam>(100);
  std::map<std::uint64_t, int> early, late;
  auto first = m.range();
  for (int i = 0; i < 30 && first.next(); ++i) ++early[id_of(first.key())];
  for (std::uint64_t i = 100; i < 106; ++i) m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  ASSERT_TRUE(hmap::inspect(m).growing);
  auto second = m.range();
  for (int i = 0; i < 30 && second.next(); ++i) ++late[id_of(second.key())];
  grow_a_step(m);
  early = finish(first, std::move(early));
  {
    const auto gone = std::move(first);
  }
  while (hmap::inspect(m).growing) grow_a_step(m);
  expect_each_once(m, finish(second, std::move(late)));
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_EQ(early[i], 1);
}

TYPED_TEST(Range, WhatACursorNeedsStaysWhenAnotherGoes) {
  TypeParam m = filled<TypeParam>(104);
  auto first = m.range();
  auto second = m.range();  // both iterate over the array that the growth leaves behind
  first.next();
  for (std::uint64_t i = 104; !hmap::inspect(m).growing; ++i) {
    m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
  }
  while (hmap::inspect(m).growing) grow_a_step(m);
  {
    const auto gone = std::move(first);
  }
  std::map<std::uint64_t, int> produced = finish(second);
  for (std::uint64_t i = 0; i < 104; ++i) EXPECT_EQ(produced[i], 1) << i;
}

TYPED_TEST(Range, NestedLoopsOverAllPairsWhileTheTableGrows) {
  TypeParam m = filled<TypeParam>(52);
  std::size_t pairs = 0, outer = 0;
  for (auto a = m.range(); a.next(); ++outer) {
    for (auto b = m.range(); b.next();) pairs += id_of(a.key()) < 52 && id_of(b.key()) < 52;
    if (outer % 5 == 0) m.try_emplace(key<TypeParam>(1'000 + outer), value<TypeParam>(0));
  }
  EXPECT_EQ(pairs, 52U * 52U);
}

TYPED_TEST(Range, CanBeMovedOnTheWay) {
  TypeParam m = just_growing<TypeParam>();
  std::map<std::uint64_t, int> produced;
  auto r = std::make_unique<decltype(m.range())>(m.range());
  while (r->next()) {
    ++produced[id_of(r->key())];
    auto moved = std::make_unique<decltype(m.range())>(std::move(*r));
    ASSERT_FALSE(r->next()) << "moved from: at its end";
    r = std::move(moved);
    if (produced.size() % 10 == 0) grow_a_step(m);
  }
  expect_each_once(m, produced);
  *r = m.range();
  expect_each_once(m, finish(*r));
}

// ---- order

TEST(RangeOrder, EightEntriesHaveExactlyEightOrders) {
  const int_map m = filled<int_map>(8);
  std::set<std::vector<std::uint64_t>> orders;
  for (int i = 0; i < 1'000; ++i) {
    std::vector<std::uint64_t> order;
    for (auto&& [k, v] : m.range()) order.push_back(k);
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 8U) << "one for each cell to begin with";
}

TEST(RangeOrder, EveryBucketAndEveryCellIsABeginning) {
  int_map m;
  for (std::uint64_t i = 0; hmap::inspect(m).B < 3 || hmap::inspect(m).growing; ++i) m[i] = i;
  std::set<std::uint64_t> first;
  for (int i = 0; i < 5'000; ++i) {
    auto r = m.range();
    r.next();
    first.insert(r.key());
  }
  EXPECT_GE(first.size(), m.size() * 9 / 10);
}

// ---- keys that differ from themselves

/// n NaN keys with the values 0 to n - 1.
template <class Map>
Map nans(std::uint64_t n) {
  Map m;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (std::uint64_t i = 0; i < n; ++i) m.emplace(nan, value<Map>(i));
  EXPECT_EQ(m.size(), n);
  return m;
}

std::uint64_t id_of_value(std::uint64_t v) { return v; }
std::uint64_t id_of_value(const std::string& v) { return id_of(v); }

template <class Map>
class RangeOverNans : public ::testing::Test {};
using nan_tables =
    ::testing::Types<hmap::map<double, std::uint64_t>, hmap::paired_map<double, std::string>>;
TYPED_TEST_SUITE(RangeOverNans, nan_tables);

/// Iterates over the NaNs of `m` with write(step) after each step; the first n exactly once.
template <class Map, class Write>
void expect_each_nan_once(Map& m, std::uint64_t n, Write write) {
  std::map<std::uint64_t, int> produced;
  int step = 0;
  for (auto r = m.range(); r.next(); ++step) {
    ASSERT_TRUE(std::isnan(r.key()));
    ++produced[id_of_value(r.value())];
    write(step);
  }
  for (std::uint64_t i = 0; i < n; ++i) ASSERT_EQ(produced[i], 1) << i;
}

TYPED_TEST(RangeOverNans, BegunAtEveryStepOfAGrowthThatEndsOnTheWay) {
  constexpr std::uint64_t n = 105;  // sixteen buckets being doubled
  for (int begin = 0; begin < 15; ++begin) {
    for (int pause = 0; pause < 40; pause += 4) {
      TypeParam m = nans<TypeParam>(n);
      for (int i = 0; i < begin && hmap::inspect(m).growing; ++i) m.erase(0.5);
      expect_each_nan_once(m, n, [&](int step) {
        if (step >= pause) m.erase(0.5);
      });
      if (this->HasFatalFailure()) FAIL() << begin << ", " << pause;
      ASSERT_FALSE(hmap::inspect(m).growing);
      ASSERT_SOUND(m);
    }
  }
}

TYPED_TEST(RangeOverNans, WhileGrowthsBeginAndEnd) {
  for (std::uint64_t round = 0; round < 200; ++round) {
    const std::uint64_t n = 90 + round % 40;
    TypeParam m = nans<TypeParam>(n);
    std::uint64_t next = n;
    expect_each_nan_once(m, n, [&](int) {
      for (std::uint64_t i = 0; i < round % 7; ++i, ++next) {
        m.emplace(std::numeric_limits<double>::quiet_NaN(), value<TypeParam>(next));
      }
    });
    if (this->HasFatalFailure()) FAIL() << round;
  }
}

TYPED_TEST(RangeOverNans, BegunInAGrowthThatCompacts) {
  // That growth may end while the cursor is in the midst of a chain. (Go leaves out NaNs then.)
  for (int begin = 0; begin < 10; ++begin) {
    TypeParam m = nans<TypeParam>(104);
    std::uint64_t next = 104;
    const auto replace_one = [&] {
      m.erase(m.begin());
      m.emplace(std::numeric_limits<double>::quiet_NaN(), value<TypeParam>(next++));
    };
    while (!hmap::inspect(m).same_size_grow) replace_one();
    for (int i = 0; i < begin; ++i) m.erase(0.5);
    std::map<std::uint64_t, int> expected, produced;
    for (auto&& [k, v] : m) expected[id_of_value(v)] = 1;
    for (auto r = m.range(); r.next();) {
      ++produced[id_of_value(r.value())];
      if (produced.size() % 9 == 0) m.erase(0.5);
    }
    ASSERT_EQ(produced, expected) << begin;
    ASSERT_SOUND(m);
  }
}

TYPED_TEST(RangeOverNans, ACursorErasesNoneButAClearAll) {
  TypeParam m = nans<TypeParam>(106);
  EXPECT_EQ(m.erase(std::numeric_limits<double>::quiet_NaN()), 0U);
  EXPECT_EQ(m.size(), 106U);
  auto r = m.range();
  r.next();
  m.clear();
  EXPECT_FALSE(r.next());
  EXPECT_EQ(m.begin(), m.end());
}

TEST(RangeOverNans, AMovedOneWithAMoveOnlyValueIsLeftOut) {
  // range.hpp: what was there when it moved is produced; of a value without copies, nothing.
  hmap::map<double, std::unique_ptr<int>> m;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (int i = 0; i < 104; ++i) m.emplace(nan, std::make_unique<int>(i));
  auto r = m.range();
  m.emplace(nan, std::make_unique<int>(104));
  while (hmap::inspect(m).growing) m.erase(0.5);
  while (r.next()) ASSERT_NE(r.value(), nullptr) << "an entry without its value";
  EXPECT_EQ(m.size(), 105U);
  for (auto&& [key, value] : m) ASSERT_NE(value, nullptr);
}

}  // namespace
