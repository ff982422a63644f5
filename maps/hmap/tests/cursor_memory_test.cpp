// What cursors have to do with memory: it stays while one needs it and all comes back, wherever
// the two arrays of a growth lie.
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <utility>

#include "subject.hpp"

namespace {

using namespace hmap_test;

template <class Map>
class LedgerCursor : public ::testing::Test {};
TYPED_TEST_SUITE(LedgerCursor, subject::ledger_tables);

TYPED_TEST(LedgerCursor, EveryByteComesBackAlsoWhatCursorsHeld) {
  using Map = TypeParam;
  ledger books;
  auto m = std::make_unique<Map>(typename Map::allocator_type(books));
  std::uint64_t next = 0;
  const auto grow_by = [&](int n) {
    for (int i = 0; i < n; ++i, ++next) m->try_emplace(key<Map>(next), value<Map>(next));
  };
  grow_by(106);
  auto outlives = m->range();
  auto r = std::make_unique<decltype(outlives)>(m->range());
  r->next();
  grow_by(108);  // the 209th begins a growth of 32 buckets, each insert moves two at most
  ASSERT_TRUE(hmap::inspect(*m).growing);
  const std::size_t pinned = books.blocks();
  outlives.next();
  r.reset();
  EXPECT_EQ(books.blocks(), pinned) << "another cursor still needs them";
  {
    const auto gone = std::move(outlives);
  }
  EXPECT_LT(books.blocks(), pinned) << "the last cursor is gone";
  outlives = m->range();
  m->erase(m->begin());
  grow_by(300);
  m->clear();
  grow_by(300);
  m.reset();
  EXPECT_FALSE(outlives.next());
}

TEST(PmrCursors, CanBeMoved) {
  counting_resource memory;
  hmap::map<int, int, hmap::hash<int>, hmap::equal_to<int>,
            std::pmr::polymorphic_allocator<std::pair<const int, int>>>
      m(&memory);
  for (int i = 0; i < 20; ++i) m[i] = i;
  auto first = m.range();
  ASSERT_TRUE(first.next());
  auto second = std::move(first);
  int n = 1;
  while (second.next()) ++n;
  EXPECT_EQ(n, 20);
  EXPECT_FALSE(first.next());
}

// ---- neighbours

/// Hands out its memory from the end downwards: what comes later lies before.
class descending_resource : public std::pmr::memory_resource {
 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    top_ = (top_ - bytes) / alignment * alignment;
    return memory_.data() + top_;
  }
  void do_deallocate(void*, std::size_t, std::size_t) override {}
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  alignas(64) std::array<std::byte, 1 << 16> memory_{};
  std::size_t top_ = memory_.size();
};

/// Deals keys to the chains round-robin, so that no overflow bucket comes between two arrays.
struct dealing_hash {
  std::uint64_t operator()(std::uint64_t key, std::uint32_t) const { return key | key << 56; }
};
using dealt_map =
    hmap::map<std::uint64_t, std::uint64_t, dealing_hash, std::equal_to<std::uint64_t>,
              std::pmr::polymorphic_allocator<std::pair<const std::uint64_t, std::uint64_t>>>;

/// At every step of a growth whose two arrays touch, both sweeps see every entry once.
void sweep_neighbours(std::pmr::memory_resource* memory, std::ptrdiff_t distance) {
  dealt_map m(memory);
  std::uint64_t n = 0;
  while (!hmap::inspect(m).growing) m.try_emplace(n, n), ++n;
  const auto& h = m.internals().h;
  ASSERT_EQ(reinterpret_cast<std::byte*>(h.buckets) - reinterpret_cast<std::byte*>(h.oldbuckets),
            distance);
  while (hmap::inspect(m).growing) {
    std::uint64_t sum = 0, count = 0;
    for (auto&& [key, value] : m) sum += key, ++count;
    ASSERT_EQ(count, n);
    ASSERT_EQ(sum, n * (n - 1) / 2);
    count = 0;
    for (auto r = m.range(); r.next();) ++count;
    ASSERT_EQ(count, n);
    for (std::uint64_t i = 0; i < n; ++i) {
      ASSERT_GE(std::distance(m.find(i), m.end()), 1) << "a sweep that starts in the middle";
    }
    ASSERT_SOUND(m);
    m.erase(~std::uint64_t{0});
  }
}

TEST(Neighbours, TheNewArrayMayFollowTheOld) {
  std::array<std::byte, 1 << 16> buffer;
  std::pmr::monotonic_buffer_resource memory(buffer.data(), buffer.size(),
                                             std::pmr::null_memory_resource());
  sweep_neighbours(&memory, 4 * 144);
}

TEST(Neighbours, TheNewArrayMayPrecedeTheOld) {
  descending_resource memory;
  sweep_neighbours(&memory, -8 * 144);
}

}  // namespace
