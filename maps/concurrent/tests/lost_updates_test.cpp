// No update is lost: threads count in a map with compare_and_swap, and take counts away with
// load_and_delete. What is left and what was taken is as much as was counted.
//
// MAPSCOPE_STRESS_OPERATIONS sets how many are counted in each map, 50,000 if it is not set:
//
//   MAPSCOPE_STRESS_OPERATIONS=1000000000 concurrent_lost_updates_test --gtest_filter='*/0.*'
//
// A billion in one of the maps takes some minutes on two processors, optimized (preset release).
#include <atomic>
#include <cstdlib>

#include "subjects.hpp"

namespace {

using namespace concurrent_test;

constexpr std::size_t threads = 8;  // more than most machines that run tests have processors
constexpr std::uint64_t keys = 5;

std::uint64_t operations() {
  const char* const given = std::getenv("MAPSCOPE_STRESS_OPERATIONS");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 50'000;
}

template <class Map>
class lost_updates : public ::testing::Test {
 protected:
  using V = typename Map::mapped_type;

  void count(std::uint64_t k) {
    for (;;) {
      const auto [before, was_there] = map_.load_or_store(k, 1);
      if (!was_there || map_.compare_and_swap(k, before, before + 1)) return;
    }
  }

  std::uint64_t take(std::uint64_t k) { return map_.load_and_delete(k).value_or(0); }

  /// With swap, too: what was there is taken, and one is counted.
  std::uint64_t take_all_but_one(std::uint64_t k) { return map_.swap(k, 1).value_or(0); }

  /// Counts `most` times; returns what it took.
  std::uint64_t run(std::uint64_t seed, std::uint64_t most) {
    random_stream random(seed);
    std::uint64_t taken = 0;
    for (std::uint64_t i = 0; i < most; ++i) {
      const std::uint64_t k = random.below(keys), choice = random.below(100);
      if (choice < 2) {
        taken += take_all_but_one(k);
        continue;
      }
      if (choice < 4) taken += take(k);
      count(k);
    }
    return taken;
  }

  Map map_;
};
TYPED_TEST_SUITE(lost_updates, integers::all);

TYPED_TEST(lost_updates, as_much_is_there_as_was_counted) {
  const std::uint64_t each = operations() / threads;
  std::atomic<std::uint64_t> sum = 0;
  together(threads, [&](std::size_t t) { sum += this->run(t, each); });
  this->map_.for_each([&](std::uint64_t, std::uint64_t counted) { sum += counted; });
  EXPECT_EQ(sum.load(), each * threads);
}

}  // namespace
