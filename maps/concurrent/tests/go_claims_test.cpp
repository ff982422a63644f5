// What docs/claims.md says of sync.Map: each claim has its test here, by counting and by forced
// interleaving, not by time. A hash that counts its calls shows how many entries an operation went
// through, and one that stops shows who waits for whom.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "maps/concurrent/go_sync_map.hpp"
#include "maps/concurrent/hash_trie_map.hpp"

namespace {

using value = std::uint64_t;

inline std::atomic<std::uint64_t> hash_calls = 0;

struct counting_hash {
  using is_avalanching = void;
  std::size_t operator()(std::uint64_t key) const noexcept {
    ++hash_calls;
    return key * 0x9E3779B97F4A7C15;
  }
};

template <class F>
std::uint64_t calls_of(F f) {
  const std::uint64_t before = hash_calls.load();
  f();
  return hash_calls.load() - before;
}

using sync_map = concurrent::go_sync_map<std::uint64_t, value, counting_hash>;
using trie_map = concurrent::hash_trie_map<std::uint64_t, value, counting_hash>;

constexpr std::uint64_t n = 1000;

/// n keys, all of them in the read-only table.
void fill_and_promote(sync_map& map) {
  for (std::uint64_t key = 0; key < n; ++key) map.store(key, key);
  map.for_each([](std::uint64_t, value) {});
}

TEST(sync_map, a_load_of_a_key_that_stays_is_one_lookup) {
  sync_map map;
  fill_and_promote(map);
  EXPECT_EQ(calls_of([&] { EXPECT_EQ(map.load(7), 7U); }), 1U);
  EXPECT_EQ(calls_of([&] { EXPECT_FALSE(map.load(n)); }), 1U) << "a miss, where nothing is new";
}

TEST(sync_map, an_update_of_a_key_that_stays_is_one_lookup) {
  sync_map map;
  fill_and_promote(map);
  EXPECT_EQ(calls_of([&] { map.store(7, 8); }), 1U);
  EXPECT_EQ(calls_of([&] { map.erase(7); }), 1U);
  EXPECT_EQ(calls_of([&] { map.store(7, 9); }), 1U) << "deleted, and not expunged yet";
}

TEST(sync_map, the_first_new_key_copies_the_map) {
  sync_map map;
  fill_and_promote(map);
  EXPECT_GE(calls_of([&] { map.store(n, 0); }), n);
  EXPECT_LT(calls_of([&] { map.store(n + 1, 0); }), 10U) << "the second one does not";
}

TEST(sync_map, deleting_and_storing_other_keys_copies_the_map_again_and_again) {
  sync_map map;
  fill_and_promote(map);
  std::uint64_t copies = 0;
  for (std::uint64_t round = 0; round < 10; ++round) {
    map.erase(round);
    copies += calls_of([&] { map.store(n + round, 0); }) >= n - 10 ? 1 : 0;
    // As many lookups of the new key as there are keys bring it to where loads find it.
    for (std::uint64_t i = 0; i < n; ++i) map.load(n + round);
  }
  EXPECT_EQ(copies, 10U);

  trie_map trie;
  for (std::uint64_t key = 0; key < n; ++key) trie.store(key, key);
  for (std::uint64_t round = 0; round < 10; ++round) {
    trie.erase(round);
    EXPECT_LE(calls_of([&] { trie.store(n + round, 0); }), 2U) << "Go 1.24's map never copies";
  }
}

TEST(sync_map, a_load_of_a_new_key_looks_in_both_maps_until_the_new_one_takes_over) {
  sync_map map;
  fill_and_promote(map);
  map.store(n, 0);
  const std::uint64_t slow = calls_of([&] { map.load(n); });
  EXPECT_GE(slow, 3U);
  std::uint64_t misses = 1;
  while (calls_of([&] { map.load(n); }) > 1 && misses <= 2 * n) ++misses;
  EXPECT_EQ(misses, n + 1) << "as many as it has keys";
}

TEST(sync_map, a_deleted_key_keeps_its_place_until_the_map_is_copied_twice) {
  sync_map map;
  fill_and_promote(map);
  for (std::uint64_t key = 0; key < n / 2; ++key) map.erase(key);
  // The copy leaves the deleted ones out, but the table that is read still has them.
  EXPECT_LT(calls_of([&] { map.store(n, 0); }), n / 2 + 10);
  std::size_t passed = 0;
  map.for_each([&](std::uint64_t, value) { ++passed; });
  EXPECT_EQ(passed, n / 2 + 1);
  EXPECT_LT(calls_of([&] { map.store(n + 1, 0); }), n / 2 + 10);
}

/// Stops where it hashes `stopping` for the second time since it was armed, until it is released:
/// the first time is the lookup without the lock.
struct stopping_hash {
  using is_avalanching = void;
  static constexpr std::uint64_t stopping = 1'000'000;
  static inline std::atomic<bool> is_armed = false, has_arrived = false, may_go_on = false;
  static inline std::atomic<int> arrivals = 0;

  std::size_t operator()(std::uint64_t key) const noexcept {
    if (key == stopping && is_armed.load() && ++arrivals == 2) {
      has_arrived.store(true);
      while (!may_go_on.load()) std::this_thread::yield();
    }
    return key * 0x9E3779B97F4A7C15;
  }
};

TEST(sync_map, a_load_of_a_key_that_stays_does_not_wait_for_a_writer) {
  concurrent::go_sync_map<std::uint64_t, value, stopping_hash> map;
  for (std::uint64_t key = 0; key < 10; ++key) map.store(key, key);
  map.for_each([](std::uint64_t, value) {});
  map.store(stopping_hash::stopping, 0);  // in the new table only: looked up there with the lock
  std::thread writer([&] {
    stopping_hash::is_armed.store(true);
    map.store(stopping_hash::stopping, 1);
  });
  while (!stopping_hash::has_arrived.load()) std::this_thread::yield();
  EXPECT_EQ(map.load(3), 3U);
  map.store(3, 4);
  EXPECT_EQ(map.load(3), 4U);
  stopping_hash::may_go_on.store(true);
  writer.join();
  EXPECT_EQ(map.load(stopping_hash::stopping), 1U);
}

TEST(sync_map, a_range_may_change_the_map) {
  sync_map map;
  fill_and_promote(map);
  std::size_t passed = 0;
  map.range([&](std::uint64_t key, value) {
    ++passed;
    map.erase(key);
    map.store(n + key, key);
    return true;
  });
  EXPECT_EQ(passed, n) << "what is new is not met: the range began before";
  std::size_t left = 0;
  map.for_each([&](std::uint64_t key, value) { left += key >= n ? 1 : 0; });
  EXPECT_EQ(left, n);
}

}  // namespace
