// The state of a table: its size, how far it has grown, its memory, the functors. The operations
// on it are free functions over a core, in files of their own:
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

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "../hash.hpp"
#include "bucket.hpp"
#include "config.hpp"
#include "contiguous.hpp"
#include "segments.hpp"

namespace steady::detail {

enum class resizing : std::uint8_t { no, growing, shrinking };

/// A place of a table, or none: a slot of a bucket or a node of its chain.
template <class Value>
struct location {
  Value* entry = nullptr;
  std::size_t bucket = 0;
  unsigned slot = 0;
  node<Value>* in = nullptr;
  explicit operator bool() const noexcept { return entry != nullptr; }
};

/// A number that several threads may set to the same value at once, as begin() const does.
class relaxed_index {
 public:
  constexpr relaxed_index() = default;
  std::size_t get() const noexcept { return value_.load(std::memory_order_relaxed); }
  void set(std::size_t i) const noexcept { value_.store(i, std::memory_order_relaxed); }

 private:
  mutable std::atomic<std::size_t> value_{0};
};

/// A table without functors.
///
/// The order of the fields: what every insert and erase writes comes first, what a lookup reads
/// last, 56 bytes behind the last byte of it, so that the two never share a cache line wherever the
/// table is. (On Intel a store to the line that the next lookup loads from costs two to five times
/// the operation; hmap has the measurements.)
template <class Key, class T, class Allocator, class Traits>
struct table {
  using value_type = std::pair<const Key, T>;
  using geometry_type = geometry<Key, T>;
  using node_type = node<value_type>;
  using memory_type =
      std::conditional_t<is_std_allocator<Allocator> && !Traits::use_segments,
                         contiguous<geometry_type, Traits>, segments<geometry_type, Traits>>;
  using bucket_type = typename memory_type::bucket_type;

  std::size_t count = 0;
  relaxed_index first;      // no bucket below it has an entry
  std::size_t grow_at = 0;  // beyond this count an insert leaves the straight path; 0 while growing
  std::size_t shrink_at = 0;  // below this count an erase does
  node_pool<value_type, Allocator> nodes;
  memory_type memory;
  std::size_t low = 0;     // 2^level - 1
  std::size_t split = 0;   // buckets below it have been split
  std::uint32_t seed = 0;  // drawn with the first memory
  std::uint8_t level = 0;
  std::uint8_t floor = 0;  // the level that reserve() asked for
  resizing direction = resizing::no;
  bool sorting = false;  // the chain of bucket `split`: chain_marks

  std::size_t bucket_count() const noexcept { return memory.exists() ? low + 1 + split : 0; }

  MAPS_ALWAYS_INLINE std::size_t index_of(std::uint64_t h) const noexcept {
    const std::size_t i = h & low;
    return i < split ? h & (2 * low + 1) : i;
  }
  /// Bucket number i, wherever it is now.
  MAPS_ALWAYS_INLINE bucket_type bucket_at(std::size_t i) const noexcept {
    return memory.either(i < split || i > low, i);
  }
  /// Bucket i has an entry.
  MAPS_ALWAYS_INLINE void note_entry(std::size_t i) noexcept {
    if (i < first.get()) first.set(i);
  }

  /// The entries have ended: none, and no resizing under way.
  void forget_entries() noexcept {
    count = split = 0;
    first.set(0);
    direction = resizing::no;
    sorting = false;
  }

  void swap_table(table& other) noexcept {
    using std::swap;
    swap(count, other.count);
    const std::size_t mine = first.get();
    first.set(other.first.get());
    other.first.set(mine);
    swap(grow_at, other.grow_at);
    swap(shrink_at, other.shrink_at);
    nodes.swap(other.nodes);
    swap(memory, other.memory);
    swap(low, other.low);
    swap(split, other.split);
    swap(seed, other.seed);
    swap(level, other.level);
    swap(floor, other.floor);
    swap(direction, other.direction);
    swap(sorting, other.sorting);
  }
};

template <class Key, class T, class Hash, class KeyEqual, class Allocator, class Traits>
struct core : table<Key, T, Allocator, Traits> {
  using key_type = Key;
  using mapped_type = T;
  using traits = Traits;
  using allocator_type = Allocator;
  using alloc_traits = std::allocator_traits<Allocator>;
  using table_type = table<Key, T, Allocator, Traits>;
  using typename table_type::bucket_type;
  using typename table_type::geometry_type;
  using typename table_type::memory_type;
  using typename table_type::node_type;
  using typename table_type::value_type;
  // Only named here, which needs no complete types: a map may be part of its own value.
  using ops = entry_ops<Key, T, Allocator>;
  using location_type = location<value_type>;

  /// Functors are moved only if that cannot throw: a table must not lose one of them on the way.
  static constexpr bool moves_functors =
      std::is_nothrow_move_constructible_v<Hash> && std::is_nothrow_move_constructible_v<KeyEqual>;
  template <class F>
  using handed_on =
      std::conditional_t<moves_functors || !std::is_copy_constructible_v<F>, F&&, const F&>;

  [[no_unique_address]] Hash hash;
  [[no_unique_address]] KeyEqual equal;
  [[no_unique_address]] Allocator alloc;

  core() = default;
  core(const Hash& hash_, const KeyEqual& equal_, const Allocator& alloc_)
      : hash(hash_), equal(equal_), alloc(alloc_) {}
  /// The functors of `other`, which keeps its content.
  core(core& other, const Allocator& alloc_) noexcept(moves_functors)
      : hash(static_cast<handed_on<Hash>>(other.hash)),
        equal(static_cast<handed_on<KeyEqual>>(other.equal)),
        alloc(alloc_) {}

  template <class K>
  MAPS_ALWAYS_INLINE std::uint64_t hash_of(const K& key) const {
    return seeded(hash, key, this->seed);
  }
  /// Whether hashing a key cannot throw.
  static constexpr bool hashes_safely = [] {
    if constexpr (maps::common::seeded_hash<Hash, Key>) {
      return noexcept(std::declval<const Hash&>()(std::declval<const Key&>(), std::uint32_t{}));
    } else {
      return noexcept(std::declval<const Hash&>()(std::declval<const Key&>()));
    }
  }();

  /// Trades everything but the allocator: the content, and the functors it was built with.
  void swap_content(core& other) {
    using std::swap;
    swap(hash, other.hash);
    swap(equal, other.equal);
    this->swap_table(other);
  }
};

}  // namespace steady::detail
