// The essence of hmap's tests in one file that compiles in seconds: what run.py builds against
// each mutant. No test framework; the first thing that is wrong ends it with status 1.
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hmap/inspect.hpp"
#include "hmap/map.hpp"
#include "tests/throwing.hpp"

namespace {

using namespace map_test;
using u64 = std::uint64_t;
using ints = hmap::map<u64, u64>;
using strings = hmap::paired_map<std::string, std::string>;
template <class Key, class Value, class Traits>
using throwing_table = hmap::basic_map<Key, Value, payload_hash, payload_equal,
                                       fault_allocator<std::pair<const Key, Value>>, Traits>;

[[noreturn]] void fail(int line, const std::string& what) {
  std::printf("line %d: %s\n", line, what.c_str());
  std::exit(1);
}
#define REQUIRE(condition)                                                                         \
  if (!(condition)) fail(__LINE__, #condition)
#define SOUND(m)                                                                                   \
  if (const std::string wrong = hmap::check(m); !wrong.empty()) fail(__LINE__, wrong)

template <class T>
T make(u64 i) {
  if constexpr (std::is_same_v<T, std::string>) {
    return "some text that needs memory of its own, number " + std::to_string(i);
  } else {
    return static_cast<T>(i);
  }
}
template <class Map>
auto key(u64 i) {
  return make<typename Map::key_type>(i);
}
template <class Map>
auto value(u64 i) {
  return make<typename Map::mapped_type>(i);
}
template <class Map>
Map filled(u64 n) {
  Map m;
  for (u64 i = 0; i < n; ++i) m.try_emplace(key<Map>(i), value<Map>(i));
  return m;
}
u64 random(u64 n) {
  static u64 state = 1;
  return maps::common::splitmix64(state) % n;
}

// ---- tophash words

template <class Word>
void tophash_words() {
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (unsigned cell = 0; cell < 8; ++cell) {
      std::array<std::uint8_t, 8> bytes{0,   1,   4,   5,
                                        127, 128, 255, static_cast<std::uint8_t>(byte ^ 1)};
      bytes[cell] = static_cast<std::uint8_t>(byte);
      const Word word(bytes.data());
      auto match = word.match(bytes[cell]), empty = word.empty(), occupied = word.occupied();
      for (unsigned i = 0; i < 8; ++i) {
        const auto takes = [i](auto& set, bool expected) {
          const bool has = set && set.lowest() == i;
          if (has) set.drop_lowest();
          return has == expected;
        };
        REQUIRE(takes(match, bytes[i] == byte));
        REQUIRE(takes(empty, bytes[i] <= 1));
        REQUIRE(takes(occupied, bytes[i] >= 5));
      }
    }
  }
  for (u64 top = 0; top < 256; ++top) {
    REQUIRE(hmap::detail::tophash(top << 56) == (top < 5 ? top + 5 : top));
  }
}

/// Every spare bucket that counts as used hangs in a chain.
template <class Map>
bool loses_no_spares(const Map& m) {
  std::size_t linked = 0;
  hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) { linked += !b.old && b.spare; });
  return hmap::inspect(m).spares_used == linked;
}

// ---- against a model

template <class Map>
void model(u64 keys, int steps) {
  Map m;
  std::unordered_map<u64, u64> expected;
  for (int step = 0; step < steps; ++step) {
    const u64 i = random(keys);
    switch (random(6)) {
      case 0:
      case 1:
        REQUIRE(m.try_emplace(key<Map>(i), value<Map>(i)).second == expected.emplace(i, i).second);
        break;
      case 2: {
        const auto [at, inserted] = m.insert_or_assign(key<Map>(i), value<Map>(i + 1));
        REQUIRE(inserted == expected.insert_or_assign(i, i + 1).second);
        REQUIRE(at->first == key<Map>(i) && at->second == value<Map>(i + 1));
        break;
      }
      case 3: REQUIRE(m.erase(key<Map>(i)) == expected.erase(i)); break;
      case 4: {
        const auto at = m.find(key<Map>(i));
        REQUIRE((at != m.end()) == (expected.erase(i) == 1));
        if (at != m.end()) m.erase(at);
        break;
      }
      default: {
        const auto at = expected.find(i);
        REQUIRE(m.contains(key<Map>(i)) == (at != expected.end()));
        if (at != expected.end()) REQUIRE(m.at(key<Map>(i)) == value<Map>(at->second));
      }
    }
    REQUIRE(m.size() == expected.size());
    SOUND(m);
    REQUIRE(loses_no_spares(m));
    if (step % 16 == 0) {
      std::size_t swept = 0;
      for (auto&& [k, v] : m) swept += m.at(k) == v;
      REQUIRE(swept == expected.size());
    }
  }
  const Map copy = m;
  REQUIRE(copy == m);
  std::size_t left = m.size();
  for (auto it = m.begin(); it != m.end(); --left) it = m.erase(it);
  REQUIRE(left == 0);
  REQUIRE(m.empty() && m.begin() == m.end());
  SOUND(m);
}

// ---- growth

void growth_points() {
  const std::map<u64, unsigned> points{{9, 1},   {14, 2},  {27, 3},  {53, 4},
                                       {105, 5}, {209, 6}, {1665, 9}};
  ints m;
  for (u64 n = 1; n <= 1'665; ++n) {
    const unsigned before = hmap::inspect(m).B;
    m[n] = n;
    const unsigned after = hmap::inspect(m).B;
    if (points.count(n)) REQUIRE(after == points.at(n) && before + 1 == after);
    if (points.count(n + 1)) REQUIRE(hmap::inspect(ints(n)).B == after);
  }
  for (const std::size_t hint : {~std::size_t{0}, std::size_t{1} << 62}) {
    REQUIRE(ints(hint).bucket_count() == 0);
  }
  REQUIRE(ints(8).bucket_count() == 0 && ints(9).bucket_count() == 2);
  ints reserved;
  reserved.reserve(1'000);
  const unsigned B = hmap::inspect(reserved).B;
  for (u64 i = 0; i < 1'000; ++i) reserved[i] = i;
  REQUIRE(hmap::inspect(reserved).B == B && B == 8);
  try {
    reserved.reserve(~std::size_t{0});
    fail(__LINE__, "reserve(SIZE_MAX) passed");
  } catch (const std::length_error&) {
  }
}

/// A growth to 2^B buckets has just begun.
template <class Map>
Map just_growing(unsigned B) {
  Map m;
  for (u64 i = 0; !(hmap::inspect(m).growing && hmap::inspect(m).B >= B); ++i) {
    m.try_emplace(key<Map>(i), value<Map>(i));
  }
  return m;
}

template <class Map>
void growth_steps() {
  Map m = just_growing<Map>(6);
  const auto moved = [&] {
    std::size_t n = 0;
    hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) {
      n += b.old && b.depth == 0 && hmap::detail::is_evacuated_mark(b.tophash[0]);
    });
    return n;
  };
  const auto at_start = hmap::inspect(m).nevacuate;
  for (u64 i = 0; i < 100; ++i) m.contains(key<Map>(i));
  for (auto r = m.range(); r.next();) {
  }
  REQUIRE(hmap::inspect(m).nevacuate == at_start);
  REQUIRE(hmap::inspect(m).iterator && hmap::inspect(m).old_iterator);
  int writes = 0;
  for (u64 i = 0; hmap::inspect(m).growing; ++i, ++writes) {
    const std::size_t before = moved();
    const auto from = m.at(key<Map>(i % 10));
    switch (i % 3) {
      case 0: m.erase(key<Map>(900'000 + i)); break;
      case 1: m.insert_or_assign(key<Map>(i % 10), m.at(key<Map>(i % 10))); break;
      default: m.try_emplace(key<Map>(700'000 + i), m.at(key<Map>(i % 10)));
    }
    REQUIRE(m.at(key<Map>(i % 10)) == from);
    SOUND(m);
    if (!hmap::inspect(m).growing) break;
    REQUIRE(moved() > before && moved() <= before + 2);
  }
  REQUIRE(writes <= 32);
  for (u64 i = 1'000; !hmap::inspect(m).growing; ++i) m.try_emplace(key<Map>(i), value<Map>(i));
  REQUIRE(!hmap::inspect(m).iterator && hmap::inspect(m).old_iterator);

  Map other = just_growing<Map>(6);
  const Map before = other;
  for (auto it = other.begin(); it != other.end();) it = other.erase(it);
  REQUIRE(other.empty() && hmap::inspect(other).growing);
  other = before;
  REQUIRE(other == before && !hmap::inspect(other).growing);
  other = just_growing<Map>(6);
  const auto seed = hmap::inspect(other).hash0;
  other.clear();
  REQUIRE(!hmap::inspect(other).growing && hmap::inspect(other).hash0 != seed);
  REQUIRE(hmap::inspect(other).B == 6);
  SOUND(other);
  Map full = filled<Map>(832);
  REQUIRE(hmap::inspect(full).noverflow > 0);
  full.clear();
  SOUND(full);
  other.merge(m);
  REQUIRE(m.empty());
  SOUND(other);
}

/// The low half of the key chooses the chain, what is above it the tophash.
struct dealing_hash {
  u64 operator()(u64 k, std::uint32_t) const { return (k & 0xffffffff) | k >> 32 << 56; }
};
using dealt = hmap::map<u64, int, dealing_hash, std::equal_to<u64>>;
constexpr u64 dealt_key(u64 chain, u64 serial) { return serial << 32 | chain; }

void a_growth_skips_what_random_writes_have_moved() {
  ints m;
  for (u64 i = 0; hmap::inspect(m).old_buckets != 1'024; ++i) m[i] = 1;
  int writes = 0;
  for (; hmap::inspect(m).growing; ++writes) m.erase(random(~u64{0}) | u64{1} << 63);
  REQUIRE(writes > 670 && writes < 750);
  // All chains from the last one downwards are moved out of turn.
  dealt d(1);
  for (u64 i = 0; hmap::inspect(d).old_buckets != 4'096; ++i) d[i] = 1;
  std::size_t before = 0;
  for (u64 chain = 4'095; hmap::inspect(d).nevacuate < chain; --chain) {
    before = hmap::inspect(d).nevacuate;
    d[chain] = 2;
  }
  REQUIRE(hmap::inspect(d).growing && hmap::inspect(d).nevacuate <= before + 2 + 1'024);
}

void a_new_key_takes_the_first_hole() {
  dealt m(20);
  for (u64 i = 1; i <= 19; ++i) m[dealt_key(2, i)] = 1;
  for (const u64 i : {4U, 6U, 12U}) m.erase(dealt_key(2, i));
  for (const u64 hole : {3U, 5U, 11U, 19U}) {
    const u64 fresh = dealt_key(2, 100 + hole);
    m[fresh] = 1;
    const auto at = m.find(fresh).position().at();
    hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) {
      if (b.raw == at.b) REQUIRE(b.depth * 8 + at.i == hole);
    });
  }
}

void seeds_and_overflow() {
  ints m{{1, 1}};
  const auto seed = hmap::inspect(m).hash0;
  m.erase(1);
  REQUIRE(hmap::inspect(m).hash0 != seed);
  ints large(425'984);
  for (u64 i = 0; i < 425'984; ++i) large[i] = i;
  REQUIRE(hmap::inspect(large).B == 16);
  std::size_t overflow = 0, spares = 0;
  hmap::for_each_bucket(large, [&](const hmap::bucket_view& b) {
    overflow += b.depth > 0;
    spares += b.spare;
  });
  const auto counted = hmap::inspect(large).noverflow;
  REQUIRE(counted > overflow * 45 / 100 && counted < overflow * 55 / 100);
  REQUIRE(spares == 4'096);
}

template <class Map>
void compaction() {
  Map m;
  const u64 n = 104;
  u64 i = 0;
  for (; i < 30'000 && !hmap::inspect(m).same_size_grow; ++i) {
    if (i >= n) REQUIRE(m.erase(key<Map>(i - n)) == 1);
    m.try_emplace(key<Map>(i), value<Map>(i));
  }
  REQUIRE(hmap::inspect(m).same_size_grow && hmap::inspect(m).B == 4);
  std::set<typename Map::key_type> seen;
  auto r = m.range();
  while (r.next()) {
    REQUIRE(seen.insert(r.key()).second);
    m.erase(key<Map>(999'999));
  }
  REQUIRE(seen.size() == n && !hmap::inspect(m).growing);
  SOUND(m);
}

// ---- ranges

template <class Map>
void disturbed_walk(u64 n, u64 writes, u64 inserts) {
  Map m = filled<Map>(n);
  std::unordered_map<std::string, u64> name;  // of a key, back to its number
  const auto named = [](const auto& k) {
    if constexpr (std::is_integral_v<std::decay_t<decltype(k)>>)
      return std::to_string(k);
    else
      return k;
  };
  std::map<u64, u64> live, owed;
  u64 next = n;
  for (u64 i = 0; i < n; ++i) live[i] = i, name[named(key<Map>(i))] = i;
  owed = live;
  const std::map<u64, u64> start = live;
  std::set<u64> touched;
  int steps = 0;
  for (auto r = m.range(); r.next(); ++steps) {
    REQUIRE(steps < 20'000);
    const u64 i = name.at(named(r.key()));
    REQUIRE(live.count(i) && r.value() == value<Map>(live[i]));
    REQUIRE(owed.erase(i) || !start.count(i) || touched.count(i));
    for (u64 w = random(writes + 1); w > 0; --w) {
      if (random(100) < inserts) {
        name[named(key<Map>(next))] = next;
        m.try_emplace(key<Map>(next), value<Map>(next));
        live[next] = next;
        ++next;
        continue;
      }
      const u64 victim = random(next);
      if (random(2) && live.count(victim)) {
        m.insert_or_assign(key<Map>(victim), value<Map>(victim + 7));
        live[victim] = victim + 7;
      } else {
        REQUIRE(m.erase(key<Map>(victim)) == live.erase(victim));
        owed.erase(victim);
        touched.insert(victim);
      }
    }
  }
  REQUIRE(owed.empty());
  SOUND(m);
}

template <class Map>
void nans(int begin, int pause) {
  Map m;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (u64 i = 0; i < 105; ++i) m.emplace(nan, value<Map>(i));
  for (int i = 0; i < begin; ++i) m.erase(0.5);
  std::map<typename Map::mapped_type, int> seen;
  int step = 0;
  for (auto r = m.range(); r.next(); ++step) {
    ++seen[r.value()];
    if (step >= pause) m.erase(0.5);
    if (pause == 0 && step < 120) m.emplace(nan, value<Map>(1'000 + static_cast<u64>(step)));
  }
  for (u64 i = 0; i < 105; ++i) REQUIRE(seen[value<Map>(i)] == 1);
  SOUND(m);
}

void nans_in_growths() {
  hmap::map<double, int> m;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  int next = 0;
  while (m.size() < 104) m.emplace(nan, next++);
  for (; !hmap::inspect(m).same_size_grow; m.emplace(nan, next++)) m.erase(m.begin());
  std::set<int> seen;
  for (auto r = m.range(); r.next();) {
    REQUIRE(seen.insert(r.value()).second);
    if (seen.size() % 9 == 0) m.erase(0.5);
  }
  REQUIRE(seen.size() == m.size());

  hmap::map<double, int> grown;
  for (int i = 0; i < 100; ++i) grown.emplace(nan, i);
  for (int growth = 0; growth < 2; ++growth) {
    while (!hmap::inspect(grown).growing) grown.emplace(nan, 1'000);
    const auto cursor = grown.range();
    while (hmap::inspect(grown).growing) grown.erase(0.5);
  }
  int turned = 0;  // went another way in the second growth
  hmap::for_each_bucket(grown, [&](const hmap::bucket_view& b) {
    using layout = hmap::detail::split_layout<double, int>;
    const unsigned B = hmap::inspect(grown).B;
    for (unsigned i = 0; i < 8; ++i) {
      if (b.tophash[i] < 5 || layout::value(b.raw, i) >= 100) continue;
      turned += (b.index >> (B - 1) & 1) != (b.index >> (B - 2) & 1);
    }
  });
  REQUIRE(turned > 25 && turned < 75);

  hmap::map<double, int> many;
  for (int i = 0; i < 1'000; ++i) many.emplace(nan, i);
  std::size_t depth = 0;
  hmap::for_each_bucket(many,
                        [&](const hmap::bucket_view& b) { depth = std::max(depth, b.depth); });
  REQUIRE(depth < 4);
}

template <class Map>
void cursors() {
  for (const u64 n : {104U, 105U}) {
    Map m = filled<Map>(n);
    auto r = m.range();
    r.next();
    m.try_emplace(key<Map>(n), value<Map>(n));
    m.clear();
    m.try_emplace(key<Map>(1), value<Map>(1));
    REQUIRE(!r.next());
  }
  Map emptied = filled<Map>(20);
  auto ended = emptied.range();
  ended.next();
  for (auto it = emptied.begin(); it != emptied.end();) it = emptied.erase(it);
  emptied.reserve(1'000);
  emptied.try_emplace(key<Map>(1), value<Map>(1));
  REQUIRE(!ended.next());

  Map left_behind = filled<Map>(104);
  auto one = left_behind.range(), other = left_behind.range();
  one.next();
  for (u64 i = 104; !hmap::inspect(left_behind).growing; ++i) {
    left_behind.try_emplace(key<Map>(i), value<Map>(i));
  }
  while (hmap::inspect(left_behind).growing) left_behind.erase(key<Map>(999'999));
  {
    const auto gone = std::move(one);
  }
  std::size_t old_ones = 0;
  while (other.next()) old_ones += left_behind.contains(other.key());
  REQUIRE(old_ones >= 104);

  auto m = std::make_unique<Map>(just_growing<Map>(5));
  auto r = m->range();
  auto second = m->range();
  r.next();
  for (int i = 0; i < 5; ++i) m->erase(key<Map>(999'999));
  std::size_t n = 1;
  Map moved = std::move(*m);
  while (r.next()) ++n;
  REQUIRE(n == moved.size());
  {
    const auto gone = std::move(r);
  }
  while (hmap::inspect(moved).growing) moved.erase(key<Map>(999'999));
  m.reset();
  Map swapped = filled<Map>(20);
  auto third = swapped.range();
  swapped.swap(moved);
  for (n = 0; second.next();) ++n;
  REQUIRE(n == swapped.size());
  moved.reserve(1'000);  // what third iterates over moves: it has to ask its own table where to
  for (n = 0; third.next(); ++n) REQUIRE(&third.value() == &moved.at(third.key()));
  REQUIRE(n == 20 && moved.size() == 20);
  second = moved.range();
  moved = Map();
  REQUIRE(!second.next());
  ints eight = filled<ints>(8);
  std::set<std::vector<u64>> orders;
  for (int i = 0; i < 500; ++i) {
    std::vector<u64> order;
    for (auto each = eight.range(); each.next();) order.push_back(each.key());
    orders.insert(order);
  }
  REQUIRE(orders.size() == 8);
  ints grown = just_growing<ints>(5);
  std::set<u64> first;
  for (int i = 0; i < 2'000; ++i) {
    auto each = grown.range();
    each.next();
    first.insert(each.key());
  }
  REQUIRE(first.size() > 80);
}

// ---- exceptions

template <class Map>
void deal(Map& m, int n, int chains) {
  for (int i = 0; i < n; ++i) m.try_emplace(in_chain(i % 3 ? i % chains : 0, i + 1), i);
}

template <class Map>
std::map<int, int> content_of(const Map& m) {
  std::map<int, int> c;
  for (auto&& [k, v] : m) REQUIRE(c.emplace(k.id(), v.id()).second);
  return c;
}

/// A table before, at the start of, and in a growth; doubling and, from 10 on, compacting.
template <class Map>
Map in_state(int state) {
  hmap::fix_random_seed(1);
  Map m(state < 10 ? 1 : 100);
  if (state < 10) {
    deal(m, 52, 8);
  } else {
    for (int i = 0; i < 92; ++i) m.try_emplace(in_chain(0, i + 1), i);
    for (int i = 0; i < 88; ++i) m.erase(in_chain(0, i + 1));
    for (int i = 0; i < 41; ++i) m.try_emplace(in_chain(1, i + 1), i);
    for (int i = 1; i < 41; i += 2) m.erase(in_chain(1, i + 1));
    REQUIRE(hmap::inspect(m).noverflow == 16);
  }
  for (int step = 0; step < state % 10; ++step) {
    if (step == 0)
      m.try_emplace(in_chain(2, 5'555), 1);
    else
      m.erase(in_chain(77, 7'777));
  }
  REQUIRE(hmap::inspect(m).growing == (state % 10 != 0));
  return m;
}

template <class Map>
void exceptions() {
  const long objects = live_payloads;
  const std::size_t bytes = bytes_outside;
  for (const bool with_cursor : {false, true}) {
    for (const int state : {0, 1, 2, 5, 10, 11, 14}) {
      for (int operation = 0; operation < 6; ++operation) {
        bool threw = true;
        for (std::size_t k = 1; threw; ++k) {
          Map m = in_state<Map>(state);
          const auto before = content_of(m);
          auto r = m.range();
          std::size_t produced = r.next() + r.next();
          if (!with_cursor) r = {};
          const int chain = operation % 2 ? 7 : 0;
          typename Map::key_type fresh(in_chain(chain, 9'000)),
              known(in_chain(0, state < 10 ? 1 : 92));
          typename Map::mapped_type v(4'242);
          threw = throws_at(k, [&] {
            switch (operation) {
              case 0:
              case 1: m.try_emplace(std::move(fresh), std::move(v)); break;
              case 2: m.try_emplace(known, 1); break;
              case 3: m.erase(known); break;
              case 4: m.reserve(400); break;
              default: {
                const Map copy(m);
                REQUIRE(copy.size() == m.size());
              }
            }
          });
          if (threw) REQUIRE(content_of(m) == before && loses_no_spares(m));
          SOUND(m);
          if (operation == 5) m.reserve(300);
          for (int i = 0; with_cursor && r.next(); ++i) {
            ++produced;
            if (i < 9) m.erase(in_chain(77, 7'777));
          }
          const bool may_differ = !threw && operation != 2 && operation < 4;
          REQUIRE(!with_cursor || may_differ || produced == before.size());
          if (threw && operation < 2) REQUIRE(m.try_emplace(in_chain(chain, 9'000), 1).second);
          SOUND(m);
          const std::size_t chances = fault::chances();
          Map moved = std::move(m);
          m.swap(moved);
          if (m.size()) m.erase(m.begin());
          if (k % 2) m.clear();
          moved = std::move(m);
          REQUIRE(fault::chances() == chances);
        }
      }
    }
  }
  REQUIRE(live_payloads == objects && bytes_outside == bytes && misused_payloads == 0);
}

// ---- the first entry

template <class Map>
void first_entries() {
  for (const u64 n : {8, 52, 104, 106, 110, 208}) {
    for (int then = 0; then < 7; ++then) {
      Map m = filled<Map>(n), other = filled<Map>(20);
      for (u64 i = 0; i < n / 2; ++i) m.erase(m.begin());
      SOUND(m);
      switch (then) {
        case 0:
          for (u64 i = 0; i < 40; ++i) {
            m.try_emplace(key<Map>(1'000 + i), value<Map>(i));
            SOUND(m);
          }
          break;
        case 1: m.reserve(1'000); break;
        case 2: m.swap(other); break;
        case 3:
          m.clear();
          m.try_emplace(key<Map>(5), value<Map>(5));
          break;
        case 4: m.rehash(0); break;
        case 5:
          for (u64 i = 0; i < 20; ++i) {
            m.erase(key<Map>(1'000'000));
            SOUND(m);
          }
          break;
        default: other.merge(m); break;
      }
      SOUND(m);
      SOUND(other);
      for (Map* table : {&m, &other}) {
        REQUIRE(static_cast<std::size_t>(std::distance(table->begin(), table->end())) ==
                table->size());
        while (!table->empty()) {
          const typename Map::const_iterator next = table->erase(table->begin());
          REQUIRE(next == table->begin());
        }
      }
    }
  }
}

// ---- the interface

struct calling_back {
  static inline const hmap::map<u64, u64, hmap::hash<u64>, calling_back>* table = nullptr;
  bool operator()(u64 a, u64 b) const {
    if (const auto* t = std::exchange(table, nullptr)) t->contains(a);
    return a == b;
  }
};

void misuse() {
  static int messages = 0;
  const auto before = hmap::set_fatal_handler([](const char*) { ++messages; });
  hmap::map<u64, u64, hmap::hash<u64>, calling_back> m{{1, 1}};
  calling_back::table = &m;
  m[1] = 2;
  REQUIRE(messages == 1);
  m.contains(1);
  REQUIRE(messages == 1);
  hmap::set_fatal_handler(before);
}

void interface() {
  ints m{{1, 10}, {2, 20}};
  REQUIRE(!m.insert({1, 11}).second && m.at(1) == 10);
  REQUIRE(!m.insert_or_assign(1, 12).second && m.at(1) == 12);
  m.insert(m.begin(), m.end());
  ints taken = std::move(m);
  REQUIRE(m.empty() && taken.size() == 2);
  m[5] = 5;
  m = taken;
  REQUIRE(m == taken);
  m[2] = 21;
  REQUIRE(!(m == taken));
  m[3] = 30;
  taken.merge(m);
  REQUIRE(taken.at(2) == 20 && taken.at(3) == 30 && m.size() == 2);
  REQUIRE(erase_if(taken, [](auto&& e) { return e.second == 20; }) == 1 && taken.size() == 2);
  hmap::map<double, int> zeroes;
  zeroes.insert_or_assign(0.0, 1);
  zeroes.insert_or_assign(-0.0, 2);
  REQUIRE(zeroes.size() == 1 && std::signbit(zeroes.begin()->first));
  hmap::map<std::string, int> texts{{"a", 1}};
  REQUIRE(texts.contains("a") && !texts.contains("b") && texts.erase("a") == 1);
  const hmap::hash<std::string> hash;
  for (std::size_t length = 1; length < 40; ++length) {
    const std::string text(length, 'x');
    REQUIRE(hash(text, 1) != hash(text.substr(1), 1));
    for (std::size_t i = 0; i < length; ++i) {
      std::string other = text;
      other[i] = 'y';
      REQUIRE(hash(text, 1) != hash(other, 1));
    }
  }
  for (unsigned shift = 0; shift < 50; shift += 7) {
    hmap::map<u64, int, std::hash<u64>> strides;
    for (u64 i = 0; i < 500; ++i) strides[i << shift] = 1;
    std::size_t depth = 0;
    hmap::for_each_bucket(strides,
                          [&](const hmap::bucket_view& b) { depth = std::max(depth, b.depth); });
    REQUIRE(depth < 4);
  }
}

}  // namespace

int main() {
  tophash_words<hmap::detail::swar_word>();
  tophash_words<hmap::detail::tophash_word>();
  for (const u64 keys : {12, 60, 250}) {
    model<ints>(keys, 2'000);
    model<strings>(keys, 1'000);
  }
  growth_points();
  growth_steps<ints>();
  growth_steps<strings>();
  a_growth_skips_what_random_writes_have_moved();
  a_new_key_takes_the_first_hole();
  seeds_and_overflow();
  compaction<ints>();
  compaction<strings>();
  for (u64 round = 0; round < 120; ++round) {
    const u64 n = std::array<u64, 6>{8, 52, 104, 106, 110, 208}[round % 6];
    disturbed_walk<ints>(n, 1 + round % 5, round % 3 * 40);
    disturbed_walk<strings>(n, 1 + round % 5, round % 3 * 40);
  }
  for (int begin = 0; begin < 15; ++begin) {
    for (int pause = 0; pause < 40; pause += 8) nans<hmap::map<double, std::string>>(begin, pause);
  }
  nans_in_growths();
  cursors<ints>();
  cursors<strings>();
  first_entries<ints>();
  first_entries<strings>();
  exceptions<throwing_table<payload<moving::never_throws>, payload<moving::never_throws, 129>,
                            hmap::split_traits>>();
  exceptions<throwing_table<payload<moving::may_throw>, payload<moving::may_throw>,
                            hmap::paired_traits>>();
  misuse();
  interface();
  std::puts("ok");
}
