// The state of a table: its size, how far it has grown, its memory, the functors. The operations
// on it stand in files of their own and are free functions over a core:
//
//   find.hpp     one bucket, fifteen tags at once, and the chain behind it
//   chain.hpp    what overflow nodes need: linking, unlinking, the filter
//   insert.hpp   insert and update            erase.hpp   erase and clear
//   split.hpp    a bucket into two            merge.hpp   two buckets into one
//   resize.hpp   when that happens            sweep.hpp   begin() to end()
//
// The address of a bucket. A table on level L has 2^L + split buckets. The low L bits of the hash
// give a number i; if bucket i has been split already (i < split), L + 1 bits do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "bucket.hpp"
#include "config.hpp"
#include "contiguous.hpp"
#include "../hash.hpp"
#include "segments.hpp"

namespace steady::detail {

enum class resizing : std::uint8_t { no, growing, shrinking };

/// The chain of bucket `split`, if it is too long to be split at once. It is sorted in place, a
/// bounded number of nodes an insert: first the nodes that stay, up to `stays`, then those that
/// go, up to `sorted`, then the rest. Looking up and sweeping notice nothing.
template <class Node>
struct chain_partition {
  bool active = false;
  Node* stays = nullptr;   // the last one that stays; null if none has been seen
  Node* sorted = nullptr;  // the last one that has been looked at, and goes; null if none
};

/// A place of a table, or none: a slot of a bucket or a node of its chain.
template <class Value>
struct location {
  Value* entry = nullptr;
  std::size_t bucket = 0;
  unsigned slot = 0;
  node<Value>* in = nullptr;
  explicit operator bool() const noexcept { return entry != nullptr; }
};

template <class Key, class T, class Hash, class KeyEqual, class Allocator, class Traits>
struct core {
  using key_type = Key;
  using mapped_type = T;
  using value_type = std::pair<const Key, T>;
  using traits = Traits;
  using allocator_type = Allocator;
  using alloc_traits = std::allocator_traits<Allocator>;
  // Only named here, which needs no complete types: a map may be part of its own value.
  using geometry_type = geometry<Key, T>;
  using ops = entry_ops<Key, T, Allocator>;
  using node_type = node<value_type>;
  using location_type = location<value_type>;
  using memory_type =
      std::conditional_t<is_std_allocator<Allocator> && !Traits::use_segments,
                         contiguous<geometry_type, Traits>, segments<geometry_type, Traits>>;
  using bucket_type = typename memory_type::bucket_type;

  std::size_t count = 0;
  std::size_t grow_at = 0;    // beyond this count an insert leaves the straight path; 0 while growing
  std::size_t shrink_at = 0;  // below this count an erase does
  std::size_t low = 0;        // 2^level - 1
  std::size_t split = 0;      // buckets below it have been split
  std::uint32_t seed = 0;
  std::uint8_t level = 0;
  std::uint8_t floor = 0;     // the level that reserve() asked for
  resizing direction = resizing::no;
  memory_type memory;
  node_pool<value_type, Allocator> nodes;
  chain_partition<node_type> partition;
  [[no_unique_address]] Hash hash;
  [[no_unique_address]] KeyEqual equal;
  [[no_unique_address]] Allocator alloc;

  core(const Hash& hash_, const KeyEqual& equal_, const Allocator& alloc_)
      : seed(random_seed()), hash(hash_), equal(equal_), alloc(alloc_) {}

  template <class K>
  STEADY_ALWAYS_INLINE std::uint64_t hash_of(const K& key) const {
    return seeded(hash, key, seed);
  }

  std::size_t bucket_count() const noexcept { return memory.exists() ? low + 1 + split : 0; }

  STEADY_ALWAYS_INLINE std::size_t index_of(std::uint64_t h) const noexcept {
    const std::size_t i = h & low;
    return i < split ? h & (2 * low + 1) : i;
  }
  /// Bucket number i, wherever it is now.
  STEADY_ALWAYS_INLINE bucket_type bucket_at(std::size_t i) const noexcept {
    return memory.either(i < split || i > low, i);
  }

  /// Trades everything but the allocator: the content, and the functors it was built with.
  void swap_content(core& other) {
    using std::swap;
    swap(hash, other.hash);
    swap(equal, other.equal);
    swap_table(other);
  }
  /// Takes the content of `other` into this empty core, and leaves that empty and usable.
  void take_content(core& other) noexcept { swap_table(other); }

 private:
  void swap_table(core& other) noexcept {
    using std::swap;
    swap(count, other.count);
    swap(grow_at, other.grow_at);
    swap(shrink_at, other.shrink_at);
    swap(low, other.low);
    swap(split, other.split);
    swap(seed, other.seed);
    swap(level, other.level);
    swap(floor, other.floor);
    swap(direction, other.direction);
    swap(memory, other.memory);
    nodes.swap(other.nodes);
    swap(partition, other.partition);
  }
};

}  // namespace steady::detail
