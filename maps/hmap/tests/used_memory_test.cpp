// Growth into memory that holds what was there before: nothing is cleared before its chain moves,
// and nothing is read before it is cleared. Whoever follows what lies there follows pointers into
// nowhere.
#include <algorithm>
#include <cstring>
#include <memory_resource>
#include <stdexcept>
#include <string>

#include "support.hpp"

namespace {

using namespace hmap_test;

/// Whatever it gives is full of what looks like tophashes and overflow pointers.
class used_memory : public std::pmr::memory_resource {
 public:
  static constexpr std::uint8_t left_over = 0xa5;

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    void* p = std::pmr::new_delete_resource()->allocate(bytes, alignment);
    return std::memset(p, left_over, bytes);
  }
  void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override {
    std::pmr::new_delete_resource()->deallocate(p, bytes, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

/// Throws when it has been called `left` times. It ignores the table's seed: with one in 700 the
/// chain that moves first is empty, and its move hashes nothing.
struct failing_hash {
  static inline int left = 0;
  std::uint64_t operator()(std::uint64_t key, std::uint32_t /*seed*/) const {
    if (left > 0 && --left == 0) throw std::runtime_error("no hash");
    return hmap::hash<std::uint64_t>{}(key, 1);
  }
};

template <class Traits>
using pmr_table =
    hmap::basic_map<std::uint64_t, std::string, failing_hash, hmap::equal_to<std::uint64_t>,
                    std::pmr::polymorphic_allocator<std::pair<const std::uint64_t, std::string>>,
                    Traits>;

template <class Map>
class UsedMemory : public ::testing::Test {
 protected:
  /// The growth of 2^5 to 2^6 buckets has just begun, or after `erasures` one that keeps them.
  Map growing(std::uint64_t& n, bool same_size) {
    Map m(&memory_);
    n = 0;
    const auto add = [&] { m.try_emplace(n, value<Map>(n)), ++n; };
    if (!same_size) {
      while (!(hmap::inspect(m).growing && hmap::inspect(m).B == 6)) add();
      return m;
    }
    m.reserve(200);
    while (!hmap::inspect(m).growing) {  // constant replacement lengthens chains
      add();
      if (n > 150) m.erase(n - 150);
    }
    EXPECT_TRUE(hmap::inspect(m).same_size_grow);
    return m;
  }

  used_memory memory_;
};
using layouts = ::testing::Types<pmr_table<hmap::split_traits>, pmr_table<hmap::paired_traits>>;
TYPED_TEST_SUITE(UsedMemory, layouts);

template <class Map>
std::size_t waiting_buckets(const Map& m) {
  std::size_t waiting = 0;
  hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) {
    if (!b.waits) return;
    ++waiting;
    EXPECT_EQ(b.raw->tophash[0], used_memory::left_over) << "cleared too early";
    EXPECT_TRUE(std::all_of(b.tophash, b.tophash + 8, [](std::uint8_t top) { return top == 0; }));
  });
  return waiting;
}

template <class Map>
void expect_whole(const Map& m) {
  ASSERT_SOUND(m);
  std::size_t swept = 0, ranged = 0;
  for (auto&& [k, v] : m) swept += v == value<Map>(k);
  for (auto r = m.range(); r.next();) ranged += r.value() == value<Map>(r.key());
  ASSERT_EQ(swept, m.size());
  ASSERT_EQ(ranged, m.size());
}

TYPED_TEST(UsedMemory, IsClearedChainByChain) {
  for (const bool same_size : {false, true}) {
    std::uint64_t n = 0;
    TypeParam m = this->growing(n, same_size);
    std::size_t waiting = waiting_buckets(m);
    EXPECT_GE(waiting, hmap::inspect(m).buckets - 4);
    while (hmap::inspect(m).growing) {
      expect_whole(m);
      m.erase(~std::uint64_t{0});
      const std::size_t now = waiting_buckets(m);
      ASSERT_LT(now, waiting);
      ASSERT_GE(now + 4, waiting) << "a write clears what it moves and no more";
      waiting = now;
    }
    EXPECT_EQ(waiting, 0U);
    expect_whole(m);
  }
}

TYPED_TEST(UsedMemory, IsNotReadByWhateverEndsAGrowth) {
  for (const bool same_size : {false, true}) {
    for (int moved = 0; moved < 12; ++moved) {
      std::uint64_t n = 0;
      TypeParam m = this->growing(n, same_size);
      for (int i = 0; i < moved; ++i) m.erase(~std::uint64_t{0});
      ASSERT_TRUE(hmap::inspect(m).growing);
      TypeParam copy(m, &this->memory_);
      ASSERT_EQ(copy, m);
      switch (moved % 4) {
        case 0: break;  // the end of the table
        case 1: m.clear(); break;
        case 2: m.reserve(2'000); break;
        default: m = std::move(copy); break;
      }
      expect_whole(m);
      for (std::uint64_t i = n; i < n + 500; ++i) m.try_emplace(i, value<TypeParam>(i));
      expect_whole(m);
    }
  }
}

TYPED_TEST(UsedMemory, IsNotReadWhereAGrowthFailedAtItsFirstChain) {
  TypeParam m(&this->memory_);
  std::uint64_t n = 0;
  for (; n < 208; ++n) m.try_emplace(n, value<TypeParam>(n));
  ASSERT_EQ(hmap::inspect(m).B, 5U);
  failing_hash::left = 2;  // of the new key, and of the first that moves
  EXPECT_THROW(m.try_emplace(n, value<TypeParam>(n)), std::runtime_error);
  failing_hash::left = 0;
  ASSERT_TRUE(hmap::inspect(m).growing);
  hmap::for_each_bucket(m, [](const hmap::bucket_view& b) { EXPECT_TRUE(b.old || b.waits); });
  expect_whole(m);
  m.try_emplace(n, value<TypeParam>(n));
  expect_whole(m);
  EXPECT_EQ(m.size(), 209U);
}

TYPED_TEST(UsedMemory, SparesAreClearedWhenTheyAreTaken) {
  TypeParam m(&this->memory_);
  bool took_one = false;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    m.try_emplace(i, value<TypeParam>(i));
    took_one |= hmap::inspect(m).spares_used > 0 && hmap::inspect(m).B > 4;
    if (i % 50 == 0) expect_whole(m);
  }
  EXPECT_TRUE(took_one);
}

}  // namespace
