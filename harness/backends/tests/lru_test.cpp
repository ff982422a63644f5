#include "harness/backends/sim/lru.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory_resource>
#include <vector>

#include <gtest/gtest.h>

#include "harness/backends/sim/line_set.hpp"
#include "workloads/random.hpp"

namespace harness::backends::sim {
namespace {

/// LRU as one would explain it: a list for each set, the key just used in front.
class plain_lru {
 public:
  plain_lru(std::size_t sets, std::size_t ways) : ways_(ways), sets_(sets) {}

  bool access(std::uint64_t key) {
    auto& set = sets_[key % sets_.size()];
    const auto found = std::find(set.begin(), set.end(), key);
    const bool hit = found != set.end();
    if (hit) set.erase(found);
    set.push_front(key);
    if (set.size() > ways_) set.pop_back();
    return hit;
  }

 private:
  std::size_t ways_;
  std::vector<std::deque<std::uint64_t>> sets_;
};

template <class Tag>
struct lru_with : testing::Test {};
using tags = testing::Types<std::uint64_t, std::uint32_t>;
TYPED_TEST_SUITE(lru_with, tags);

TYPED_TEST(lru_with, does_what_a_plain_list_does) {
  struct shape {
    std::size_t sets, ways, keys;
  };
  // Few and many sets, one way, fully associative, a number of sets that is no power of two.
  for (const auto [sets, ways, keys] :
       {shape{1, 1, 3}, {1, 72, 100}, {64, 8, 600}, {12, 11, 200}, {2, 2, 5}, {16, 1, 30}}) {
    lru<TypeParam> fast(sets, ways, std::pmr::get_default_resource());
    plain_lru plain(sets, ways);
    workloads::random_source random(sets * 1000 + ways);
    for (int step = 0; step < 20'000; ++step) {
      const std::uint64_t key = random.below(keys);
      ASSERT_EQ(fast.access(key), plain.access(key)) << sets << '/' << ways << " step " << step;
    }
  }
}

TYPED_TEST(lru_with, flushed_it_knows_nothing) {
  lru<TypeParam> cache(4, 2, std::pmr::get_default_resource());
  for (std::uint64_t key = 0; key < 8; ++key) cache.access(key);
  cache.flush();
  for (std::uint64_t key = 0; key < 8; ++key) EXPECT_FALSE(cache.access(key)) << key;
}

TEST(line_set, counts_each_line_once_until_cleared_and_grows) {
  line_set lines(std::pmr::get_default_resource());
  for (const std::size_t count : {3U, 100'000U, 7U}) {
    for (int again = 0; again < 2; ++again) {
      for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(lines.insert(i * 64), again == 0);
    }
    EXPECT_EQ(lines.size(), count);
    lines.clear();
    EXPECT_EQ(lines.size(), 0U);
  }
}

}  // namespace
}  // namespace harness::backends::sim
