// Erasing in places where it used to be slow or unsafe: from tables that are nearly empty, from
// the front until nothing is left, and entries whose destructors use the table.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sys/resource.h>
#endif

#include "payloads.hpp"
#include "subject.hpp"
#include "variant_test.hpp"

namespace {

using namespace map_test;

template <class Variant>
class Erasure : public VariantTest<Variant> {};
TYPED_TEST_SUITE(Erasure, subject::variants);

TYPED_TEST(Erasure, ReturnsTheNextEntryToWhoeverAsks) {
  using Map = typename TestFixture::template map<int, std::string>;
  Map m;
  for (int i = 0; i < 300; ++i) m.try_emplace(i, std::to_string(i));
  std::vector<int> order;
  for (auto&& [key, value] : m) order.push_back(key);

  auto it = m.begin();
  it = m.erase(it);
  EXPECT_EQ(it->first, order[1]);
  const typename Map::const_iterator next = m.erase(it);
  EXPECT_EQ(next->first, order[2]);
  const auto unnamed = m.erase(next);
  EXPECT_EQ(unnamed->first, order[3]);
  EXPECT_EQ((*unnamed).second, std::to_string(order[3]));
  EXPECT_TRUE(unnamed == m.begin());
  EXPECT_FALSE(unnamed == m.end());
  EXPECT_TRUE(m.erase(std::next(m.begin(), static_cast<std::ptrdiff_t>(m.size() - 1))) == m.end());
  const bool first = true;
  it = first ? m.erase(m.begin()) : m.end();
  EXPECT_EQ(it->first, order[4]);
  EXPECT_EQ(m.size(), 295U);
  EXPECT_SOUND(m);
}

#if defined(__linux__)
long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

/// Iterating through a reserved table to the next entry reads its memory for the first time,
/// page by page.
TYPED_TEST(Erasure, DoesNotWalkToAnEntryThatNobodyAsksFor) {
  using Map = typename TestFixture::template map<std::uint64_t, std::uint64_t>;
  Map m;
  m.reserve(2'000'000);
  m.try_emplace(1, 1);
  for (std::uint64_t i = 2; i < 12; ++i) {
    m.try_emplace(i, i);
    const long before = page_faults();
    m.erase(m.find(i));
    EXPECT_LT(page_faults() - before, 20);
  }
  EXPECT_EQ(m.size(), 1U);
}
#endif

/// A work list. Beside the entries that are taken from the front others are put in, before and
/// behind it.
TYPED_TEST(Erasure, DrainedFromTheFront) {
  using Map = typename TestFixture::template map<std::uint64_t, std::uint64_t>;
  constexpr std::uint64_t n = 100'000;
  Map m;
  for (std::uint64_t i = 0; i < n; ++i) m.try_emplace(i, i);
  random_stream random(5);
  std::uint64_t taken = 0, sum = 0, fresh = n;
  while (!m.empty()) {
    const auto first = m.begin();
    sum += first->first;
    m.erase(first);
    if (++taken % 16 == 0 && fresh < n + n / 20) m.try_emplace(fresh++, 0);
    if (random.below(10'000) == 0) {
      ASSERT_SOUND(m);
    }
  }
  EXPECT_EQ(taken, fresh);
  EXPECT_EQ(sum, fresh * (fresh - 1) / 2);
  EXPECT_TRUE(m.begin() == m.end());
  m.try_emplace(1, 1);
  EXPECT_EQ(m.begin()->first, 1U);
}

/// The same through a table whose begin() is called while it grows, moves and is copied.
TYPED_TEST(Erasure, TheFirstEntryIsFoundWhateverHappens) {
  using Map = typename TestFixture::template map<std::uint64_t, std::uint64_t>;
  random_stream random(9);
  Map m;
  std::uint64_t next = 0;
  const auto is_complete = [](const Map& table) {
    return static_cast<std::size_t>(std::distance(table.begin(), table.end())) == table.size();
  };
  for (int step = 0; step < 4'000; ++step) {
    switch (random.below(8)) {
      case 0: m = Map(std::move(m)); break;
      case 1:
        if (random.below(40) == 0) m.clear();
        break;
      case 2:
        if (random.below(20) == 0) m.rehash(0);
        break;
      case 3:
        if (random.below(40) == 0) m.reserve(m.size() * 2);
        break;
      case 4:
      case 5:
        for (int i = 0; i < 20; ++i) m.try_emplace(next++, 0);
        break;
      default:
        for (int i = 0; i < 20 && !m.empty(); ++i) m.erase(m.begin());
    }
    ASSERT_TRUE(is_complete(m)) << step;
  }
}

// ---- destructors that use the table

/// Whose end puts something into a table, or takes something out: an eviction hook. The text ends
/// after that.
class hooked {
 public:
  std::string text;
  std::function<void()> on_end;

  explicit hooked(std::string t) : text(std::move(t)) {}
  hooked(hooked&& o) noexcept : text(std::move(o.text)), on_end(std::exchange(o.on_end, nullptr)) {}
  hooked& operator=(hooked&& o) noexcept {
    text = std::move(o.text);
    const auto end_old = std::exchange(on_end, std::exchange(o.on_end, nullptr));
    if (end_old) end_old();
    return *this;
  }
  ~hooked() {
    if (on_end) on_end();
  }
};

const std::string long_text = "a text that is too long for the string object itself, number ";

TYPED_TEST(Erasure, DestructorsMayInsert) {
  using Map = typename TestFixture::template map<int, hooked>;
  for (const int entries : {6, 8, 15, 100, subject::entries_in_growth}) {
    Map m;
    for (int i = 0; i < entries; ++i) m.try_emplace(i, long_text + std::to_string(i));
    for (int i = 0; i < entries; ++i) {
      m.at(i).on_end = [&m, i] {
        for (int k = 1; k < 4; ++k) m.try_emplace(i + 1'000 * k, long_text + std::to_string(-i));
      };
    }
    for (int i = 0; i < entries; i += 2) EXPECT_EQ(m.erase(i), 1U);
    for (int i = 1; i < entries; i += 2) m.erase(m.find(i));
    EXPECT_EQ(m.size(), 3 * static_cast<std::size_t>(entries));
    for (int i = 0; i < entries; ++i)
      EXPECT_EQ(m.at(i + 2'000).text, long_text + std::to_string(-i));
    EXPECT_SOUND(m);
  }
}

TYPED_TEST(Erasure, DestructorsMayErase) {
  using Map = typename TestFixture::template map<int, hooked>;
  Map m;
  for (int i = 0; i < 100; ++i) m.try_emplace(i, long_text);
  for (int i = 0; i < 99; ++i) {
    m.at(i).on_end = [&m, i] {
      EXPECT_EQ(m.erase(i), 0U) << "it is gone already";
      m.erase(i + 1);
    };
  }
  EXPECT_EQ(m.erase(0), 1U);
  EXPECT_TRUE(m.empty()) << "each took the next along";
  EXPECT_SOUND(m);
}

TYPED_TEST(Erasure, ReplacedValuesMayUseTheTable) {
  using Map = typename TestFixture::template map<int, hooked>;
  Map m;
  m.try_emplace(1, "old");
  m.at(1).on_end = [&m] { m.try_emplace(2, "by the old value's end"); };
  m.insert_or_assign(1, hooked("new"));
  EXPECT_EQ(m.at(1).text, "new");
  EXPECT_EQ(m.at(2).text, "by the old value's end");
  EXPECT_SOUND(m);
}

}  // namespace
