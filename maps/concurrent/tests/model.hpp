// Random sequences of all operations against std::unordered_map, in one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "subjects.hpp"

namespace concurrent_test {

/// Values are few, so that a comparison succeeds half of the time.
inline constexpr std::uint64_t most_values = 4;

template <class Map>
class model : public ::testing::Test {
 protected:
  using K = typename Map::key_type;
  using V = typename Map::mapped_type;

  std::optional<V> expected(const K& k) const {
    const auto at = expected_.find(k);
    return at == expected_.end() ? std::nullopt : std::optional<V>(at->second);
  }

  void read(const K& k) {
    ASSERT_EQ(map_.load(k), expected(k));
    std::optional<V> visited;
    ASSERT_EQ(map_.visit(k, [&](const V& v) { visited = v; }), expected(k).has_value());
    ASSERT_EQ(visited, expected(k));
  }

  void store(const K& k, const V& v) {
    map_.store(k, v);
    expected_.insert_or_assign(k, v);
  }

  void swap(const K& k, const V& v) {
    ASSERT_EQ(map_.swap(k, v), expected(k));
    expected_.insert_or_assign(k, v);
  }

  void load_or_store(const K& k, const V& v) {
    const auto before = expected(k);
    ASSERT_EQ(map_.load_or_store(k, v), std::pair(before.value_or(v), before.has_value()));
    expected_.try_emplace(k, v);
  }

  void insert(const K& k, const V& v) {
    ASSERT_EQ(map_.insert(k, v), expected_.try_emplace(k, v).second);
  }

  void load_and_delete(const K& k) {
    ASSERT_EQ(map_.load_and_delete(k), expected(k));
    expected_.erase(k);
  }

  void erase(const K& k) { ASSERT_EQ(map_.erase(k), expected_.erase(k) == 1); }

  void compare_and_swap(const K& k, const V& old_value, const V& v) {
    const bool swaps = expected(k) == old_value;
    ASSERT_EQ(map_.compare_and_swap(k, old_value, v), swaps);
    if (swaps) expected_.insert_or_assign(k, v);
  }

  void compare_and_delete(const K& k, const V& old_value) {
    const bool deletes = expected(k) == old_value;
    ASSERT_EQ(map_.compare_and_delete(k, old_value), deletes);
    if (deletes) expected_.erase(k);
  }

  void compare_all() {
    std::unordered_map<K, V> passed;
    map_.range([&](const K& k, const V& v) {
      EXPECT_TRUE(passed.try_emplace(k, v).second) << "passed twice";
      return true;
    });
    ASSERT_EQ(passed, expected_);
    std::size_t count = 0;
    map_.for_each([&](const K&, const V&) { ++count; });
    ASSERT_EQ(count, expected_.size());
  }

  void clear() {
    map_.clear();
    expected_.clear();
    compare_all();
  }

  void step(random_stream& random, std::uint64_t keys) {
    const K k = key<Map>(random.below(keys));
    const V v = value<Map>(random.below(most_values));
    const V other = value<Map>(random.below(most_values));
    const V old_value = random.below(2) == 0 ? expected(k).value_or(other) : other;
    switch (random.below(12)) {
      case 0: return store(k, v);
      case 1: return swap(k, v);
      case 2: return load_or_store(k, v);
      case 3: return insert(k, v);
      case 4: return load_and_delete(k);
      case 5: return erase(k);
      case 6: return compare_and_swap(k, old_value, v);
      case 7: return compare_and_delete(k, old_value);
      default: return read(k);
    }
  }

  /// The keys widen and narrow, so that tables grow, become empty and grow again.
  void run(std::uint64_t seed, int operations) {
    random_stream random(seed);
    for (const std::uint64_t keys : {3U, 20U, 300U, 5U, 60U, 1U}) {
      for (int i = 0; i < operations; ++i) {
        step(random, keys);
        if (random.below(500) == 0) compare_all();
        if (random.below(3'000) == 0) clear();
        if (this->HasFailure()) FAIL() << "operation " << i << " over " << keys << " keys";
      }
      compare_all();
    }
  }

  Map map_;
  std::unordered_map<K, V> expected_;
};

}  // namespace concurrent_test
