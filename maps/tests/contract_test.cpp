// The container contract: what [unord.req] and [container.alloc.reqmts] ask for beyond the
// everyday interface (api_test.cpp). Each test is something std::unordered_map does, and that a
// map of ours once did not.
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <new>
#include <ranges>
#include <sstream>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "payloads.hpp"
#include "subject.hpp"
#include "variant_test.hpp"

namespace {

using namespace map_test;

template <class Variant>
class Contract : public VariantTest<Variant> {};
TYPED_TEST_SUITE(Contract, subject::variants);

// ---- emplace and its kin

/// Converts to a value_type, and to no pair with a key that is not const.
struct row {
  int key, value;
  operator std::pair<const int, int>() const { return {key, value}; }
};

TYPED_TEST(Contract, EntriesAreMadeFromWhatConvertsToOne) {
  using Map = typename TestFixture::template map<int, int>;
  const std::vector<row> rows{{1, 10}, {2, 20}, {1, 30}};
  Map m(rows.begin(), rows.end());
  EXPECT_EQ(m, (Map{{1, 10}, {2, 20}}));
  EXPECT_TRUE(m.insert(row{3, 30}).second);
  EXPECT_FALSE(m.emplace(row{3, 40}).second);
  EXPECT_EQ(m.insert(m.end(), row{4, 40})->second, 40);
  EXPECT_EQ(m.emplace_hint(m.cend(), row{5, 50})->second, 50);
  m.insert(rows.begin(), rows.end());
  EXPECT_EQ(m.size(), 5U);
  EXPECT_SOUND(m);
}

TYPED_TEST(Contract, EmplaceTakesWhateverMakesAPair) {
  using Map = typename TestFixture::template map<std::string, std::vector<int>>;
  Map m;
  EXPECT_TRUE(m.emplace().second) << "an empty key and value";
  EXPECT_FALSE(m.emplace("", std::vector<int>{9}).second);
  EXPECT_TRUE(m.emplace("converts", 3).second) << "std::vector's constructor of a size is explicit";
  EXPECT_TRUE(m.emplace(std::piecewise_construct, std::forward_as_tuple(3, 'x'),
                        std::forward_as_tuple(2, 7))
                  .second);
  EXPECT_TRUE(m.emplace(std::piecewise_construct, std::tuple("y"), std::tuple<>()).second);
  EXPECT_TRUE(m.emplace(std::pair<const char*, std::size_t>("z", 4)).second);
  const std::pair<const std::string, std::vector<int>> entry("constant", {1});
  EXPECT_TRUE(m.emplace(entry).second);
  EXPECT_EQ(m.at(""), std::vector<int>());
  EXPECT_EQ(m.at("converts").size(), 3U);
  EXPECT_EQ(m.at("xxx"), (std::vector<int>{7, 7}));
  EXPECT_TRUE(m.at("y").empty());
  EXPECT_EQ(m.at("z").size(), 4U);
  EXPECT_EQ(m.at("constant"), entry.second);
  EXPECT_SOUND(m);
}

TYPED_TEST(Contract, EmplaceOfAKeyThatIsThereLeavesTheArgumentsAlone) {
  using Map = typename TestFixture::template map<int, std::unique_ptr<int>>;
  Map m;
  m.emplace(1, std::make_unique<int>(1));
  auto value = std::make_unique<int>(2);
  EXPECT_FALSE(m.emplace(1, std::move(value)).second);
  std::pair<int, std::unique_ptr<int>> pair(1, std::move(value));
  EXPECT_FALSE(m.insert(std::move(pair)).second);
  ASSERT_NE(pair.second, nullptr);
  EXPECT_TRUE(m.emplace(2, std::move(pair.second)).second);
  EXPECT_EQ(*m.at(2), 2);
}

/// A callable whose copy fails on request.
struct fragile_function {
  static inline bool armed = false;
  fragile_function() = default;
  fragile_function(const fragile_function&) {
    if (armed) throw std::bad_alloc();
  }
  fragile_function(fragile_function&&) noexcept {}
  fragile_function& operator=(const fragile_function&) = default;
  int operator()() const { return 1; }
};

TYPED_TEST(Contract, AnEntryWhoseCopyThrowsIsNotInserted) {
  using Map = typename TestFixture::template map<int, fragile_function>;
  Map m;
  const fragile_function f;
  for (int i = 0; i < 50; ++i) {
    fragile_function::armed = true;
    EXPECT_THROW(m.emplace(i, f), std::bad_alloc);
    EXPECT_THROW(m.insert({i, f}), std::bad_alloc);
    fragile_function::armed = false;
    EXPECT_EQ(m.size(), static_cast<std::size_t>(i));
    EXPECT_TRUE(m.emplace(i, f).second);
  }
  EXPECT_SOUND(m);
}

/// Larger than the stack of a thread.
struct huge {
  std::array<char, std::size_t{9} << 20> bytes;
  int n;
  explicit huge(int i = 0) : n(i) {}
};

TYPED_TEST(Contract, ValuesLargerThanTheStackAreMadeInPlace) {
  using Map = typename TestFixture::template map<int, huge>;
  Map m;
  m[0].n = 0;
  m.try_emplace(1, 1);
  m.emplace(std::piecewise_construct, std::tuple(2), std::tuple(2));
  m.emplace(3, 3);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(m.at(i).n, i);
  EXPECT_EQ(m.erase(2), 1U);
}

// ---- equality

struct by_length {
  std::size_t operator()(const std::string& s) const { return s.size(); }
  bool operator()(const std::string& a, const std::string& b) const { return a.size() == b.size(); }
};

TYPED_TEST(Contract, EqualityComparesKeysByTheirOperator) {
  using Map = typename TestFixture::template map<std::string, int, by_length, by_length>;
  const Map a{{"a", 1}, {"bb", 2}}, same{{"bb", 2}, {"a", 1}}, other{{"A", 1}, {"bb", 2}};
  EXPECT_TRUE(a == same);
  EXPECT_FALSE(a == other) << "equivalent keys that are not equal";
  const Map changed{{"a", 1}, {"bb", 3}};
  EXPECT_FALSE(a == changed);
}

// ---- allocators

inline long made = 0, ended = 0;

/// Has a construct() and a destroy() of its own, which must be called in pairs.
template <class T>
struct constructing {
  using value_type = T;
  constructing() = default;
  template <class U>
  constructing(const constructing<U>&) noexcept {}
  T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* p, std::size_t n) noexcept { std::allocator<T>().deallocate(p, n); }
  template <class U, class... Args>
  void construct(U* p, Args&&... args) {
    std::construct_at(p, std::forward<Args>(args)...);
    ++made;
  }
  template <class U>
  void destroy(U* p) noexcept {
    ++ended;
    std::destroy_at(p);
  }
  template <class U>
  bool operator==(const constructing<U>&) const noexcept {
    return true;
  }
};

template <class Map>
void live_and_die() {
  Map m;
  for (std::uint64_t i = 0; i < 500; ++i) m.emplace(key<Map>(i), value<Map>(i));
  for (std::uint64_t i = 0; i < 500; i += 3) m.erase(key<Map>(i));
  m.erase(m.begin());
  m.reserve(5'000);
  Map copy = m, moved = std::move(copy);
  copy = moved;
  moved.merge(copy);
  moved.clear();
  moved.insert(m.begin(), m.end());
  EXPECT_SOUND(moved);
  EXPECT_GT(made, ended);
}

TYPED_TEST(Contract, WhatTheAllocatorMakesItEnds) {
  using number = std::pair<const std::uint64_t, std::uint64_t>;
  using text = std::pair<const std::string, std::string>;
  using large = std::pair<const std::uint64_t, large_record>;
  made = ended = 0;
  live_and_die<
      typename TestFixture::template map<std::uint64_t, std::uint64_t, subject::hash<std::uint64_t>,
                                         std::equal_to<>, constructing<number>>>();
  EXPECT_EQ(made, ended) << "entries that need no destructor";
  made = ended = 0;
  live_and_die<typename TestFixture::template map<
      std::string, std::string, subject::hash<std::string>, std::equal_to<>, constructing<text>>>();
  EXPECT_EQ(made, ended);
  made = ended = 0;
  live_and_die<
      typename TestFixture::template map<std::uint64_t, large_record, subject::hash<std::uint64_t>,
                                         std::equal_to<>, constructing<large>>>();
  EXPECT_EQ(made, ended) << "entries too large for their cells";
}

/// No more than so many objects at once.
template <class T>
struct limited : std::allocator<T> {
  limited() = default;
  template <class U>
  limited(const limited<U>&) noexcept {}
  template <class U>
  struct rebind {
    using other = limited<U>;
  };
  std::size_t max_size() const noexcept { return 64'000 / sizeof(T); }
};

TYPED_TEST(Contract, TheAllocatorBoundsTheSize) {
  using Map = typename TestFixture::template map<int, int, std::hash<int>, std::equal_to<int>,
                                                 limited<std::pair<const int, int>>>;
  Map m;
  EXPECT_LE(m.max_size(), 64'000 / sizeof(int));
  EXPECT_GT(m.max_size(), 100U);
  m.emplace(1, 1);
  EXPECT_THROW(m.reserve(m.max_size() + 1), std::length_error);
  EXPECT_EQ(m.size(), 1U);
  EXPECT_SOUND(m);
}

// ---- moves

template <bool ThrowingMove>
struct functor {
  static inline bool armed = false;
  static inline int copies = 0;
  functor() = default;
  functor(const functor&) {
    if (armed) throw std::bad_alloc();
    ++copies;
  }
  functor(functor&&) noexcept(!ThrowingMove) {
    if constexpr (ThrowingMove) {
      if (armed) throw std::bad_alloc();
    }
  }
  functor& operator=(const functor&) = default;
  functor& operator=(functor&&) noexcept(!ThrowingMove) { return *this; }
  std::size_t operator()(int x) const { return static_cast<std::size_t>(x); }
  bool operator()(int a, int b) const { return a == b; }
};

template <class Map>
constexpr std::array<bool, 3> nothrow = {std::is_nothrow_move_constructible_v<Map>,
                                         std::is_nothrow_move_assignable_v<Map>,
                                         std::is_nothrow_swappable_v<Map>};

TYPED_TEST(Contract, MovesAreNoexceptWhereTheFunctorsAre) {
  using safe = typename TestFixture::template map<int, int, functor<false>, functor<false>>;
  using risky = typename TestFixture::template map<int, int, functor<true>, std::equal_to<>>;
  using risky_equality =
      typename TestFixture::template map<int, int, std::hash<int>, functor<true>>;
  EXPECT_EQ(nothrow<safe>, (std::array{true, true, true}));
  EXPECT_EQ(nothrow<risky>, (std::array{false, false, false}));
  EXPECT_EQ(nothrow<risky_equality>, (std::array{false, false, false}));

  safe m;
  m.emplace(1, 2);
  functor<false>::copies = 0;
  safe n = std::move(m);
  m = std::move(n);
  m.swap(n);
  EXPECT_EQ(functor<false>::copies, 0) << "functors are moved";
  EXPECT_EQ(n.size(), 1U);
}

TYPED_TEST(Contract, AFunctorThatThrowsWhileItMovesIsReported) {
  using Map = typename TestFixture::template map<int, int, functor<true>, std::equal_to<>>;
  Map m;
  m.emplace(1, 2);
  functor<true>::armed = true;
  EXPECT_THROW(Map(std::move(m)), std::bad_alloc);
  functor<true>::armed = false;
  EXPECT_EQ(m.at(1), 2) << "nothing was taken";
  EXPECT_SOUND(m);
}

struct move_only_key {
  int v;
  explicit move_only_key(int i) : v(i) {}
  move_only_key(move_only_key&&) noexcept = default;
  move_only_key& operator=(move_only_key&&) noexcept = default;
  bool operator==(const move_only_key&) const = default;
};
struct counted_key {
  static inline int copies = 0;
  int v;
  explicit counted_key(int i) : v(i) {}
  counted_key(const counted_key& o) : v(o.v) { ++copies; }
  counted_key(counted_key&& o) noexcept : v(o.v) {}
  bool operator==(const counted_key& o) const { return v == o.v; }
};
struct hash_v {
  template <class Key>
  std::size_t operator()(const Key& key) const {
    return static_cast<std::size_t>(key.v);
  }
};

template <class Map>
void merge_halves() {
  Map a, b;
  using Key = typename Map::key_type;
  for (int i = 0; i < 100; ++i) {
    a.emplace(Key(i), i);
    b.emplace(Key(i + 50), -i);
  }
  counted_key::copies = 0;
  a.merge(b);
  EXPECT_EQ(counted_key::copies, 0);
  EXPECT_EQ(a.size(), 150U);
  EXPECT_EQ(b.size(), 50U);
  for (int i = 0; i < 150; ++i) EXPECT_EQ(a.at(Key(i)), i < 100 ? i : 50 - i);
  EXPECT_SOUND(a);
  EXPECT_SOUND(b);
}

TYPED_TEST(Contract, MergeMovesKeys) {
  merge_halves<typename TestFixture::template map<move_only_key, int, hash_v, std::equal_to<>>>();
  merge_halves<typename TestFixture::template map<counted_key, int, hash_v, std::equal_to<>>>();
}

// ---- types

template <class Variant>
struct tree {
  using children = typename Variant::template map<int, tree>;
  children below;
  typename children::iterator chosen;
  typename children::const_iterator seen;
};

TYPED_TEST(Contract, IteratorsMayBePartOfTheValue) {
  tree<TypeParam> t;
  t.chosen = t.below.try_emplace(1).first;
  t.seen = t.chosen;
  EXPECT_EQ(t.chosen->first, 1);
}

TYPED_TEST(Contract, MemberTypesAndSmallMembers) {
  using Map = typename TestFixture::template map<int, int>;
  static_assert(std::is_same_v<typename Map::pointer, std::pair<const int, int>*>);
  static_assert(std::is_same_v<typename Map::const_pointer, const std::pair<const int, int>*>);
  Map m;
  static_assert(std::is_same_v<decltype(m = {{1, 1}}), Map&>);
  const float before = m.max_load_factor();
  m.max_load_factor(0.5F);
  EXPECT_EQ(m.max_load_factor(), before) << "a hint without effect";
}

TEST(ContractTypes, AListIsAssignedToTheMapItself) {
  subject::map<int, int> m;
  static_assert(std::is_same_v<decltype(m = {{1, 1}}), subject::map<int, int>&>);
  EXPECT_EQ((m = {{1, 2}, {3, 4}}).at(3), 4);
}

// libstdc++'s views do not compile with Clang before version 16.
#if !defined(__clang__) || __clang_major__ >= 16
TYPED_TEST(Contract, ViewsOfKeysAndValues) {
  using Map = typename TestFixture::template map<int, int>;
  Map m{{1, 10}, {2, 20}};
  const Map& c = m;
  int sum = 0;
  for (const int key : m | std::views::keys) sum += key;
  for (const int key : c | std::views::keys) sum += key;
  for (const int value : c | std::views::values) sum += value;
  for (int& value : m | std::views::values) value *= 2;
  EXPECT_EQ(sum, 36);
  EXPECT_EQ(m.at(2), 40);
}
#endif

TEST(ContractDeduction, ListsOfPairsWithConstKeys) {
  using entry = std::pair<const int, long>;
  using hasher = std::hash<int>;
  const std::allocator<entry> alloc;
  const subject::map plain{entry{1, 1}, entry{2, 2}};
  const subject::map sized({entry{1, 1}, entry{2, 2}}, 42);
  const subject::map hashed({entry{1, 1}, entry{2, 2}}, 42, hasher());
  const subject::map compared({entry{1, 1}, entry{2, 2}}, 42, hasher(), std::equal_to<>());
  const subject::map allocated({entry{1, 1}, entry{2, 2}}, 42, alloc);
  const subject::map both({entry{1, 1}, entry{2, 2}}, 42, hasher(), alloc);
  const subject::map all({entry{1, 1}, entry{2, 2}}, 42, hasher(), std::equal_to<>(), alloc);
  const subject::map copied(plain, alloc);
  subject::map source(plain);
  const subject::map moved(std::move(source), alloc);
  const auto has_plain_key = [](const auto&... m) {
    return (std::is_same_v<typename std::remove_cvref_t<decltype(m)>::key_type, int> && ...);
  };
  EXPECT_TRUE(has_plain_key(plain, sized, hashed, compared, allocated, both, all, copied, moved));
  EXPECT_EQ(plain.size() + sized.size() + hashed.size() + compared.size() + allocated.size() +
                both.size() + all.size() + copied.size() + moved.size(),
            18U);
  static_assert(std::is_same_v<decltype(copied), decltype(plain)>);
}

}  // namespace
