// Unusual keys and values, and hashes that are no good.
#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support.hpp"

namespace {

using namespace hmap_test;

/// Grows a table, updates, erases every third entry, and sees that the rest is right: with
/// nothing asked of the value but what `make` and `same` do.
template <class Map, class Make, class Same>
void live_through(Make make, Same same, int n = 300) {
  Map m;
  for (int i = 0; i < n; ++i) {
    ASSERT_TRUE(m.try_emplace(i, make(i)).second);
    ASSERT_FALSE(m.try_emplace(i, make(-i)).second);
  }
  ASSERT_SOUND(m);
  for (int i = 0; i < n; i += 3) ASSERT_EQ(m.erase(i), 1U);
  for (int i = 1; i < n; i += 3) m.insert_or_assign(i, make(i + 1));
  Map moved = std::move(m);
  int seen = 0;
  for (auto&& [key, value] : moved) {
    ++seen;
    ASSERT_TRUE(same(value, key % 3 == 1 ? key + 1 : key));
    ASSERT_TRUE(same(moved.at(key), key % 3 == 1 ? key + 1 : key));
  }
  EXPECT_EQ(seen, n - (n + 2) / 3);
  for (auto r = moved.range(); r.next();) --seen;
  EXPECT_EQ(seen, 0);
  EXPECT_SOUND(moved);
  moved.clear();
  ASSERT_TRUE(moved.try_emplace(1, make(1)).second);
  EXPECT_SOUND(moved);
}

template <class Value, class Make, class Same>
void live_through_both(Make make, Same same) {
  live_through<hmap::map<int, Value>>(make, same);
  live_through<hmap::paired_map<int, Value>>(make, same);
}

struct owner {  // has neither a copy nor a default
  std::unique_ptr<int> p;
  explicit owner(int i) : p(std::make_unique<int>(i)) {}
};

TEST(Values, MoveOnlyWithoutDefault) {
  live_through_both<owner>([](int i) { return owner(i); },
                           [](const owner& o, int i) { return o.p && *o.p == i; });
}

TEST(Values, MoveOnlyKeysToo) {
  hmap::map<std::unique_ptr<int>, std::unique_ptr<int>> m;
  std::vector<const int*> keys;
  for (int i = 0; i < 300; ++i) {
    auto key = std::make_unique<int>(i);
    keys.push_back(key.get());
    m.try_emplace(std::move(key), std::make_unique<int>(i));
  }
  std::size_t seen = 0;
  for (auto it = m.begin(); it != m.end(); ++seen) {
    ASSERT_EQ(*it->first, *it->second);
    it = *it->second % 2 ? m.erase(it) : std::next(it);
  }
  EXPECT_EQ(seen, 300U);
  EXPECT_EQ(m.size(), 150U);
  EXPECT_SOUND(m);
}

/// A key that can only be copied, or moved by something that may throw.
struct slow_key {
  std::string text;
  slow_key(std::string t) : text(std::move(t)) {}
  slow_key(const slow_key&) = default;
  bool operator==(const slow_key&) const = default;
};
struct slow_hash {
  std::size_t operator()(const slow_key& k) const { return std::hash<std::string>()(k.text); }
};

TEST(Values, MoveOnlyBesideKeysThatAreCopied) {
  // Entries must change buckets although the value has no copy and the key no safe move.
  hmap::map<slow_key, std::unique_ptr<int>, slow_hash> split;
  hmap::paired_map<slow_key, std::unique_ptr<int>, slow_hash> paired;
  for (int i = 0; i < 300; ++i) {
    split.try_emplace(std::to_string(i), std::make_unique<int>(i));
    paired.try_emplace(std::to_string(i), std::make_unique<int>(i));
  }
  for (int i = 0; i < 300; ++i) {
    ASSERT_EQ(*split.at(std::to_string(i)), i);
    ASSERT_EQ(*paired.at(std::to_string(i)), i);
  }
}

struct alignas(64) line {
  int i;
};

TEST(Values, OverAligned) {
  live_through_both<line>([](int i) { return line{i}; },
                          [](const line& v, int i) {
                            return v.i == i && reinterpret_cast<std::uintptr_t>(&v) % 64 == 0;
                          });
  hmap::map<std::uint64_t, line> m;
  m[1] = line{1};
  using layout = hmap::detail::split_layout<std::uint64_t, line>;
  EXPECT_EQ(layout::alignment, 64U);
  EXPECT_EQ(layout::size % 64, 0U);
}

struct alignas(64) large_line {  // behind a pointer, which must honour the alignment as well
  std::array<int, 48> words;
};

TEST(Values, OverAlignedAndLarge) {
  live_through<hmap::map<int, large_line>>([](int i) { return large_line{{i}}; },
                                           [](const large_line& v, int i) {
                                             return v.words[0] == i &&
                                                    reinterpret_cast<std::uintptr_t>(&v) % 64 == 0;
                                           });
}

struct nothing {
  bool operator==(const nothing&) const = default;
};
struct nothing_hash {
  std::size_t operator()(nothing) const { return 0; }
};

TEST(Values, Empty) {
  live_through<hmap::paired_map<int, nothing>>([](int) { return nothing(); },
                                               [](nothing, int) { return true; });
  hmap::map<nothing, nothing, nothing_hash> m;
  EXPECT_TRUE(m.try_emplace(nothing()).second);
  EXPECT_FALSE(m.try_emplace(nothing()).second);
  EXPECT_EQ(m.size(), 1U);
  EXPECT_EQ(m.erase(nothing()), 1U);
  EXPECT_SOUND(m);
}

struct tree {
  int value = 0;
  hmap::map<int, tree> children;
};
struct paired_tree {
  int value = 0;
  hmap::paired_map<int, paired_tree> children;
};

template <class Tree>
void grow_tree() {
  Tree root;
  for (int i = 0; i < 50; ++i) {
    Tree& child = root.children[i];
    child.value = i;
    for (int j = 0; j < 20; ++j) child.children[j].children[j].value = i * j;
  }
  const Tree copy = root;
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(copy.children.at(i).children.at(7).children.at(7).value, 7 * i);
    ASSERT_SOUND(copy.children.at(i).children);
  }
  // A subtree takes the place of the tree that holds it.
  Tree branch = std::move(root.children.at(3));
  root = std::move(branch);
  EXPECT_EQ(root.value, 3);
  EXPECT_EQ(root.children.at(5).children.at(5).value, 15);
}

TEST(Values, TablesOfThemselves) {
  grow_tree<tree>();
  grow_tree<paired_tree>();
}

struct page {
  std::array<unsigned char, 4096> bytes;
  page(int i) { bytes.fill(static_cast<unsigned char>(i)); }
};

TEST(Values, OfFourKibibytes) {
  live_through_both<page>([](int i) { return page(i); },
                          [](const page& v, int i) {
                            return v.bytes.front() == static_cast<unsigned char>(i) &&
                                   v.bytes.back() == v.bytes.front();
                          });
  EXPECT_EQ((hmap::detail::split_layout<int, page>::size), 8U + 32 + 64 + 8);
}

template <std::size_t Bytes>
struct sized {
  std::array<unsigned char, Bytes> bytes{};
  bool operator==(const sized&) const = default;
};
struct sized_hash {
  template <std::size_t Bytes>
  std::size_t operator()(const sized<Bytes>& s) const {
    return s.bytes[0] | std::size_t{s.bytes[1]} << 8;
  }
};

template <template <class...> class Map, std::size_t Bytes>
void large_keys() {
  Map<sized<Bytes>, std::string, sized_hash> m;
  const auto key = [](unsigned i) {
    sized<Bytes> k;
    k.bytes[0] = static_cast<unsigned char>(i);
    k.bytes[1] = static_cast<unsigned char>(i >> 8);
    k.bytes.back() = static_cast<unsigned char>(i ^ 7);
    return k;
  };
  for (unsigned i = 0; i < 500; ++i) m[key(i)] = "value " + std::to_string(i);
  for (unsigned i = 0; i < 500; i += 2) ASSERT_EQ(m.erase(key(i)), 1U);
  for (unsigned i = 0; i < 500; ++i) ASSERT_EQ(m.count(key(i)), i % 2);
  for (unsigned i = 1; i < 500; i += 2) ASSERT_EQ(m.at(key(i)), "value " + std::to_string(i));
  EXPECT_SOUND(m);
}

TEST(Values, KeysOnBothSidesOfTheLimit) {
  large_keys<hmap::map, 128>();
  large_keys<hmap::map, 129>();
  large_keys<hmap::paired_map, 129>();
  // Go: 128 bytes are stored in place, 129 behind a pointer.
  using in_place = hmap::detail::split_layout<std::uint64_t, sized<128>>;
  using behind = hmap::detail::split_layout<std::uint64_t, sized<129>>;
  EXPECT_EQ(in_place::size, 1104U);
  EXPECT_EQ(behind::size, 144U);
}

TEST(Values, BucketSizesAreThoseOfGo) {
  using hmap::detail::split_layout;
  using u64 = std::uint64_t;
  EXPECT_EQ((split_layout<u64, u64>::size), 144U);
  EXPECT_EQ((split_layout<u64, record>::size), 400U);
  EXPECT_EQ((split_layout<u64, std::int8_t>::size), 88U);
  EXPECT_EQ((split_layout<std::int32_t, std::int32_t>::size), 80U);
  using string_header = std::array<u64, 2>;
  EXPECT_EQ((split_layout<string_header, string_header>::size), 272U);
  EXPECT_EQ((split_layout<string_header, u64>::size), 208U);
  EXPECT_EQ((split_layout<u64, u64>::overflow_offset), 136U);
}

// ---- weak hashes

/// The longest chain of the current array, in buckets.
template <class Map>
std::size_t longest_chain(const Map& m) {
  std::size_t longest = 0;
  hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) {
    if (!b.old) longest = std::max(longest, b.depth + 1);
  });
  return longest;
}

struct identity {  // as std::hash is for integers: neither seeded nor avalanching
  std::size_t operator()(std::uint64_t key) const { return key; }
};

TEST(WeakHashes, IdentityOnStridesIsMixed) {
  for (unsigned shift = 0; shift < 56; ++shift) {
    hmap::map<std::uint64_t, int, identity> m;
    for (std::uint64_t i = 0; i < 2'000; ++i) m[i << shift | i >> (64 - shift) % 64] = 1;
    ASSERT_LE(longest_chain(m), 4U) << "stride 2^" << shift;
  }
}

TEST(WeakHashes, TheDefaultHashSpreadsStridesAndPointers) {
  for (unsigned shift = 0; shift < 53; ++shift) {
    hmap::map<std::uint64_t, int> m;
    for (std::uint64_t i = 0; i < 2'000; ++i) m[i << shift] = 1;
    ASSERT_LE(longest_chain(m), 4U) << "stride 2^" << shift;
  }
}

TEST(WeakHashes, TheDefaultHashReadsEveryByteOfAString) {
  const hmap::hash<std::string> hash;
  for (std::size_t length = 1; length <= 70; ++length) {
    const std::string text(length, 'x');
    ASSERT_NE(hash(text, 1), hash(text, 2)) << "the seed counts";
    ASSERT_NE(hash(text, 1), hash(text + 'x', 1)) << "and the length";
    for (std::size_t i = 0; i < length; ++i) {
      std::string other = text;
      other[i] = 'y';
      ASSERT_NE(hash(text, 1), hash(other, 1)) << "byte " << i << " of " << length;
    }
  }
}

template <std::uint64_t Mask>
struct masked_hash {
  /// Seeded, so that its answer is taken as it is.
  std::uint64_t operator()(std::uint64_t key, std::uint32_t) const {
    return key * 0x9e3779b97f4a7c15 & Mask;
  }
};

template <class Map>
class WeakHash : public ::testing::Test {};
template <std::uint64_t Mask>
using weak = hmap::map<std::uint64_t, std::string, masked_hash<Mask>, std::equal_to<std::uint64_t>>;
using weak_maps =
    ::testing::Types<weak<0>,                     // all keys in one chain, all tophashes alike
                     weak<0xff00000000000000>,    // differing in the tophash only
                     weak<0xffff>>;               // in the bucket only
TYPED_TEST_SUITE(WeakHash, weak_maps);

TYPED_TEST(WeakHash, IsSlowButRight) {
  TypeParam m;
  std::set<std::uint64_t> model;
  random_stream random(3);
  for (int i = 0; i < 1'500; ++i) {
    const std::uint64_t key = random.below(300);
    if (random.below(4) == 0) {
      ASSERT_EQ(m.erase(key), model.erase(key));
    } else {
      ASSERT_EQ(m.try_emplace(key, std::to_string(key)).second, model.insert(key).second);
    }
    if (i % 10 == 0) {
      ASSERT_SOUND(m);
    }
  }
  for (std::uint64_t key = 0; key < 300; ++key) ASSERT_EQ(m.count(key), model.count(key));
  std::size_t ranged = 0;
  for (auto&& [key, value] : m.range()) ranged += value == std::to_string(key);
  EXPECT_EQ(ranged, model.size());
}

TYPED_TEST(WeakHash, LongChainsGrowAndEmpty) {
  TypeParam m;
  for (std::uint64_t i = 0; i < 300; ++i) {
    m.try_emplace(i, std::to_string(i));
    ASSERT_SOUND(m);
  }
  const bool spreads = std::is_same_v<TypeParam, weak<0xffff>>;
  EXPECT_EQ(longest_chain(m) >= 38, !spreads) << "all in one chain of full buckets";
  for (auto it = m.begin(); it != m.end();) it = m.erase(it);
  EXPECT_TRUE(m.empty());
  EXPECT_SOUND(m);
}

}  // namespace
