// The maps that these tests run on, and the threads that use them.
#pragma once

#include <cstddef>
#include <latch>
#include <shared_mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "hmap/map.hpp"
#include "maps/concurrent/go_sync_map.hpp"
#include "maps/concurrent/hash_trie_map.hpp"
#include "maps/concurrent/locked.hpp"
#include "maps/concurrent/sharded.hpp"
#include "maps/concurrent/snapshot.hpp"
#include "maps/tests/payloads.hpp"
#include "steady/map.hpp"

namespace concurrent_test {

using map_test::key;
using map_test::random_stream;
using map_test::repetitions;
using map_test::value;

template <class K, class V, class Hash = ::hmap::hash<K>, class Equal = ::hmap::equal_to<K>>
struct maps_of {
  using table = ::hmap::map<K, V, Hash, Equal>;

  using go_sync_map = concurrent::go_sync_map<K, V, Hash, Equal>;
  using hash_trie_map = concurrent::hash_trie_map<K, V, Hash, Equal>;
  using locked = concurrent::locked<table>;
  using rwlocked = concurrent::locked<table, std::shared_mutex>;
  using sharded = concurrent::sharded<table, 4>;
  using sharded_steady = concurrent::sharded<::steady::map<K, V, Hash, Equal>, 4>;
  using snapshot = concurrent::snapshot<table>;

#if defined(MUTATED_MAP)  // tools/mutate compiles the tests of one map, in a third of the time
  using all = ::testing::Types<MUTATED_MAP>;
  using reclaiming = all;
#else
  using all = ::testing::Types<go_sync_map, hash_trie_map, locked, rwlocked, sharded,
                               sharded_steady, snapshot>;
  /// Those that free what others may still read.
  using reclaiming = ::testing::Types<go_sync_map, hash_trie_map, snapshot>;
#endif
};

using integers = maps_of<std::uint64_t, std::uint64_t>;
using strings = maps_of<std::string, std::string>;

/// Calls f(0) .. f(n - 1) in a thread each, all at the same time.
template <class F>
void together(std::size_t n, F f) {
  std::latch start(static_cast<std::ptrdiff_t>(n));
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < n; ++t) {
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      f(t);
    });
  }
  for (std::thread& one : threads) one.join();
}

}  // namespace concurrent_test
