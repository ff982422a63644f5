// The interface: everything std::unordered_map has but node handles and buckets, in every variant;
// and a program written for std::unordered_map that sees no difference.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <memory>
#include <numeric>
#include <ranges>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "allocators.hpp"
#include "payloads.hpp"
#include "subject.hpp"

namespace {

using namespace map_test;

// ---- what the types promise

template <class Map>
constexpr bool moves_without_throwing =
    std::is_nothrow_move_constructible_v<Map> && std::is_nothrow_move_assignable_v<Map> &&
    std::is_nothrow_swappable_v<Map> && std::is_nothrow_destructible_v<Map>;

template <class It>
using category = typename std::iterator_traits<It>::iterator_category;

template <class Map, class Key>
concept looks_up_by = requires(Map& m, const Map& c, Key key) {
  m.find(key), c.find(key), c.contains(key), c.count(key), m.at(key), c.at(key);
  m.equal_range(key), c.equal_range(key), m.erase(key);
};

template <class Variant>
class ApiTypes : public ::testing::Test {};
TYPED_TEST_SUITE(ApiTypes, subject::variants);

TYPED_TEST(ApiTypes, MoveWithoutThrowing) {
  static_assert(moves_without_throwing<typename TypeParam::template map<int, int>>);
  static_assert(moves_without_throwing<typename TypeParam::template map<std::string, std::string>>);
}

TYPED_TEST(ApiTypes, IteratorsAndReferences) {
  using ints = typename TypeParam::template map<int, int>;
  using iterator = typename ints::iterator;
  using const_iterator = typename ints::const_iterator;
  static_assert(std::forward_iterator<iterator> && std::ranges::forward_range<ints>);
  static_assert(std::is_convertible_v<iterator, const_iterator>);
  static_assert(!std::is_convertible_v<const_iterator, iterator>);
  static_assert(std::is_same_v<typename ints::value_type, std::pair<const int, int>>);
  static_assert(std::is_same_v<typename ints::size_type, std::size_t>);
  static_assert(std::uses_allocator_v<ints, typename ints::allocator_type>);
  constexpr bool real = TypeParam::has_pairs;
  static_assert(std::is_same_v<typename ints::reference, std::pair<const int, int>&> == real);
  if constexpr (real) {
    static_assert(std::forward_iterator<const_iterator>);
    static_assert(std::ranges::forward_range<const ints>);
    static_assert(std::is_same_v<category<iterator>, std::forward_iterator_tag>);
  }
}

TYPED_TEST(ApiTypes, LookUpByWhatViewsAsAKey) {
  using strings = typename TypeParam::template map<std::string, int>;
  using views = typename TypeParam::template map<std::string_view, int>;
  using opaque =
      typename TypeParam::template map<std::string, int, std::hash<std::string>, std::equal_to<>>;
  static_assert(looks_up_by<strings, std::string_view>);
  static_assert(looks_up_by<strings, const char*>);
  static_assert(looks_up_by<views, std::string>);
  static_assert(looks_up_by<opaque, std::string>);
  static_assert(!looks_up_by<opaque, std::string_view>,
                "both the hash and the equality must be transparent");
}

TYPED_TEST(ApiTypes, TheLoadIsBounded) {
  const typename TypeParam::template map<std::string, int> m;
  EXPECT_EQ(m.max_load_factor(), TypeParam::max_load);
}

// ---- one body for every variant

template <class Map>
class Api : public ::testing::Test {};
using tables = tables_of<subject::variants, std::string, int>::type;
TYPED_TEST_SUITE(Api, tables);

template <class Map>
Map abc() {
  return Map{{"a", 1}, {"b", 2}, {"c", 3}};
}

/// A power of two, so that no bucket has more entries than it should.
std::size_t buckets_for(std::size_t n, float max_load) {
  return std::bit_ceil(static_cast<std::size_t>(std::ceil(static_cast<float>(n) / max_load)));
}

TYPED_TEST(Api, Constructors) {
  using Map = TypeParam;
  const typename Map::hasher hash;
  const typename Map::key_equal equal;
  const typename Map::allocator_type alloc;
  const Map made = abc<Map>();
  const std::vector<std::pair<std::string, int>> pairs{{"a", 1}, {"b", 2}, {"c", 3}, {"a", 9}};
  const auto first = pairs.begin(), last = pairs.end();

  EXPECT_TRUE(Map().empty());
  EXPECT_TRUE(Map(alloc).empty());
  for (const Map& m : {Map(100), Map(100, hash), Map(100, hash, equal), Map(100, alloc),
                       Map(100, hash, alloc), Map(100, hash, equal, alloc)}) {
    EXPECT_TRUE(m.empty());
    EXPECT_TRUE(Map(m).empty());
  }
  EXPECT_EQ(Map(100).bucket_count(), buckets_for(100, made.max_load_factor()));
  for (const Map& m :
       {Map(first, last), Map(first, last, 100), Map(first, last, 100, hash),
        Map(first, last, 100, hash, equal), Map(first, last, 100, alloc),
        Map(first, last, 100, hash, alloc), Map(first, last, 100, hash, equal, alloc)}) {
    EXPECT_EQ(m, made);
  }
  using list = std::initializer_list<typename Map::value_type>;
  const list entries{{"a", 1}, {"b", 2}, {"c", 3}, {"a", 9}};
  for (const Map& m : {Map(entries), Map(entries, 100), Map(entries, 100, hash),
                       Map(entries, 100, hash, equal), Map(entries, 100, alloc),
                       Map(entries, 100, hash, alloc), Map(entries, 100, hash, equal, alloc)}) {
    EXPECT_EQ(m, made);
    EXPECT_EQ(Map(m, alloc), made);
    EXPECT_EQ(Map(Map(m), alloc), made);
  }
}

TYPED_TEST(Api, Assignment) {
  TypeParam m{{"x", 7}};
  const TypeParam other = abc<TypeParam>();
  m = other;
  EXPECT_EQ(m, other);
  m = TypeParam{{"y", 8}};
  EXPECT_EQ(m, (TypeParam{{"y", 8}}));
  m = {{"z", 9}, {"z", 10}};
  EXPECT_EQ(m, (TypeParam{{"z", 9}}));
  m = {};
  EXPECT_TRUE(m.empty());
}

TYPED_TEST(Api, SelfAssignmentAndSelfSwapChangeNothing) {
  TypeParam m = abc<TypeParam>();
  TypeParam& same = m;
  m = same;
  EXPECT_EQ(m, abc<TypeParam>());
  m = std::move(same);
  EXPECT_EQ(m, abc<TypeParam>());
  m.swap(same);
  swap(m, same);
  EXPECT_EQ(m, abc<TypeParam>());
  m.merge(same);
  EXPECT_EQ(m, abc<TypeParam>());
  EXPECT_SOUND(m);
}

TYPED_TEST(Api, AMovedFromTableIsEmptyAndUsable) {
  TypeParam m = abc<TypeParam>();
  const TypeParam taken = std::move(m);
  EXPECT_TRUE(m.empty());
  EXPECT_EQ(m.begin(), m.end());
  EXPECT_FALSE(m.contains("a"));
  EXPECT_SOUND(m);
  m["d"] = 4;
  EXPECT_EQ(m.at("d"), 4);
  TypeParam assigned;
  assigned = std::move(m);
  EXPECT_TRUE(m.empty());
  m.insert({"e", 5});
  EXPECT_EQ(m.size(), 1U);
  EXPECT_EQ(assigned, (TypeParam{{"d", 4}}));
  EXPECT_EQ(taken, abc<TypeParam>());
}

TYPED_TEST(Api, MovingAndSwappingKeepReferences) {
  TypeParam a = abc<TypeParam>();
  TypeParam b{{"z", 26}};
  const int* one = &a.at("a");
  const int* z = &b.at("z");
  a.swap(b);
  EXPECT_EQ(&b.at("a"), one);
  swap(a, b);
  EXPECT_EQ(&a.at("a"), one);
  EXPECT_EQ(&b.at("z"), z);
  TypeParam c = std::move(a);
  EXPECT_EQ(&c.at("a"), one);
}

TYPED_TEST(Api, Size) {
  TypeParam m;
  EXPECT_TRUE(m.empty());
  EXPECT_EQ(m.bucket_count(), 0U);
  EXPECT_EQ(m.load_factor(), 0.0F);
  m = abc<TypeParam>();
  EXPECT_FALSE(m.empty());
  EXPECT_EQ(m.size(), 3U);
  EXPECT_EQ(m.load_factor(), 3.0F);
  EXPECT_GT(m.max_size(), std::size_t{1} << (sizeof(std::size_t) == 8 ? 48 : 20));
  m.rehash(5);
  EXPECT_EQ(m.bucket_count(), 8U);
  m.rehash(0);
  EXPECT_EQ(m.bucket_count(), subject::rehash_shrinks ? 1U : 8U);
  m.reserve(static_cast<std::size_t>(16 * m.max_load_factor()) + 1);
  EXPECT_EQ(m.bucket_count(), 32U);
  EXPECT_EQ(m, abc<TypeParam>());
  if constexpr (requires { m.shrink_to_fit(); }) {
    m.shrink_to_fit();
    EXPECT_EQ(m.bucket_count(), 1U);
    EXPECT_EQ(m, abc<TypeParam>());
    m.clear();
    m.shrink_to_fit();
    EXPECT_EQ(m.bucket_count(), 0U);
  }
  TypeParam fresh;
  fresh.rehash(3);
  EXPECT_EQ(fresh.bucket_count(), 4U);
}

TYPED_TEST(Api, AbsurdSizesThrowAtOnceAndChangeNothing) {
  TypeParam m = abc<TypeParam>();
  for (const std::size_t n : {m.max_size() + 1, ~std::size_t{0} / 4 + 1, ~std::size_t{0}}) {
    EXPECT_THROW(m.reserve(n), std::length_error);
  }
  EXPECT_THROW(m.rehash(~std::size_t{0}), std::length_error);
  EXPECT_EQ(m, abc<TypeParam>());
  EXPECT_EQ(m.bucket_count(), 1U);
}

TYPED_TEST(Api, Lookup) {
  TypeParam m = abc<TypeParam>();
  const TypeParam& c = m;
  const std::string a = "a", absent = "absent";
  EXPECT_EQ(m.find(a)->second, 1);
  EXPECT_EQ((*c.find(a)).first, "a");
  EXPECT_EQ(m.find(absent), m.end());
  EXPECT_EQ(c.find(absent), c.cend());
  EXPECT_EQ(c.count(a), 1U);
  EXPECT_EQ(c.count(absent), 0U);
  EXPECT_TRUE(c.contains(a));
  EXPECT_FALSE(c.contains(absent));
  m.at(a) = 10;
  EXPECT_EQ(c.at(a), 10);
  EXPECT_THROW(m.at(absent), std::out_of_range);
  EXPECT_THROW(static_cast<void>(c.at(absent)), std::out_of_range);

  const auto [first, last] = m.equal_range(a);
  EXPECT_EQ(std::distance(first, last), 1);
  EXPECT_EQ(first, m.find(a));
  const auto [none, none_end] = c.equal_range(absent);
  EXPECT_EQ(none, none_end);
  EXPECT_EQ(TypeParam().find(a), TypeParam().end());
}

TYPED_TEST(Api, TransparentLookup) {
  TypeParam m = abc<TypeParam>();
  const TypeParam& c = m;
  const std::string_view a = "a", absent = "absent";
  EXPECT_EQ(m.find(a)->second, 1);
  EXPECT_EQ(c.find("b")->second, 2);
  EXPECT_EQ(c.find(absent), c.end());
  EXPECT_TRUE(c.contains(a) && c.contains("b"));
  EXPECT_EQ(c.count(a) + c.count(absent), 1U);
  EXPECT_EQ(m.at(a) + c.at("b"), 3);
  EXPECT_THROW(m.at(absent), std::out_of_range);
  EXPECT_EQ(m.equal_range(a).first, m.find("a"));
  EXPECT_EQ(c.equal_range(absent).first, c.end());
  EXPECT_EQ(m.erase(a), 1U);
  EXPECT_EQ(m.erase("b"), 1U);
  EXPECT_EQ(m.erase(absent), 0U);
  EXPECT_EQ(m, (TypeParam{{"c", 3}}));
}

TYPED_TEST(Api, Subscript) {
  TypeParam m;
  const std::string a = "a";
  EXPECT_EQ(m[a], 0);
  m[a] = 1;
  ++m["b"];
  EXPECT_EQ(m, (TypeParam{{"a", 1}, {"b", 1}}));
  EXPECT_EQ(&m[a], &m.at(a));
}

TYPED_TEST(Api, Insert) {
  using Map = TypeParam;
  Map m;
  const typename Map::value_type entry{"a", 1};
  auto [at, inserted] = m.insert(entry);
  EXPECT_TRUE(inserted);
  EXPECT_EQ(at->first, "a");
  EXPECT_FALSE(m.insert({"a", 9}).second);
  EXPECT_TRUE(m.insert(typename Map::value_type{"b", 2}).second);
  EXPECT_TRUE(m.insert(std::pair<const char*, short>{"c", short{3}}).second);
  EXPECT_EQ(m.insert(m.end(), entry)->second, 1);
  EXPECT_EQ(m.insert(m.begin(), typename Map::value_type{"d", 4})->second, 4);
  EXPECT_EQ(m.insert(m.begin(), std::pair<const char*, int>{"e", 5})->second, 5);
  m.insert({{"f", 6}, {"a", 99}});
  const std::vector<std::pair<std::string, int>> more{{"g", 7}, {"b", 99}};
  m.insert(more.begin(), more.end());
  EXPECT_EQ(m, (Map{{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}, {"e", 5}, {"f", 6}, {"g", 7}}));
}

struct read_pair : std::pair<std::string, int> {
  friend std::istream& operator>>(std::istream& in, read_pair& p) {
    return in >> p.first >> p.second;
  }
};

TYPED_TEST(Api, InputIteratorsAreReadOnce) {
  std::istringstream some("a 1 b 2 a 9"), more("b 8 c 3");
  using It = std::istream_iterator<read_pair>;
  TypeParam m(It{some}, It{});
  m.insert(It{more}, It{});
  EXPECT_EQ(m, abc<TypeParam>());
}

TYPED_TEST(Api, Emplace) {
  TypeParam m;
  EXPECT_TRUE(m.emplace("a", 1).second);
  EXPECT_FALSE(m.emplace("a", 2).second);
  EXPECT_TRUE(m.emplace(std::pair<std::string, int>("b", 2)).second);
  EXPECT_TRUE(
      m.emplace(std::piecewise_construct, std::forward_as_tuple(2, 'c'), std::forward_as_tuple(3))
          .second);
  EXPECT_TRUE(m.emplace().second);
  EXPECT_EQ(m.emplace_hint(m.end(), "d", 4)->second, 4);
  EXPECT_EQ(m.emplace_hint(m.begin(), "d", 5)->second, 4);
  EXPECT_EQ(m, (TypeParam{{"a", 1}, {"b", 2}, {"cc", 3}, {"", 0}, {"d", 4}}));
}

TYPED_TEST(Api, TryEmplace) {
  TypeParam m;
  const std::string a = "a";
  EXPECT_TRUE(m.try_emplace(a, 1).second);
  EXPECT_FALSE(m.try_emplace(a, 2).second);
  EXPECT_TRUE(m.try_emplace(std::string("b"), 2).second);
  EXPECT_TRUE(m.try_emplace("default").second);
  EXPECT_EQ(m.try_emplace(m.end(), a, 3)->second, 1);
  EXPECT_EQ(m.try_emplace(m.end(), std::string("c"), 3)->second, 3);
  EXPECT_EQ(m, (TypeParam{{"a", 1}, {"b", 2}, {"c", 3}, {"default", 0}}));
}

TYPED_TEST(Api, TryEmplaceLeavesAnUnusedKeyAlone) {
  TypeParam m{{"a long key that has memory of its own", 1}};
  std::string key = "a long key that has memory of its own";
  m.try_emplace(std::move(key), 2);
  EXPECT_EQ(key, "a long key that has memory of its own");
}

TYPED_TEST(Api, InsertOrAssign) {
  TypeParam m;
  const std::string a = "a";
  EXPECT_TRUE(m.insert_or_assign(a, 1).second);
  const auto [at, inserted] = m.insert_or_assign(a, 2);
  EXPECT_FALSE(inserted);
  EXPECT_EQ(at->second, 2);
  EXPECT_TRUE(m.insert_or_assign(std::string("b"), 3).second);
  EXPECT_EQ(m.insert_or_assign(m.end(), a, 4)->second, 4);
  EXPECT_EQ(m.insert_or_assign(m.end(), std::string("c"), 5)->second, 5);
  EXPECT_EQ(m, (TypeParam{{"a", 4}, {"b", 3}, {"c", 5}}));
}

TYPED_TEST(Api, Erase) {
  TypeParam m = abc<TypeParam>();
  const std::string a = "a";
  EXPECT_EQ(m.erase(a), 1U);
  EXPECT_EQ(m.erase(a), 0U);
  m.erase(m.find("b"));
  const TypeParam& c = m;
  EXPECT_EQ(m.erase(c.find("c")), m.end());
  EXPECT_TRUE(m.empty());
  m = abc<TypeParam>();
  EXPECT_EQ(m.erase(m.begin(), m.begin()), m.begin());
  EXPECT_EQ(m.erase(std::next(m.cbegin()), m.cend()), m.end());
  EXPECT_EQ(m.size(), 1U);
  m.clear();
  EXPECT_TRUE(m.empty());
  m.clear();
  EXPECT_SOUND(m);
}

TYPED_TEST(Api, ErasingInTheLoopVisitsEveryEntryOnce) {
  TypeParam m = filled<TypeParam>(1'000);
  long sum = 0;
  for (auto it = m.begin(); it != m.end();) {
    sum += it->second;
    it = it->second % 3 == 0 ? m.erase(it) : std::next(it);
  }
  EXPECT_EQ(sum, 999 * 1'000 / 2);
  EXPECT_EQ(m.size(), 666U);
  EXPECT_SOUND(m);
  for (auto it = m.begin(); it != m.end();) it = m.erase(it);
  EXPECT_TRUE(m.empty());
}

TYPED_TEST(Api, EraseIf) {
  TypeParam m = filled<TypeParam>(100);
  EXPECT_EQ(erase_if(m, [](const auto& entry) { return entry.second % 2 == 0; }), 50U);
  EXPECT_EQ(m.size(), 50U);
  EXPECT_TRUE(
      std::all_of(m.begin(), m.end(), [](const auto& entry) { return entry.second % 2 == 1; }));
  EXPECT_EQ(erase_if(m, [](const auto&) { return false; }), 0U);
}

TYPED_TEST(Api, Merge) {
  TypeParam m = abc<TypeParam>();
  TypeParam other{{"c", 33}, {"d", 4}};
  m.merge(other);
  EXPECT_EQ(m, (TypeParam{{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}}));
  EXPECT_EQ(other, (TypeParam{{"c", 33}}));
  m.merge(TypeParam{{"e", 5}});
  EXPECT_EQ(m.at("e"), 5);
  subject::foreign<std::string, int> foreign{{"f", 6}};
  m.merge(foreign);
  EXPECT_EQ(m.at("f"), 6);
  EXPECT_TRUE(foreign.empty());
}

TYPED_TEST(Api, Equality) {
  const TypeParam m = abc<TypeParam>();
  const TypeParam backwards{{"c", 3}, {"b", 2}, {"a", 1}};
  EXPECT_TRUE(m == backwards);
  EXPECT_FALSE(m != backwards);
  EXPECT_NE(m, (TypeParam{{"a", 1}, {"b", 2}}));
  EXPECT_NE(m, (TypeParam{{"a", 1}, {"b", 2}, {"c", 4}}));
  EXPECT_NE(m, (TypeParam{{"a", 1}, {"b", 2}, {"d", 3}}));
  EXPECT_EQ(TypeParam(), TypeParam(100));
}

TYPED_TEST(Api, Iterators) {
  TypeParam m = abc<TypeParam>();
  const TypeParam& c = m;
  typename TypeParam::iterator it = m.begin();
  typename TypeParam::const_iterator cit = it;
  EXPECT_TRUE(it == cit && cit == it);
  EXPECT_EQ(it++, m.begin());
  EXPECT_NE(it, cit);
  EXPECT_EQ(++cit, it);
  EXPECT_EQ(std::distance(c.begin(), c.end()), 3);
  EXPECT_EQ(std::distance(m.cbegin(), m.cend()), 3);
  for (auto&& [key, value] : m) value *= 10;
  EXPECT_EQ(m, (TypeParam{{"a", 10}, {"b", 20}, {"c", 30}}));
  it = m.find("a");
  it->second = 5;
  EXPECT_EQ(m.at("a"), 5);
  EXPECT_EQ(TypeParam(100).begin(), TypeParam(100).end());
}

TYPED_TEST(Api, Functors) {
  const TypeParam m = abc<TypeParam>();
  EXPECT_TRUE(m.key_eq()("a", "a"));
  EXPECT_EQ(m.hash_function()("a", 1U), m.hash_function()(std::string("a"), 1U));
  EXPECT_EQ(m.get_allocator(), typename TypeParam::allocator_type());
}

TYPED_TEST(Api, ArgumentsMayBeEntriesOfTheTable) {
  TypeParam m;
  m["seed"] = 1;
  // Every size from one entry to hundreds: any of these inserts may start a growth.
  for (int i = 0; i < 300; ++i) {
    m.try_emplace("t" + std::to_string(i), m.at("seed"));
    m.insert_or_assign("i" + std::to_string(i), m.at("seed"));
    ASSERT_EQ(m.at("i" + std::to_string(i)), 1);
    ASSERT_FALSE(m.insert(*m.begin()).second);
    ASSERT_EQ(m.erase(m.find("t" + std::to_string(i))->first), 1U);
  }
  EXPECT_EQ(m.size(), 301U);
  EXPECT_SOUND(m);
}

TYPED_TEST(Api, ATableMayInsertItsOwnRange) {
  for (std::uint64_t n = 0; n < 120; ++n) {
    TypeParam m = filled<TypeParam>(n);
    const TypeParam before = m;
    m.insert(m.begin(), m.end());
    ASSERT_EQ(m, before) << n;
    m.insert(m.cbegin(), m.cend());
    ASSERT_EQ(m, before) << n;
    ASSERT_SOUND(m);
  }
}

TYPED_TEST(Api, ATableMayInsertItsOwnRangeEvenIfThatEndsItsGrowth) {
  // Inserting a key that is there may move chains too: the range must not be iterated meanwhile.
  for (int steps = 0; steps < 16; ++steps) {
    TypeParam m = filled<TypeParam>(100);
    for (std::uint64_t i = 100; !inspect(m).growing; ++i) {
      m.try_emplace(key<TypeParam>(i), value<TypeParam>(i));
    }
    for (int i = 0; i < steps; ++i) m.erase("absent");
    // What is left is at the end of an iteration: in chains that growth has not reached.
    for (auto it = m.begin(); m.size() > 6;) it = m.erase(it);
    const TypeParam before = m;
    m.insert(m.begin(), m.end());
    ASSERT_EQ(m, before) << steps;
    ASSERT_SOUND(m);
  }
}

#if defined(__cpp_lib_memory_resource)
TEST(ApiAllocations, TransparentLookupMakesNoKey) {
  counting_resource memory;
  const default_resource_is guard(&memory);
  subject::map<std::pmr::string, int> m;
  const std::string_view present = "a key that is too long to be stored in place";
  m.try_emplace(std::pmr::string(present), 1);
  const std::size_t before = memory.allocations();
  EXPECT_TRUE(m.contains(present));
  EXPECT_EQ(m.find(present)->second, 1);
  EXPECT_EQ(m.at(present), 1);
  EXPECT_EQ(m.count("another key that is too long to be stored in place"), 0U);
  EXPECT_EQ(m.erase(present), 1U);
  EXPECT_EQ(memory.allocations(), before);
  m.try_emplace(std::pmr::string(present), 1);
  EXPECT_GT(memory.allocations(), before) << "the count must be able to rise";
}
#endif

// ---- deduction

TEST(ApiDeduction, GuidesAreThoseOfUnorderedMap) {
  using strings = subject::map<std::string, int>;
  const std::vector<std::pair<std::string, int>> pairs{{"a", 1}};
  const std::allocator<std::pair<const std::string, int>> alloc;
  const subject::map from_range(pairs.begin(), pairs.end());
  static_assert(std::is_same_v<decltype(from_range), const strings>);
  const subject::map from_list{std::pair<std::string, int>{"a", 1}, {"b", 2}};
  static_assert(std::is_same_v<decltype(from_list), const strings>);
  const subject::map with_hash(pairs.begin(), pairs.end(), 10, std::hash<std::string>());
  static_assert(std::is_same_v<decltype(with_hash)::hasher, std::hash<std::string>>);
  const subject::map with_alloc(pairs.begin(), pairs.end(), 10, alloc);
  static_assert(std::is_same_v<decltype(with_alloc), const strings>);
  const subject::map with_both(pairs.begin(), pairs.end(), 10, std::hash<std::string>(), alloc);
  static_assert(std::is_same_v<decltype(with_both), decltype(with_hash)>);
  const subject::map copied(from_range);
  static_assert(std::is_same_v<decltype(copied), const strings>);
  EXPECT_EQ(from_range.size() + from_list.size() + with_hash.size() + with_alloc.size() +
                with_both.size(),
            6U);
  EXPECT_EQ(copied, from_range);
}

// ---- a program written for std::unordered_map

template <class Map>
std::string sorted_text(const Map& m) {
  std::vector<std::string> lines;
  for (const auto& [word, n] : m) lines.push_back(word + '=' + std::to_string(n) + ' ');
  std::sort(lines.begin(), lines.end());
  return std::accumulate(lines.begin(), lines.end(), std::string());
}

/// Counts words, edits the counts in many ways, and writes down whatever it can see.
template <template <class...> class Map>
std::string count_words(const std::string& text) {
  using counts_map = Map<std::string, int>;
  using value_type = typename counts_map::value_type;
  std::ostringstream seen;

  counts_map counts;
  std::istringstream in(text);
  for (std::string word; in >> word;) ++counts[word];
  seen << sorted_text(counts) << counts.size() << '\n';

  for (std::pair<const std::string, int>& entry : counts) entry.second *= 10;
  for (auto& [word, n] : counts) n += static_cast<int>(word.size());
  std::for_each(counts.begin(), counts.end(), [](value_type& entry) { entry.second -= 1; });
  seen << sorted_text(counts) << '\n';

  typename counts_map::iterator it = counts.find("the");
  seen << (it != counts.end()) << it->first << it->second << counts.count("gopher") << '\n';
  value_type* address = &*it;
  address->second = 1000;
  seen << counts.at("the") << '\n';

  const auto most = std::max_element(
      counts.cbegin(), counts.cend(),
      [](const value_type& a, const value_type& b) { return a.second < b.second; });
  seen << most->first << '\n';

  seen << counts.insert(std::make_pair("new", 1)).second << counts.insert({"new", 2}).second
       << counts.emplace("newer", 3).second << counts.try_emplace("newest", 4).first->second
       << counts.insert_or_assign("newest", 5).first->second << '\n';

  for (auto i = counts.begin(); i != counts.end();) {
    i = i->second > 500 ? counts.erase(i) : std::next(i);
  }
  const std::size_t removed = erase_if(counts, [](const value_type& e) { return e.second == 3; });
  seen << sorted_text(counts) << removed << '\n';

  Map<int, std::string> by_count;
  std::transform(counts.begin(), counts.end(), std::inserter(by_count, by_count.end()),
                 [](const value_type& e) { return std::pair<int, std::string>(e.second % 7, ""); });
  seen << by_count.size() << '\n';

  counts_map other(counts.begin(), counts.end(), 100);
  seen << (other == counts);
  other.merge(counts_map{{"merged", 1}, {"new", 77}});
  swap(other, counts);
  seen << (other == counts) << sorted_text(counts) << other.erase("new") << '\n';
  try {
    other.at("new") = 1;
  } catch (const std::out_of_range&) {
    seen << "out of range\n";
  }
  other.clear();
  other = std::move(counts);
  counts = {{"again", 1}};
  seen << sorted_text(other) << sorted_text(counts) << other.equal_range("merged").first->second;
  return seen.str();
}

TEST(ApiDropIn, AProgramForUnorderedMapRunsAlike) {
  const std::string text =
      "the quick brown fox jumps over the lazy dog and the dog does not mind the fox at all "
      "while one two three four five six seven eight nine ten other words make the table grow";
  EXPECT_EQ(count_words<subject::drop_in>(text), count_words<std::unordered_map>(text));
}

}  // namespace
