// A thread that stores one key and loads another must not find both threads' stores missing: what a
// processor keeps in its store buffer beyond the end of an operation would be seen here. Nothing
// between the two operations orders anything, as a clock that numbers calls would.
#include <array>
#include <atomic>
#include <optional>

#include "subjects.hpp"

namespace {

using namespace concurrent_test;

/// Lets both threads go within some nanoseconds of one another.
class start_line {
 public:
  void wait() {
    const unsigned round = round_.load();
    if (arrived_.fetch_add(1) == 1) {
      arrived_.store(0);
      round_.store(round + 1);
      return;
    }
    for (unsigned spins = 0; round_.load() == round; ++spins) {
      if (spins > 1'000) std::this_thread::yield();
    }
  }

 private:
  std::atomic<unsigned> arrived_ = 0, round_ = 0;
};

template <class Map>
class store_buffering : public ::testing::Test {};
TYPED_TEST_SUITE(store_buffering, integers::all);

TYPED_TEST(store_buffering, one_of_two_threads_sees_the_store_of_the_other) {
  constexpr std::uint64_t rounds = 3'000;
  TypeParam map;
  start_line line;
  std::array<std::optional<std::uint64_t>, 2> seen;
  std::uint64_t both_missed = 0;
  together(2, [&](std::size_t t) {
    for (std::uint64_t round = 1; round <= rounds; ++round) {
      if (round % 2 == 0) map.erase(t);  // every other store is that of a new key
      line.wait();
      map.store(t, round);
      seen[t] = map.load(1 - t);
      line.wait();
      if (t == 0) both_missed += seen[0] != round && seen[1] != round ? 1 : 0;
      line.wait();
    }
  });
  EXPECT_EQ(both_missed, 0U);
}

}  // namespace
