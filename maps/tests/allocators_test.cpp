// Allocators: all eight ways to propagate, memory resources, and memory that runs out.
#include <algorithm>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

#include "allocators.hpp"
#include "payloads.hpp"
#include "subject.hpp"

namespace {

using namespace map_test;

/// The class that users see: what it derives from has assignments and a swap as well.
template <class K, class V, class Allocator>
using allocated = subject::map<K, V, subject::hash<K>, subject::equal_to<K>, Allocator>;
template <class K, class V>
using pmr_map = allocated<K, V, std::pmr::polymorphic_allocator<std::pair<const K, V>>>;

// ---- propagation

template <unsigned Bits>
struct combination : propagation<(Bits & 1) != 0, (Bits & 2) != 0, (Bits & 4) != 0> {};

template <class Propagation>
using propagating =
    allocated<int, std::string, ledger_allocator<std::pair<const int, std::string>, Propagation>>;

template <class Propagation>
class Allocators : public ::testing::Test {
 protected:
  using table = propagating<Propagation>;
  using allocator = typename table::allocator_type;

  static constexpr bool copies = Propagation::propagate_on_container_copy_assignment::value;
  static constexpr bool moves = Propagation::propagate_on_container_move_assignment::value;
  static constexpr bool swaps = Propagation::propagate_on_container_swap::value;

  static constexpr int in_growth = subject::entries_in_growth;

  static table made_of(ledger& books, int n = in_growth) {
    table m{allocator(books)};
    for (int i = 0; i < n; ++i) m.try_emplace(i, "value of entry " + std::to_string(i));
    EXPECT_EQ(inspect(m).growing, n == in_growth);
    return m;
  }
  static void expect_made(const table& m, int n = in_growth) {
    ASSERT_EQ(m.size(), static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) ASSERT_EQ(m.at(i), "value of entry " + std::to_string(i));
    EXPECT_SOUND(m);
  }
  static bool uses(const table& m, const ledger& books) {
    return &m.get_allocator().books() == &books;
  }

  ledger a_;
  ledger b_;
};
using combinations =
    ::testing::Types<combination<0>, combination<1>, combination<2>, combination<3>, combination<4>,
                     combination<5>, combination<6>, combination<7>>;
TYPED_TEST_SUITE(Allocators, combinations);

TYPED_TEST(Allocators, CopyAssignment) {
  auto source = this->made_of(this->a_);
  auto target = this->made_of(this->b_, 9);
  target = source;
  EXPECT_TRUE(this->uses(target, this->copies ? this->a_ : this->b_));
  this->expect_made(target);
  this->expect_made(source);
  auto same_source = this->made_of(this->b_, 5);
  target = same_source;
  EXPECT_TRUE(this->uses(target, this->b_));
  this->expect_made(target, 5);
}

TYPED_TEST(Allocators, MoveAssignment) {
  auto source = this->made_of(this->a_);
  auto target = this->made_of(this->b_, 9);
  const auto* entry = &source.at(1);
  target = std::move(source);
  EXPECT_TRUE(this->uses(target, this->moves ? this->a_ : this->b_));
  EXPECT_EQ(&target.at(1) == entry, this->moves) << "taken over where the allocator comes along";
  this->expect_made(target);
  EXPECT_TRUE(source.empty());
  source.try_emplace(1, "usable");
  // Equal allocators: taken over whatever they say.
  auto equal = this->made_of(target.get_allocator().books(), 20);
  entry = &equal.at(1);
  target = std::move(equal);
  EXPECT_EQ(&target.at(1), entry);
  this->expect_made(target, 20);
}

TYPED_TEST(Allocators, Swap) {
  auto left = this->made_of(this->a_);
  // Swapping unequal allocators that do not propagate is undefined, as for any container.
  auto right = this->made_of(this->swaps ? this->b_ : this->a_, 9);
  const auto* entry = &left.at(1);
  left.swap(right);
  EXPECT_TRUE(this->uses(left, this->swaps ? this->b_ : this->a_));
  EXPECT_TRUE(this->uses(right, this->a_));
  this->expect_made(left, 9);
  this->expect_made(right);
  EXPECT_EQ(&right.at(1), entry);

  using std::swap;
  swap(left, right);
  EXPECT_TRUE(this->uses(right, this->swaps ? this->b_ : this->a_))
      << "not std::swap's three moves";
  EXPECT_EQ(&left.at(1), entry);
  this->expect_made(left);
  this->expect_made(right, 9);
}

TYPED_TEST(Allocators, Construction) {
  using Map = typename TestFixture::table;
  const typename Map::allocator_type from_b(this->b_);
  auto source = this->made_of(this->a_);
  Map copy(source);
  EXPECT_TRUE(this->uses(copy, this->a_));
  Map copied_elsewhere(source, from_b);
  EXPECT_TRUE(this->uses(copied_elsewhere, this->b_));
  this->expect_made(copied_elsewhere);
  Map moved(std::move(copy));
  EXPECT_TRUE(this->uses(moved, this->a_));
  Map moved_elsewhere(std::move(moved), from_b);
  EXPECT_TRUE(this->uses(moved_elsewhere, this->b_));
  this->expect_made(moved_elsewhere);
  EXPECT_TRUE(moved.empty());
  Map moved_in_place(std::move(moved_elsewhere), from_b);
  this->expect_made(moved_in_place);

  // The allocator chooses the allocator of a copy.
  Map picky{typename Map::allocator_type(this->a_, &this->b_)};
  picky.try_emplace(1, "one");
  const Map chosen(picky);
  EXPECT_TRUE(this->uses(chosen, this->b_));
}

// ---- every byte

template <class Map>
class LedgerMap : public ::testing::Test {};
TYPED_TEST_SUITE(LedgerMap, subject::ledger_tables);

TYPED_TEST(LedgerMap, MemoryDoesNotDriftUnderReplacement) {
  using Map = TypeParam;
  ledger books;
  Map m{typename Map::allocator_type(books)};
  constexpr std::uint64_t n = 400;
  std::size_t highest = 0, early = 0;
  for (std::uint64_t i = 0; i < 100 * n; ++i) {
    m.try_emplace(key<Map>(i), value<Map>(i));
    ASSERT_EQ(m.erase(key<Map>(i - n)), i >= n);
    highest = std::max(highest, books.blocks());
    if (i == 30 * n) early = std::exchange(highest, 0);
  }
  EXPECT_LE(highest, early + early / 4);
}

TYPED_TEST(LedgerMap, FailingMemoryLeavesTheTableAsItWas) {
  using Map = TypeParam;
  for (std::uint64_t n = 0; n < 120; ++n) {
    ledger books;
    Map m{typename Map::allocator_type(books)};
    for (std::uint64_t i = 0; i < n; ++i) m.try_emplace(key<Map>(i), value<Map>(i));
    const Map before = m;
    books.refuse(true);
    bool failed = false;
    try {
      m.try_emplace(key<Map>(n), value<Map>(n));
    } catch (const std::bad_alloc&) {
      failed = true;
      EXPECT_EQ(m, before) << n;
    }
    EXPECT_THROW(m.reserve(100'000), std::bad_alloc);
    if (n > 0) {
      EXPECT_THROW(Map{m}, std::bad_alloc);
    }
    EXPECT_TRUE(failed || m.size() == n + 1);
    EXPECT_SOUND(m);
    books.refuse(false);
    EXPECT_EQ(m.try_emplace(key<Map>(n), value<Map>(n)).second, failed);
    EXPECT_SOUND(m);
  }
}

TYPED_TEST(LedgerMap, MovingEntriesToOtherMemoryMayFailHalfWay) {
  using Map = TypeParam;
  ledger from;
  ledger to;
  Map m{typename Map::allocator_type(from)};
  for (std::uint64_t i = 0; i < 100; ++i) m.try_emplace(key<Map>(i), value<Map>(i));
  for (std::size_t k = 0;; ++k) {
    Map source = m;
    to.refuse_after(k);
    try {
      const Map moved(std::move(source), typename Map::allocator_type(to));
      EXPECT_EQ(moved, m);
      break;
    } catch (const std::bad_alloc&) {
      EXPECT_SOUND(source);  // and `to` misses nothing at its end
    }
  }
  to.refuse(false);
}

// ---- polymorphic allocators

TEST(PmrAllocators, ValuesAndKeysTakeTheMapsResource) {
  counting_resource of_map;
  counting_resource elsewhere;
  const default_resource_is guard(&elsewhere);
  pmr_map<std::pmr::string, std::pmr::vector<std::pmr::string>> m(&of_map);
  const char* text = "a text that is too long to be stored in place, number ";
  for (int i = 0; i < 100; ++i) {
    const std::pmr::string key(text + std::to_string(i), std::pmr::new_delete_resource());
    m[key].emplace_back(text);
    m.try_emplace(key + "t").first->second.emplace_back(text);
    m.insert_or_assign(key + "a", std::pmr::vector<std::pmr::string>{key});
    m.emplace(key + "e", std::pmr::vector<std::pmr::string>{key});
  }
  for (auto&& [key, values] : m) {
    ASSERT_EQ(key.get_allocator().resource(), &of_map);
    ASSERT_EQ(values.get_allocator().resource(), &of_map);
    for (const auto& v : values) ASSERT_EQ(v.get_allocator().resource(), &of_map);
  }
  EXPECT_EQ(elsewhere.blocks(), 0U);
}

TEST(PmrAllocators, AssignmentKeepsTheTargetsResource) {
  counting_resource one;
  counting_resource two;
  using map = pmr_map<int, std::pmr::string>;
  map a(&one);
  a.try_emplace(1, "a text that is too long to be stored in place");
  map b(&two);
  b = a;
  EXPECT_EQ(b.get_allocator().resource(), &two);
  EXPECT_EQ(b.at(1).get_allocator().resource(), &two);
  b = std::move(a);
  EXPECT_EQ(b.at(1).get_allocator().resource(), &two);
  EXPECT_EQ(b.size(), 1U);
  const map copy = b;
  EXPECT_EQ(copy.get_allocator().resource(), std::pmr::get_default_resource());
}

TEST(PmrAllocators, MoveOnlyEntriesMoveBetweenResources) {
  counting_resource one;
  counting_resource two;
  using map = pmr_map<std::unique_ptr<int>, std::unique_ptr<int>>;
  map a(&one);
  for (int i = 0; i < 50; ++i) a.try_emplace(std::make_unique<int>(i), std::make_unique<int>(i));
  map b(&two);
  b = std::move(a);
  EXPECT_EQ(b.size(), 50U);
  for (auto&& [key, value] : b) EXPECT_EQ(*key, *value);
  EXPECT_SOUND(b);
  EXPECT_TRUE(a.empty());
}

}  // namespace
