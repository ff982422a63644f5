// What Go's own map_test.go looks at, one test each under Go's name (runtime/map_test.go,
// Go 1.19). Written anew: these are the ideas, not the code.
//
// Elsewhere:
//   ConcurrentReadsAfterGrowth      threads_test.cpp
//   Alias (two variables, one map)  handle_test.cpp, CopiesShareTheTable
//   SingleBucketMapStringKeys_*     here; their point in Go, a path without hashing for one
//                                   bucket, does not exist in this port
// Not applicable:
//   ConcurrentReadsAfterGrowthReflect   C++ has no reflection
//   IterGrowWithGC                      there is no collector; its point, that old memory
//                                       stays while a cursor needs it, is IterGrow here, and
//                                       AddressSanitizer is in place of the collector
//   NonEscapingMap                      no escape analysis: a local map's header is on the
//                                       stack anyway
//   MapTombstones' panics               inspect.hpp's check() is the same automaton
//   Benchmarks                          workloads/
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "hmap/handle.hpp"
#include "support.hpp"

namespace {

using namespace hmap_test;

const double nan_key = std::numeric_limits<double>::quiet_NaN();

/// Of the header, which is all that a Go map is; what hmap adds is behind it.
TEST(GoMap, HmapSize) { EXPECT_EQ(sizeof(hmap::map<int, int>().internals().h), 48U); }

template <class Map>
bool keeps_minus_zero(bool minus_last) {
  Map m;
  m.insert_or_assign(minus_last ? 0.0 : -0.0, true);
  m.insert_or_assign(minus_last ? -0.0 : 0.0, true);
  EXPECT_EQ(m.size(), 1U);
  EXPECT_TRUE(m.contains(0.0) && m.contains(-0.0));
  return std::signbit(m.begin()->first);
}

TEST(GoMap, NegativeZero) {
  EXPECT_TRUE((keeps_minus_zero<hmap::map<double, bool>>(true)));
  EXPECT_FALSE((keeps_minus_zero<hmap::map<double, bool>>(false)));
  EXPECT_TRUE((keeps_minus_zero<hmap::paired_map<float, bool>>(true)));
  EXPECT_FALSE((keeps_minus_zero<hmap::paired_map<float, bool>>(false)));
}

TEST(GoMap, MapAssignmentNan) {
  hmap::map<double, int> m;
  m[nan_key] = 1;
  m[nan_key] = 2;
  m.insert_or_assign(nan_key, 4);
  EXPECT_EQ(m.size(), 3U);
  int sum = 0;
  for (auto&& [key, value] : m) {
    EXPECT_TRUE(std::isnan(key));
    sum += value;
  }
  EXPECT_EQ(sum, 7);
  EXPECT_FALSE(m.contains(nan_key));
}

TEST(GoMap, MapOperatorAssignmentNan) {
  hmap::map<double, int> m;
  for (const int i : {1, 2, 4}) m[nan_key] += i;
  EXPECT_EQ(m.size(), 3U);
  int sum = 0;
  for (auto&& [key, value] : m.range()) sum += value;
  EXPECT_EQ(sum, 7);
}

TEST(GoMap, MapOperatorAssignment) {
  hmap::map<int, int> m;
  int expected = 0;
  for (int i = 12345; i < 12345 + 100; ++i) {
    expected = (expected + i) * 3 % 1'000'003 - i % 7;
    m[0] += i;
    m[0] *= 3;
    m[0] %= 1'000'003;
    m[0] -= i % 7;
  }
  EXPECT_EQ(m.at(0), expected);
}

TEST(GoMap, MapAppendAssignment) {
  hmap::map<int, std::vector<int>> m;
  std::vector<int> expected;
  for (int i = 0; i < 100; ++i) {
    m[0].push_back(i);
    m[i % 30 + 1].push_back(-i);  // and the table grows meanwhile
    expected.push_back(i);
  }
  EXPECT_EQ(m.at(0), expected);
}

TEST(GoMap, GrowWithNaN) {
  hmap::map<double, int> m{{nan_key, 1}, {nan_key, 2}, {nan_key, 4}};
  EXPECT_EQ(m.size(), 3U);
  int seen = 0, steps = 0;
  bool first = true;
  for (auto&& [key, value] : m.range()) {
    ++steps;
    if (first) {
      first = false;
      for (int i = 0; i < 100; ++i) m[i] = 0;
    }
    if (std::isnan(key)) {
      EXPECT_EQ(seen & value, 0) << "produced twice";
      seen |= value;
    }
    ASSERT_LT(steps, 1'000);
  }
  EXPECT_EQ(seen, 7);
}

TEST(GoMap, GrowWithNegativeZero) {
  // Whether it begins with bucket and cell of zero or not is random; hence the repeats.
  for (int repeat = 0; repeat < 200; ++repeat) {
    const double zero = 0.0;
    hmap::map<double, int> m{{zero, 1}, {2, 2}, {3, 4}, {4, 8}};
    int seen = 0;
    bool first = true;
    for (auto r = m.range(); r.next();) {
      const double key = r.key();
      if (key == 0) {
        EXPECT_EQ(r.value(), std::signbit(key) ? 16 : 1) << "an old key with a new value, or so";
        seen |= 1;
      } else if (key <= 4) {
        EXPECT_TRUE(r.value() == 1 << static_cast<int>(key - 1) || r.value() == 17);
        seen |= 1 << static_cast<int>(key - 1);
      }
      if (std::exchange(first, false)) {
        for (int i = 100; i < 200; ++i) m[i] = 0;
        m.insert_or_assign(-zero, 16);
        for (const int i : {2, 3, 4}) m[i] = 17;
      }
    }
    ASSERT_EQ(seen, 15);
    ASSERT_TRUE(std::signbit(m.find(0.0)->first));
  }
}

TEST(GoMap, IterGrowAndDelete) {
  hmap::map<int, int> m;
  for (int i = 0; i < 100; ++i) m[i] = i;
  bool grown = false;
  for (auto&& [key, value] : m.range()) {
    if (!grown) {
      grown = true;
      for (int i = 0; i < 100; ++i) m.erase(2 * i + 1);  // all odd keys, ...
      for (int i = 100; i < 1'000; ++i) m[2 * i] = i;    // and many new even ones
      continue;
    }
    ASSERT_EQ(key % 2, 0) << "was erased before";
  }
  EXPECT_EQ(m.size(), 950U);
}

TEST(GoMap, IterGrow) {
  // Go: TestIterGrowWithGC.
  hmap::map<int, std::string> m;
  for (int i = 0; i < 16; ++i) m[i] = std::to_string(i);
  std::set<int> produced;
  bool grown = false;
  for (auto&& [key, value] : m.range()) {
    if (key < 16) produced.insert(key);
    if (std::exchange(grown, true)) continue;
    for (int i = 100; i < 200; ++i) m[i] = "some text that needs memory of its own";
  }
  EXPECT_EQ(produced.size(), 16U);
}

TEST(GoMap, BigItems) {
  using block = std::array<std::string, 256>;
  struct block_hash {
    std::size_t operator()(const block& b) const { return std::hash<std::string>()(b[37]); }
  };
  hmap::map<block, block, block_hash> m;
  const auto numbered = [](int i) {
    block b;
    b.fill("string filler");
    b[37] = "string" + std::to_string(i);
    return b;
  };
  for (int i = 0; i < 100; ++i) m[numbered(i)] = numbered(i);
  std::set<std::string> keys;
  for (auto&& [key, value] : m) {
    EXPECT_EQ(key, value);
    keys.insert(key[37]);
  }
  EXPECT_EQ(keys.size(), 100U);
}

TEST(GoMap, MapHugeZero) {
  using huge = std::array<unsigned char, 4000>;
  const auto m = hmap::make_handle<int, huge>();
  EXPECT_EQ(m.get(0), huge{});
  hmap::map<int, huge> table;
  EXPECT_EQ(table[1], huge{}) << "a new value is zero, whatever the memory held before";
}

struct empty {
  bool operator==(const empty&) const = default;
};
struct empty_hash {
  std::size_t operator()(empty) const { return 0; }
};

TEST(GoMap, EmptyKeyAndValue) {
  hmap::map<int, empty> a;
  hmap::map<empty, int, empty_hash> b;
  hmap::map<empty, empty, empty_hash> c;
  a[0] = empty();
  b[empty()] = 1;
  b[empty()] = 2;
  c[empty()] = empty();
  EXPECT_EQ(a.size() + b.size() + c.size(), 3U);
  EXPECT_EQ(b.at(empty()), 2);
}

/// Up to eight keys, in one bucket; each is found, and nothing else.
void single_bucket(const std::vector<std::string>& keys) {
  hmap::map<std::string, bool> m;
  for (const auto& key : keys) m[key] = true;
  for (const auto& key : keys) {
    // The same text at another place.
    const std::string copy(key.data(), key.size());
    ASSERT_TRUE(m.contains(copy));
    ASSERT_FALSE(m.contains(copy + "y"));
  }
  EXPECT_EQ(m.size(), keys.size());
  EXPECT_LE(hmap::inspect(m).buckets, 1U);
}

TEST(GoMap, SingleBucketMapStringKeys_DupLen) {
  std::vector<std::string> keys{"x", "y", "z"};
  const std::string base(128, 'x');
  for (const std::size_t at : {0U, 3U, 64U, 120U, 127U}) {
    keys.push_back(base);
    keys.back()[at] = 'a';
  }
  single_bucket(keys);
}

TEST(GoMap, SingleBucketMapStringKeys_NoDupLen) {
  single_bucket({"x", "xx", "foo", "xxxx", "xxxxx", "xxxxxx", std::string(128, 'x'), ""});
}

TEST(GoMap, MapNanGrowIterator) {
  constexpr int buckets = 16, entries = 104;
  hmap::map<double, int> m;
  for (int i = 0; i < entries; ++i) m.emplace(nan_key, i);
  ASSERT_EQ(hmap::inspect(m).buckets, std::size_t{buckets});
  m[1.0] = -1;  // starts the growth
  ASSERT_TRUE(hmap::inspect(m).growing);
  std::set<int> produced;
  int n = 0;
  for (auto&& [key, value] : m.range()) {
    if (n == entries / 2) {
      for (int i = 0; i < 2 * buckets; ++i) m.erase(2.0);
      ASSERT_FALSE(hmap::inspect(m).growing);
    }
    if (!std::isnan(key)) continue;
    ++n;
    ASSERT_TRUE(produced.insert(value).second) << value;
  }
  EXPECT_EQ(n, entries);
}

/// Whether 100 iterations begin differently at least once.
template <class Map>
bool order_varies(const Map& m) {
  const auto order = [&] {
    std::vector<int> keys;
    for (auto r = m.range(); r.next();) keys.push_back(r.key());
    return keys;
  };
  const std::vector<int> first = order();
  for (int i = 0; i < 100; ++i) {
    if (order() != first) return true;
  }
  return false;
}

TEST(GoMap, MapIterOrder) {
  for (const int n : {3, 7, 9, 15}) {
    for (int repeat = 0; repeat < 10; ++repeat) {
      hmap::map<int, bool> m;
      for (int i = 0; i < n; ++i) m[i] = true;
      EXPECT_TRUE(order_varies(m)) << n;
    }
  }
}

TEST(GoMap, MapSparseIterOrder) {
  for (int repeat = 0; repeat < 10; ++repeat) {
    hmap::map<int, bool> m;
    for (int i = 0; i < 1'000; ++i) m[i] = true;
    for (int i = 20; i < 1'000; ++i) m.erase(i);
    EXPECT_TRUE(order_varies(m));
  }
}

TEST(GoMap, MapStringBytesLookup) {
  // Bytes that are no std::string find one; that nothing is allocated is in tests/api_test.cpp.
  const hmap::map<std::string, int> m{{"1000", 1}, {"2000", 2}};
  const std::array<char, 4> bytes{'2', '0', '0', '0'};
  EXPECT_EQ(m.at(std::string_view(bytes.data(), bytes.size())), 2);
}

TEST(GoMap, MapLargeKeyNoPointer) {
  using large = std::array<int, 128>;  // 512 bytes
  struct large_hash {
    std::size_t operator()(const large& k) const { return static_cast<std::size_t>(k[0]); }
  };
  hmap::map<large, int, large_hash> m;
  large key{};
  for (int i = 0; i < 1'000; ++i) {
    key.fill(i);
    m[key] = i;
  }
  for (int i = 0; i < 1'000; ++i) {
    key.fill(i);
    ASSERT_EQ(m.at(key), i);
  }
}

TEST(GoMap, MapLargeValNoPointer) {
  using large = std::array<int, 128>;
  hmap::map<int, large> m;
  for (int i = 0; i < 1'000; ++i) m[i].fill(i);
  for (int i = 0; i < 1'000; ++i) {
    for (const int v : m.at(i)) ASSERT_EQ(v, i);
  }
}

TEST(GoMap, IgnoreBogusMapHint) {
  for (const std::size_t hint : {static_cast<std::size_t>(-1), std::size_t{1} << 62}) {
    const hmap::map<int, int> m(hint);
    EXPECT_EQ(m.bucket_count(), 0U);
    EXPECT_TRUE((hmap::make_handle<int, int>(hint).empty()));
  }
}

TEST(GoMap, MapBuckets) {
  const std::vector<std::pair<int, std::size_t>> cases{{8, 1}, {9, 2}, {13, 2}, {14, 4}, {26, 4}};
  for (const auto& [n, buckets] : cases) {
    hmap::map<int, int> grown;
    hmap::map<int, int> hinted(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) grown[i] = hinted[i] = i;
    EXPECT_EQ(hmap::inspect(grown).buckets, buckets) << n;
    EXPECT_EQ(hmap::inspect(hinted).buckets, buckets) << n;
  }
}

using any_key = std::variant<int, double, std::string, bool>;

TEST(GoMap, MapInterfaceKey) {
  struct two_keys {
    any_key any;
    std::string text;
    bool operator==(const two_keys&) const = default;
  };
  struct two_hash {
    std::size_t operator()(const two_keys& k) const {
      return std::hash<any_key>()(k.any) * 31 + std::hash<std::string>()(k.text);
    }
  };
  hmap::map<any_key, int> any;
  hmap::map<two_keys, int, two_hash> both;
  const std::vector<any_key> keys{1, 1.0, "text", true, 0, 0.0, "", false};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    any[keys[i]] = static_cast<int>(i);
    both[{keys[i], "x"}] = static_cast<int>(i);
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(any.at(keys[i]), static_cast<int>(i));
    EXPECT_EQ(both.at({keys[i], "x"}), static_cast<int>(i));
    EXPECT_FALSE(both.contains({keys[i], "y"}));
  }
}

TEST(GoMap, DeferDeleteSlow) {
  // Erasure at the end of the scope, last in first out, of keys of every kind.
  std::vector<any_key> keys{1, 2.5, "text", true};
  hmap::map<any_key, std::string> m;
  {
    std::vector<std::unique_ptr<const any_key, std::function<void(const any_key*)>>> deferred;
    for (const auto& key : keys) {
      m[key] = "present";
      deferred.emplace_back(&key, [&m](const any_key* k) { m.erase(*k); });
    }
    EXPECT_EQ(m.size(), keys.size());
  }
  EXPECT_TRUE(m.empty());
}

/// A new key that takes the cell of an erased one starts from zero.
template <class Map, class Key, class Value>
void increment_after_delete(const Key& old_key, const Key& new_key, const Value& large,
                            const Value& small) {
  Map m;
  m[old_key] += large;
  m.erase(old_key);
  m[new_key] += small;
  EXPECT_EQ(m.at(new_key), small);
  EXPECT_EQ(m.size(), 1U);
}

TEST(GoMap, IncrementAfterDeleteValueInt) {
  increment_after_delete<hmap::map<int, int>>(1, 2, 99, 1);
}
TEST(GoMap, IncrementAfterDeleteValueInt32) {
  increment_after_delete<hmap::map<int, std::int32_t>>(1, 2, std::int32_t{99}, std::int32_t{1});
}
TEST(GoMap, IncrementAfterDeleteValueInt64) {
  increment_after_delete<hmap::paired_map<int, std::int64_t>>(1, 2, std::int64_t{99},
                                                              std::int64_t{1});
}
TEST(GoMap, IncrementAfterDeleteKeyStringValueInt) {
  increment_after_delete<hmap::map<std::string, int>>(std::string("key1"), std::string("key2"), 99,
                                                      1);
}
TEST(GoMap, IncrementAfterDeleteKeyValueString) {
  increment_after_delete<hmap::map<std::string, std::string>>(
      std::string("key1"), std::string("key2"), std::string("99"), std::string("1"));
}

TEST(GoMap, IncrementAfterBulkClear) {
  hmap::map<int, int> m;
  for (int i = 0; i < 300; ++i) m[i] += 99;
  m.clear();
  for (int i = 0; i < 300; ++i) {
    m[i] += 1;
    ASSERT_EQ(m.at(i), 1);
  }
}

TEST(GoMap, MapTombstones) {
  // Fill, thin out, fill again, empty: the marks for "empty" keep their form throughout.
  hmap::map<int, int> m;
  constexpr int n = 10'000;
  for (int i = 0; i < n; ++i) m[i] = i;
  EXPECT_SOUND(m);
  for (int i = 0; i < n; i += 2) m.erase(i);
  EXPECT_SOUND(m);
  for (int i = n; i < 3 * n / 2; ++i) m[i] = i;
  EXPECT_SOUND(m);
  for (int i = 0; i < 3 * n / 2; ++i) m.erase(i);
  EXPECT_SOUND(m);
  EXPECT_TRUE(m.empty());
  // With nothing left, every cell says that nothing follows.
  hmap::for_each_bucket(m, [](const hmap::bucket_view& b) {
    for (unsigned i = 0; i < 8; ++i) ASSERT_TRUE(b.old || b.tophash[i] == hmap::detail::empty_rest);
  });
}

// ---- ideas of the specification that Go's file does not have

TEST(GoMap, TheLastErasureChangesTheSeed) {
  hmap::map<int, int> m{{1, 1}, {2, 2}};
  const auto seed = hmap::inspect(m).hash0;
  m.erase(1);
  EXPECT_EQ(hmap::inspect(m).hash0, seed);
  m.erase(m.begin());
  EXPECT_NE(hmap::inspect(m).hash0, seed);
}

TEST(GoMap, AGrowthTakesAboutNLn2RandomWrites) {
  // N old buckets; a random write moves the one it falls into, and one more.
  constexpr std::size_t old_buckets = 1024;
  hmap::map<std::uint64_t, int> m;
  for (std::uint64_t i = 0; hmap::inspect(m).old_buckets != old_buckets; ++i) m[i] = 1;
  random_stream random(4);
  std::size_t writes = 0;
  for (; hmap::inspect(m).growing; ++writes) m.erase(random() | 1ULL << 63);
  EXPECT_NEAR(static_cast<double>(writes), 0.693 * old_buckets, 0.03 * old_buckets);
}

TEST(GoMap, AGrowthTakesNWritesToOneKey) {
  constexpr std::size_t old_buckets = 1024;
  hmap::map<std::uint64_t, int> m;
  for (std::uint64_t i = 0; hmap::inspect(m).old_buckets != old_buckets; ++i) m[i] = 1;
  std::size_t writes = 0;
  for (; hmap::inspect(m).growing; ++writes) m[7] = 2;
  EXPECT_LE(writes, old_buckets);
  EXPECT_GE(writes, old_buckets - 8);
}

/// The low half of the key chooses the chain, what is above it the tophash.
struct dealing_hash {
  std::uint64_t operator()(std::uint64_t key, std::uint32_t) const {
    return (key & 0xffffffff) | key >> 32 << 56;
  }
};
using dealt_map = hmap::map<std::uint64_t, int, dealing_hash, std::equal_to<std::uint64_t>>;
constexpr std::uint64_t in_chain(std::uint64_t chain, std::uint64_t serial) {
  return serial << 32 | chain;
}

TEST(GoMap, AWriteSkipsAtMost1024ChainsThatOthersHaveMoved) {
  constexpr std::uint64_t old_buckets = 4'096;
  dealt_map m(1);
  for (std::uint64_t i = 0; hmap::inspect(m).old_buckets != old_buckets; ++i) m[i] = 1;
  // From the last chain downwards: each write moves one chain out of order and one in order,
  // and in the middle all the rest has been moved already.
  std::uint64_t chain = old_buckets - 1;
  std::size_t before = 0;
  for (; hmap::inspect(m).nevacuate < chain; --chain) {
    before = hmap::inspect(m).nevacuate;
    m[chain] = 2;
  }
  ASSERT_TRUE(hmap::inspect(m).growing);
  EXPECT_LE(hmap::inspect(m).nevacuate, before + 2 + 1'024);
  before = hmap::inspect(m).nevacuate;
  EXPECT_GT(before, old_buckets / 2 + 1'000) << "but that far it goes";
  m[chain] = 2;
  ASSERT_TRUE(!hmap::inspect(m).growing || hmap::inspect(m).nevacuate <= before + 1'025);
}

TEST(GoMap, ANewKeyTakesTheFirstHole) {
  dealt_map m(20);  // four chains
  for (std::uint64_t i = 1; i <= 19; ++i) m[in_chain(2, i)] = 1;
  const auto cell_of = [&](std::uint64_t key) {
    const auto at = m.find(key).position().at();
    std::size_t depth = 0;
    hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) {
      if (b.raw == at.b) depth = b.depth;
    });
    return depth * 8 + at.i;
  };
  EXPECT_EQ(cell_of(in_chain(2, 19)), 18U) << "the end of a chain of three buckets";
  for (const std::uint64_t i : {4U, 6U, 12U}) m.erase(in_chain(2, i));
  for (const std::uint64_t hole : {3U, 5U, 11U, 19U}) {
    const std::uint64_t fresh = in_chain(2, 100 + hole);
    m[fresh] = 1;
    EXPECT_EQ(cell_of(fresh), hole);
  }
  EXPECT_SOUND(m);
}

TEST(GoMap, NansAreSentAnewInEveryGrowth) {
  // Under a cursor the tophash decides which way a NaN goes, and it must then be drawn anew:
  // or all of them would go the same ways again and again, and meet in a few chains.
  hmap::map<double, int> m;
  for (int i = 0; i < 100; ++i) m.emplace(nan_key, i);
  for (int growth = 0; growth < 2; ++growth) {
    while (!hmap::inspect(m).growing) m.emplace(nan_key, 1'000);
    const auto cursor = m.range();
    while (hmap::inspect(m).growing) m.erase(0.5);
  }
  const unsigned B = hmap::inspect(m).B;
  int turned = 0;
  hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) {
    using layout = hmap::detail::split_layout<double, int>;
    for (unsigned i = 0; i < 8; ++i) {
      const bool old_nan = b.tophash[i] >= 5 && layout::value(b.raw, i) < 100;
      turned += old_nan && (b.index >> (B - 1) & 1) != (b.index >> (B - 2) & 1);
    }
  });
  EXPECT_GT(turned, 25);
  EXPECT_LT(turned, 75);
}

}  // namespace
