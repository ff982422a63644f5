// concurrent::sharded: many maps, each behind a lock of its own.
//
// Layout
//   Shards shards (a power of two), each a locked map (locked.hpp) with cache lines of its own:
//
//     shard   lock | map | unused       128 bytes for hmap::map, 256 for steady::map
//
//   The hash is multiplied by an odd number, and the top bits of the product choose the shard. They
//   depend on every bit of the hash, so that the keys of one shard still differ in each of its
//   bits, whichever of them the map inside takes for its buckets.
//
// Operations
//   Each locks the one shard of its key and calls the map there.
//   range   shard by shard, each with its lock. An entry that is there all the while is passed
//           once. What is written meanwhile is seen in the shards that are still to come: no
//           snapshot. f must not use the map: it could wait for itself.
//   clear   shard by shard too: others may see some of them cleared and some not.
//
// What it is for
//   Reads and writes mixed, by as many threads as there are processors. One uncontended atomic
//   exchange more than the map itself; no allocation, nothing to be freed later, any map inside.
//   Growth stops the keys of one shard, for a table that is as many times smaller.
//
// Disadvantages
//   A thread that is suspended in an operation keeps a shard locked: others that need it yield
//   until it runs again. Readers of one hot key wait in turn, and move its shard's lines between
//   their processors. There is no moment at which all entries are seen together. An empty map has
//   all shards already: 32 KB for hmap::map, 64 KB for steady::map. Hashes, comparisons and
//   destructors of keys and values run with a lock held and must not use the map. The key is hashed
//   twice, here and in the map: time that long strings notice and integers do not.
//
// Exceptions: those of locked.hpp.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "maps/common/hash.hpp"
#include "maps/concurrent/locked.hpp"
#include "maps/concurrent/spin_lock.hpp"

namespace concurrent {

// Why 256: ns per operation of two threads together, half of the lookups hits (Emerald Rapids, 2
// CPUs, median of 40 interleaved passes):
//
//   shards                                       16     64    256   1024
//   hmap::map, 10,000 entries, lookups         26.5   20.3   19.5   19.4
//              10,000 entries, 50 % updates    49.9   37.2   32.7   31.3
//              1,000,000 entries, lookups      53.3   46.1   43.5   43.1
//              1,000,000 entries, 50 % updates 76.4   65.4   57.7   55.2
//
// 1024 of them gain little more, and an empty map would have 128 KB.
template <class Map, std::size_t Shards = 256, class Mutex = spin_lock>
class sharded {
  static_assert(std::has_single_bit(Shards) && Shards > 1,
                "sharded: the number of shards must be a power of two, and at least 2");
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
  /// Processors fetch lines in pairs.
  static constexpr std::size_t apart = 128;
  struct alignas(apart) shard {
    locked<Map, Mutex> map;
  };

  static constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
  static constexpr int index_bits = std::countr_zero(Shards);

  locked<Map, Mutex>& of(const K& key) {
    const std::uint64_t product = maps::common::seeded(hash_, key, 0) * odd;
    return shards_[product >> (64 - index_bits)].map;
  }

  [[no_unique_address]] typename Map::hasher hash_;
  std::array<shard, Shards> shards_;
};

}  // namespace concurrent
