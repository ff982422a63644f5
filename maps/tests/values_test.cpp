// Unusual keys and values, and hashes that are no good.
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "payloads.hpp"
#include "subject.hpp"

namespace {

using namespace map_test;

/// Grows a table, updates, erases every third entry, and sees that the rest is right: with
/// no use of the value but what `make` and `same` do.
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
  if constexpr (requires { moved.range(); }) {
    for (auto r = moved.range(); r.next();) --seen;
    EXPECT_EQ(seen, 0);
  }
  EXPECT_SOUND(moved);
  moved.clear();
  ASSERT_TRUE(moved.try_emplace(1, make(1)).second);
  EXPECT_SOUND(moved);
}

template <class Variant>
class Values : public ::testing::Test {};
TYPED_TEST_SUITE(Values, subject::variants);

struct owner {  // has neither a copy nor a default
  std::unique_ptr<int> p;
  explicit owner(int i) : p(std::make_unique<int>(i)) {}
};

TYPED_TEST(Values, MoveOnlyWithoutDefault) {
  live_through<typename TypeParam::template map<int, owner>>(
      [](int i) { return owner(i); }, [](const owner& o, int i) { return o.p && *o.p == i; });
}

TYPED_TEST(Values, MoveOnlyKeysToo) {
  typename TypeParam::template map<std::unique_ptr<int>, std::unique_ptr<int>> m;
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

TYPED_TEST(Values, MoveOnlyBesideKeysThatAreCopied) {
  // Entries must change buckets although the value has no copy and the key no safe move.
  typename TypeParam::template map<slow_key, std::unique_ptr<int>, slow_hash> m;
  for (int i = 0; i < 300; ++i) m.try_emplace(std::to_string(i), std::make_unique<int>(i));
  for (int i = 0; i < 300; ++i) ASSERT_EQ(*m.at(std::to_string(i)), i);
  EXPECT_SOUND(m);
}

struct alignas(64) line {
  int i;
};

TYPED_TEST(Values, OverAligned) {
  live_through<typename TypeParam::template map<int, line>>(
      [](int i) { return line{i}; },
      [](const line& v, int i) {
        return v.i == i && reinterpret_cast<std::uintptr_t>(&v) % 64 == 0;
      });
}

struct alignas(8192) two_pages {  // more than any block of pages is aligned to
  int i;
};

TYPED_TEST(Values, AlignedBeyondPages) {
  live_through<typename TypeParam::template map<int, two_pages>>(
      [](int i) { return two_pages{i}; },
      [](const two_pages& v, int i) {
        return v.i == i && reinterpret_cast<std::uintptr_t>(&v) % 8192 == 0;
      },
      30);
}

struct alignas(64) large_line {  // behind a pointer in hmap, which must honour it as well
  std::array<int, 48> words;
};

TYPED_TEST(Values, OverAlignedAndLarge) {
  live_through<typename TypeParam::template map<int, large_line>>(
      [](int i) { return large_line{{i}}; },
      [](const large_line& v, int i) {
        return v.words[0] == i && reinterpret_cast<std::uintptr_t>(&v) % 64 == 0;
      });
}

struct nothing {
  bool operator==(const nothing&) const = default;
};
struct nothing_hash {
  std::size_t operator()(nothing) const { return 0; }
};

TYPED_TEST(Values, Empty) {
  live_through<typename TypeParam::template map<int, nothing>>([](int) { return nothing(); },
                                                               [](nothing, int) { return true; });
  typename TypeParam::template map<nothing, nothing, nothing_hash> m;
  EXPECT_TRUE(m.try_emplace(nothing()).second);
  EXPECT_FALSE(m.try_emplace(nothing()).second);
  EXPECT_EQ(m.size(), 1U);
  EXPECT_EQ(m.erase(nothing()), 1U);
  EXPECT_SOUND(m);
}

template <class Variant>
struct tree {
  int value = 0;
  typename Variant::template map<int, tree> children;
};

TYPED_TEST(Values, TablesOfThemselves) {
  using Tree = tree<TypeParam>;
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

struct page {
  std::array<unsigned char, 4096> bytes;
  page(int i) { bytes.fill(static_cast<unsigned char>(i)); }
};

TYPED_TEST(Values, OfFourKibibytes) {
  live_through<typename TypeParam::template map<int, page>>(
      [](int i) { return page(i); },
      [](const page& v, int i) {
        return v.bytes.front() == static_cast<unsigned char>(i) &&
               v.bytes.back() == v.bytes.front();
      });
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

template <class Variant, std::size_t Bytes>
void large_keys() {
  typename Variant::template map<sized<Bytes>, std::string, sized_hash> m;
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

TYPED_TEST(Values, KeysOnBothSidesOfGosLimit) {  // beyond which an entry does not lie in its cell
  large_keys<TypeParam, 128>();
  large_keys<TypeParam, 129>();
}

// ---- weak hashes

struct identity {  // as std::hash is for integers: neither seeded nor avalanching
  std::size_t operator()(std::uint64_t key) const { return key; }
};

TEST(WeakHashes, IdentityOnStridesIsMixed) {
  for (unsigned shift = 0; shift < 56; ++shift) {
    subject::map<std::uint64_t, int, identity> m;
    for (std::uint64_t i = 0; i < 2'000; ++i) m[i << shift | i >> (64 - shift) % 64] = 1;
    ASSERT_LE(subject::longest_chain(m), 32U) << "stride 2^" << shift;
  }
}

TEST(WeakHashes, TheDefaultHashSpreadsStridesAndPointers) {
  for (unsigned shift = 0; shift < 53; ++shift) {
    subject::map<std::uint64_t, int> m;
    for (std::uint64_t i = 0; i < 2'000; ++i) m[i << shift] = 1;
    ASSERT_LE(subject::longest_chain(m), 32U) << "stride 2^" << shift;
  }
}

TEST(WeakHashes, TheDefaultHashReadsEveryByteOfAString) {
  const subject::hash<std::string> hash;
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

template <class Variant>
class WeakHash : public ::testing::Test {
 protected:
  template <std::uint64_t Mask>
  using weak = typename Variant::template map<std::uint64_t, std::string, masked_hash<Mask>,
                                              std::equal_to<std::uint64_t>>;
};
TYPED_TEST_SUITE(WeakHash, subject::variants);

constexpr std::uint64_t none = 0;                  // all keys in one chain, all tophashes alike
constexpr std::uint64_t top = 0xff00000000000000;  // differing in the tophash only
constexpr std::uint64_t low = 0xffff;              // in the bucket only

template <class Map>
void is_slow_but_right() {
  Map m;
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
  if constexpr (requires { m.range(); }) {
    std::size_t ranged = 0;
    for (auto&& [key, value] : m.range()) ranged += value == std::to_string(key);
    EXPECT_EQ(ranged, model.size());
  }
}

TYPED_TEST(WeakHash, IsSlowButRight) {
  is_slow_but_right<typename TestFixture::template weak<none>>();
  is_slow_but_right<typename TestFixture::template weak<top>>();
  is_slow_but_right<typename TestFixture::template weak<low>>();
}

template <class Map>
void grow_and_empty(bool spreads) {
  Map m;
  for (std::uint64_t i = 0; i < 300; ++i) {
    m.try_emplace(i, std::to_string(i));
    ASSERT_SOUND(m);
  }
  EXPECT_EQ(subject::longest_chain(m) >= 300, !spreads);
  for (auto it = m.begin(); it != m.end();) it = m.erase(it);
  EXPECT_TRUE(m.empty());
  EXPECT_SOUND(m);
}

TYPED_TEST(WeakHash, LongChainsGrowAndEmpty) {
  grow_and_empty<typename TestFixture::template weak<none>>(false);
  grow_and_empty<typename TestFixture::template weak<top>>(false);
  grow_and_empty<typename TestFixture::template weak<low>>(true);
}

}  // namespace
