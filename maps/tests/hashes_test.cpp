// Hashes and keys: what a hash says about itself, keys that are wide or empty or convert to the
// key, and tables that share one hash's bits out among them.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "payloads.hpp"
#include "subject.hpp"
#include "variant_test.hpp"

namespace {

using namespace map_test;

template <class Variant>
class Hashes : public VariantTest<Variant> {};
TYPED_TEST_SUITE(Hashes, subject::variants);

/// What the longest chain of 20,000 keys is with any good hash; a bad one makes it thousands.
constexpr std::size_t spread = 64;

struct says_no {
  using is_avalanching = std::false_type;
  std::size_t operator()(std::uint64_t x) const noexcept { return x; }
};
struct says_nothing {
  std::size_t operator()(std::uint64_t x) const noexcept { return x; }
};

TYPED_TEST(Hashes, OneThatSaysItDoesNotAvalancheIsMixed) {
  typename TestFixture::template map<std::uint64_t, int, says_no> no;
  typename TestFixture::template map<std::uint64_t, int, says_nothing> nothing;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    no.try_emplace(i << 12, 0);
    nothing.try_emplace(i << 12, 0);
  }
  EXPECT_LT(subject::longest_chain(no), spread);
  EXPECT_LT(subject::longest_chain(nothing), spread);
}

struct avalanching {
  using is_avalanching = void;
  std::uint64_t operator()(std::uint64_t x) const noexcept {
    x = (x ^ x >> 32) * 0xe9846af9b1a615d;
    x = (x ^ x >> 32) * 0xe9846af9b1a615d;
    return x ^ x >> 28;
  }
};

/// A server with many tables chooses one by the hash that the table chooses its bucket with.
TYPED_TEST(Hashes, TablesMayShareKeysOutByTheBitsOfTheirHash) {
  using Map = typename TestFixture::template map<std::uint64_t, int, avalanching>;
  constexpr avalanching hash;
  const auto longest_with = [&](auto belongs) {
    Map m;
    for (std::uint64_t i = 0; m.size() < 20'000; ++i) {
      if (belongs(hash(i))) m.try_emplace(i, 0);
    }
    return subject::longest_chain(m);
  };
  EXPECT_LT(longest_with([](std::uint64_t h) { return h % 64 == 5; }), spread);
  EXPECT_LT(longest_with([](std::uint64_t h) { return h >> 58 == 5; }), spread);
  EXPECT_LT(longest_with([](std::uint64_t h) { return h % 61 == 5; }), spread);
}

#if defined(__SIZEOF_INT128__)
TYPED_TEST(Hashes, WideIntegersAreHashedWhole) {
  __extension__ using wide = unsigned __int128;
  typename TestFixture::template map<wide, int> m;
  for (int i = 0; i < 5'000; ++i) m.try_emplace(wide(i) << 64 | 7, i);
  for (int i = 0; i < 5'000; ++i) ASSERT_EQ(m.at(wide(i) << 64 | 7), i);
  EXPECT_LT(subject::longest_chain(m), spread);
}
#endif

TYPED_TEST(Hashes, EmptyStringsWithoutAnAddress) {
  typename TestFixture::template map<std::string_view, int> views;
  views[std::string_view()] = 1;
  views[std::string_view("", 0)] += 1;
  EXPECT_EQ(views.size(), 1U);
  EXPECT_EQ(views.at(""), 2);
  typename TestFixture::template map<std::string, int> strings;
  strings[""] = 5;
  EXPECT_EQ(strings.at(std::string_view()), 5);
  EXPECT_EQ(strings.erase(std::string_view()), 1U);
  typename TestFixture::template map<std::wstring, int> wide;
  wide[L""] = 1;
  EXPECT_TRUE(wide.contains(std::wstring_view()));
}

/// Converts to std::string, and not to std::string_view.
struct named {
  operator std::string() const { return "name"; }
};

template <class Map, class Key>
void look_up_by(const Key& key) {
  Map m;
  m.try_emplace("name", 1);
  const Map& c = m;
  EXPECT_TRUE(c.contains(key));
  EXPECT_EQ(m.find(key)->second, 1);
  EXPECT_EQ(c.find(key)->second, 1);
  EXPECT_EQ(m.at(key), 1);
  EXPECT_EQ(c.at(key), 1);
  EXPECT_EQ(c.count(key), 1U);
  EXPECT_TRUE(m.equal_range(key).first != m.end());
  EXPECT_TRUE(c.equal_range(key).first != c.end());
  EXPECT_EQ(m.erase(key), 1U);
}

TYPED_TEST(Hashes, KeysAreLookedUpByWhatConvertsToThem) {
  using strings = typename TestFixture::template map<std::string, int>;
  using opaque = typename TestFixture::template map<std::string, int, std::hash<std::string>,
                                                    std::equal_to<std::string>>;
  std::string name = "name";
  look_up_by<strings>(named());
  look_up_by<opaque>(named());
  look_up_by<strings>(std::filesystem::path("name"));
  look_up_by<opaque>(std::filesystem::path("name"));
  look_up_by<strings>(std::ref(name));
  look_up_by<opaque>(std::ref(name));
}

/// Upper and lower case are the same to these.
struct caseless : std::char_traits<char> {
  static char lower(char c) { return static_cast<char>(c | 32); }
  static bool eq(char a, char b) { return lower(a) == lower(b); }
  static bool lt(char a, char b) { return lower(a) < lower(b); }
  static int compare(const char* a, const char* b, std::size_t n) {
    for (; n != 0; --n, ++a, ++b) {
      if (lt(*a, *b) || lt(*b, *a)) return lt(*a, *b) ? -1 : 1;
    }
    return 0;
  }
};
using caseless_string = std::basic_string<char, caseless>;

struct caseless_hash {
  std::size_t operator()(const caseless_string& s) const {
    std::size_t h = 0;
    for (const char c : s) h = h * 31 + static_cast<std::size_t>(caseless::lower(c));
    return h;
  }
};

TYPED_TEST(Hashes, StringsWithTraitsOfTheirOwn) {
  typename TestFixture::template map<caseless_string, int, caseless_hash> m;
  for (int i = 0; i < 200; ++i) m.try_emplace(("Key" + std::to_string(i)).c_str(), i);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(m.at(("kEY" + std::to_string(i)).c_str()), i);
  EXPECT_FALSE(m.try_emplace("KEY7", 0).second);
  // Bytes would not do, and only the traits know: there is no default.
  static_assert(
      !std::is_invocable_v<subject::hash<caseless_string>, caseless_string, std::uint32_t>);
  static_assert(std::is_invocable_v<subject::hash<std::string>, std::string, std::uint32_t>);
}

}  // namespace
