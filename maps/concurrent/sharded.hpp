#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "maps/common/hash.hpp"
#include "maps/concurrent/locked.hpp"
#include "maps/concurrent/spin_lock.hpp"

namespace concurrent {

template <class Map, std::size_t Shards = 64, class Mutex = spin_lock>
class sharded {
  static_assert(std::has_single_bit(Shards), "the number of shards must be a power of two");
  using K = typename Map::key_type;
  using V = typename Map::mapped_type;

 public:
  using key_type = K;
  using mapped_type = V;

  sharded() = default;
  sharded(const sharded&) = delete;
  sharded& operator=(const sharded&) = delete;

  /// Go's Load.
  std::optional<V> load(const K& key) { return of(key).load(key); }

  /// Calls f(const V&) where the key is there. Returns whether it is. f must not use the map.
  template <class F>
  bool visit(const K& key, F&& f) {
    return of(key).visit(key, f);
  }

  /// Go's Store.
  void store(const K& key, V value) { of(key).store(key, std::move(value)); }

  /// Go's Swap: what was there.
  std::optional<V> swap(const K& key, V value) { return of(key).swap(key, std::move(value)); }

  /// Go's LoadOrStore: the value, and whether it was there.
  std::pair<V, bool> load_or_store(const K& key, V value) {
    return of(key).load_or_store(key, std::move(value));
  }

  /// LoadOrStore without the value: whether the key was not there.
  bool insert(const K& key, const V& value) { return of(key).insert(key, value); }

  /// Go's LoadAndDelete.
  std::optional<V> load_and_delete(const K& key) { return of(key).load_and_delete(key); }

  /// Go's Delete, which says whether the key was there.
  bool erase(const K& key) { return of(key).erase(key); }

  /// Go's CompareAndSwap.
  bool compare_and_swap(const K& key, const V& old_value, V new_value) {
    return of(key).compare_and_swap(key, old_value, std::move(new_value));
  }

  /// Go's CompareAndDelete.
  bool compare_and_delete(const K& key, const V& old_value) {
    return of(key).compare_and_delete(key, old_value);
  }

  /// Go's Range: f(const K&, const V&) for each entry, until it returns false.
  template <class F>
  void range(F&& f) {
    bool goes_on = true;
    for (shard& one : shards_) {
      one.map.range([&](const K& key, const V& value) { return goes_on = f(key, value); });
      if (!goes_on) return;
    }
  }

  template <class F>
  void for_each(F&& f) {
    for (shard& one : shards_) one.map.for_each(f);
  }

  /// Go's Clear, shard by shard.
  void clear() {
    for (shard& one : shards_) one.map.clear();
  }

 private:
  static constexpr std::size_t apart = 128;
  struct alignas(apart) shard {
    locked<Map, Mutex> map;
  };

  locked<Map, Mutex>& of(const K& key) {
    const std::uint64_t hash = maps::common::seeded(hash_, key, 0) * 0x9E3779B97F4A7C15;
    return shards_[hash >> (64 - std::countr_zero(Shards))].map;
  }

  [[no_unique_address]] typename Map::hasher hash_;
  shard shards_[Shards];
};

}  // namespace concurrent
