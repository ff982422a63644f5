// The state of a table: Go's 48-byte header, the functors and the allocator. The
// operations on it stand in files of their own and are free functions over a core:
//
//   storage.hpp   bucket arrays, spare and other overflow buckets
//   find.hpp      one chain, eight cells at a time
//   growth.hpp    when a table grows, and how a growth starts
//   evacuate.hpp  moving old chains, two a write
//   assign.hpp    insert and update          erase.hpp   delete and clear
//   sweep.hpp     begin() to end()
//
// Field names are Go's own (map.go, type hmap), because whoever reads this has that
// file open beside it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "../hash.hpp"
#include "../misuse.hpp"
#include "bucket.hpp"
#include "config.hpp"
#include "random.hpp"

namespace hmap::detail {

enum flag : std::uint8_t {
  iterator_flag = 1,      // a cursor may be walking buckets
  old_iterator_flag = 2,  // a cursor may be walking oldbuckets
  hash_writing = 4,       // a write is under way
  same_size_grow = 8,     // the growth in progress keeps B
};

struct kept_chain;
struct retired_array;

/// What few tables need: Go's mapextra. Made with the first overflow bucket of an array that
/// has spares, with the first cursor, or when an array is to leave in pieces (release.hpp).
struct extra_record {
  std::size_t spares_used = 0;             // of the current array
  std::size_t released = 0;                // bytes of oldbuckets, from its start, given back
  bucket* leaving = nullptr;               // an array that has drained and is not freed yet
  std::size_t leaving_released = 0;        // of its bytes
  std::uint8_t leaving_B = 0;
  bucket* pool = nullptr;                  // overflow buckets for use again, linked
  std::size_t pooled = 0;                  // how many
  std::atomic<std::size_t> cursors{0};     // alive; see pins.hpp
  std::atomic<std::size_t> holders{1};     // cursors and the table itself
  void* owner = nullptr;                   // the core; null when it is gone
  std::uint64_t epoch = 0;                 // how often everything was dropped at once
  std::atomic<kept_chain*> kept{nullptr};
  std::atomic<retired_array*> retired{nullptr};
  std::atomic<retired_array*> spare_retirement{nullptr};
};

struct header {
  std::size_t count = 0;         // live entries
  mutable std::uint8_t flags = 0;  // see flag; a range sets its bits in a const table
  std::uint8_t B = 0;            // log2 of the number of main buckets
  std::uint16_t noverflow = 0;   // overflow buckets of `buckets`; sampled from B = 16 on
  std::uint32_t hash0 = 0;       // seed of the hash
  bucket* buckets = nullptr;     // 2^B buckets and spares; null until the first insert
  bucket* oldbuckets = nullptr;  // the array being evacuated; non-null exactly while growing
  std::size_t nevacuate = 0;     // old buckets below it are evacuated
  mutable extra_record* extra = nullptr;
};
static_assert(sizeof(void*) != 8 || sizeof(header) == 48, "Go's hmap is 48 bytes");

/// The flags as any thread may read them: a range that begins sets its bits in a table that
/// others are reading, and hashWriting is looked for in tables that others are writing, which
/// is the very misuse that it detects. Relaxed atomics on all sides: nothing is ordered by them.
inline std::uint8_t load_flags(const header& h) noexcept {
  return std::atomic_ref<std::uint8_t>(h.flags).load(std::memory_order_relaxed);
}

/// A cell of a table, or none.
struct location {
  bucket* b = nullptr;
  unsigned i = 0;
  explicit operator bool() const noexcept { return b != nullptr; }
  bool operator==(const location&) const = default;
};

template <class Key, class T, class Hash, class KeyEqual, class Allocator, class Traits>
struct core {
  using key_type = Key;
  using mapped_type = T;
  using layout = typename Traits::template layout<Key, T>;
  using observer_type = typename Traits::observer;
  using traits = Traits;
  using allocator_type = Allocator;
  using alloc_traits = std::allocator_traits<Allocator>;

  header h;
  [[no_unique_address]] Hash hash;
  [[no_unique_address]] KeyEqual equal;
  [[no_unique_address]] Allocator alloc;
  [[no_unique_address]] observer_type observer;

  core(const Hash& hash_, const KeyEqual& equal_, const Allocator& alloc_)
      : hash(hash_), equal(equal_), alloc(alloc_) {
    h.hash0 = static_cast<std::uint32_t>(random_u64());
  }

  /// Trades everything but the allocator: the content, and the functors it was built with.
  void swap_content(core& other) {
    using std::swap;
    swap(h, other.h);
    swap(hash, other.hash);
    swap(equal, other.equal);
    if (h.extra) h.extra->owner = this;
    if (other.h.extra) other.h.extra->owner = &other;
  }

  /// Takes the content of `other` into this empty core, and leaves that empty and usable.
  void take_content(core& other) noexcept {
    const std::uint32_t fresh_seed = h.hash0;
    h = std::exchange(other.h, header{});
    other.h.hash0 = fresh_seed;
    if (h.extra) h.extra->owner = this;
  }

  template <class K>
  std::uint64_t hash_of(const K& key) const {
    return seeded(hash, key, h.hash0);
  }

  bool growing() const noexcept { return h.oldbuckets != nullptr; }
  bool growing_same_size() const noexcept { return load_flags(h) & same_size_grow; }
  std::size_t bucket_count() const noexcept { return std::size_t{1} << h.B; }
  std::size_t old_bucket_count() const noexcept {
    return std::size_t{1} << (growing_same_size() ? h.B : h.B - 1);
  }
  bucket* bucket_at(bucket* array, std::size_t index) const noexcept {
    return detail::bucket_at<layout>(array, index);
  }
  /// Of a main bucket of the current array.
  std::size_t index_of(const bucket* b) const noexcept {
    return static_cast<std::size_t>(bytes_of(b) - bytes_of(h.buckets)) / layout::size;
  }
  static bucket*& overflow_of(bucket* b) noexcept { return detail::overflow_of<layout>(b); }

  /// Whether the chain of old bucket `index` has moved. Below the mark all have, and their heads
  /// may have been given back already.
  bool has_moved(std::size_t index) const noexcept {
    return index < h.nevacuate || is_evacuated(bucket_at(h.oldbuckets, index));
  }

  /// Whether bucket `index` of the current array waits for its old chain. Nothing in it may be
  /// read: what lies there is what the memory held before.
  bool waits(std::size_t index) const noexcept {
    return growing() && !has_moved(index & (old_bucket_count() - 1));
  }

  void clear_flag(flag f) noexcept { h.flags = static_cast<std::uint8_t>(h.flags & ~f); }
};

/// A key that may differ from itself (NaN) needs care when it moves; one that may be equal
/// and yet distinguishable (+0 and -0) is rewritten by assignment, as in Go.
template <class Key>
inline constexpr bool is_reflexive = std::is_integral_v<Key> || std::is_enum_v<Key> ||
                                     std::is_pointer_v<Key>;
template <class Char, class Traits, class Alloc>
inline constexpr bool is_reflexive<std::basic_string<Char, Traits, Alloc>> = true;
template <class Char, class Traits>
inline constexpr bool is_reflexive<std::basic_string_view<Char, Traits>> = true;

template <class Key>
inline constexpr bool needs_key_update = std::is_floating_point_v<Key>;

inline void store_flags(header& h, unsigned flags) noexcept {
  std::atomic_ref<std::uint8_t>(h.flags)
      .store(static_cast<std::uint8_t>(flags), std::memory_order_relaxed);
}

inline constexpr bool detect_misuse = HMAP_DETECT_MISUSE;

HMAP_ALWAYS_INLINE void check_no_writer(const header& h, const char* message) {
  if constexpr (detect_misuse) {
    if (load_flags(h) & hash_writing) [[unlikely]] {
      fatal(message);
    }
  }
}

/// Marks the table as being written for its lifetime. Made after the hash is computed, so
/// that a throwing hash leaves no mark (Go does the same).
class write_guard {
 public:
  HMAP_ALWAYS_INLINE explicit write_guard(header& h) : h_(h) {
    if constexpr (detect_misuse) {
      const std::uint8_t flags = load_flags(h_);
      if (flags & hash_writing) [[unlikely]] {
        fatal(concurrent_writes);
      }
      store_flags(h_, flags | hash_writing);
    }
  }
  HMAP_ALWAYS_INLINE ~write_guard() {
    if constexpr (detect_misuse) {
      const std::uint8_t flags = load_flags(h_);
      if (!(flags & hash_writing)) [[unlikely]] {
        fatal(concurrent_writes);
      }
      store_flags(h_, flags & ~unsigned{hash_writing});
    }
  }
  write_guard(const write_guard&) = delete;
  write_guard& operator=(const write_guard&) = delete;

 private:
  header& h_;
};

}  // namespace hmap::detail
