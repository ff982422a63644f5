// The state of a table: Go's 48-byte header, the functors and the allocator, and two words that
// Go does not have: where the first entry may be, and which thread writes. The operations are free
// functions over a core, in files of their own:
//
//   storage.hpp   bucket arrays, spare and other overflow buckets
//   find.hpp      one chain, eight cells at a time
//   growth.hpp    when a table grows, and how a growth starts
//   evacuate.hpp  moving old chains, two a write
//   relocate.hpp  moving all entries at once: reserve() and its kin
//   assign.hpp    insert and update          erase.hpp   delete and clear
//   merge.hpp     entries of another table   sweep.hpp   begin() to end()
//
// Field names are Go's own (map.go, type hmap), so that this can be read beside that
// file.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "../../common/random.hpp"
#include "../hash.hpp"
#include "../misuse.hpp"
#include "atomic.hpp"
#include "bucket.hpp"
#include "config.hpp"

namespace hmap::detail {

/// Go's flags but hashWriting (4), which is core::writer here.
enum flag : std::uint8_t {
  iterator_flag = 1,      // a cursor may be iterating over buckets
  old_iterator_flag = 2,  // a cursor may be iterating over oldbuckets
  same_size_grow = 8,     // the growth in progress keeps B
};

struct kept_chain;
struct retired_array;

/// What few tables need: Go's mapextra. Made with the first overflow bucket of an array that
/// has spares, with the first cursor, or when an array is to leave in pieces (release.hpp).
struct extra_record {
  std::size_t spares_used = 0;       // of the current array
  std::size_t released = 0;          // bytes of oldbuckets, from its start, given back
  bucket* leaving = nullptr;         // an array that has drained and is not freed yet
  std::size_t leaving_released = 0;  // of its bytes
  std::uint8_t leaving_B = 0;
  bucket* pool = nullptr;               // overflow buckets for use again, linked
  std::size_t pooled = 0;               // how many
  std::atomic<std::size_t> cursors{0};  // alive; see cursor_pins.hpp
  std::atomic<std::size_t> holders{1};  // cursors and the table itself
  void* owner = nullptr;                // the core; null when it is gone
  std::uint64_t epoch = 0;              // how often everything was dropped at once
  std::atomic<kept_chain*> kept{nullptr};
  std::atomic<retired_array*> retired{nullptr};
  std::atomic<retired_array*> spare_retirement{nullptr};
};

struct header {
  std::size_t count = 0;           // live entries
  mutable std::uint8_t flags = 0;  // see flag; a range sets its bits in a const table
  std::uint8_t B = 0;              // log2 of the number of main buckets
  std::uint16_t noverflow = 0;     // overflow buckets of `buckets`; sampled from B = 16 on
  std::uint32_t hash0 = 0;         // seed of the hash
  bucket* buckets = nullptr;       // 2^B buckets and spares; null until the first insert
  bucket* oldbuckets = nullptr;    // the array being evacuated; non-null exactly while growing
  std::size_t nevacuate = 0;       // old buckets below it are evacuated
  mutable extra_record* extra = nullptr;
};
static_assert(sizeof(void*) != 8 || sizeof(header) == 48, "Go's hmap is 48 bytes");

/// The flags as any thread may read them: a range that begins sets its bits in a table that
/// others are reading. Relaxed atomics on all sides: nothing is ordered by them.
inline std::uint8_t load_flags(const header& h) noexcept {
  return atomic_view<std::uint8_t>(h.flags).load(std::memory_order_relaxed);
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

  /// In the order of a sweep (sweep.hpp) no entry comes before this chain; null: none is known to
  /// be empty. begin() starts here and moves it on, also in a const table, so readers race for it.
  /// Insertion moves it back, whatever moves entries forgets it.
  mutable bucket* first = nullptr;

  /// The thread that writes the table, or 0: Go's hashWriting flag. Each write sets and clears it.
  /// Nothing that lookups read may be within a cache line of it: beside B, where Go has its flag,
  /// these stores took an Intel processor two to five times the rest of a write (DESIGN.md). The
  /// distance is enough, so that a table needs no alignment of its own.
  static constexpr std::size_t line = 64;
  static constexpr std::size_t behind_lookups =
      std::is_empty_v<Hash> && std::is_empty_v<KeyEqual> && std::is_empty_v<Allocator>
          ? sizeof(header) - offsetof(header, nevacuate) + sizeof(bucket*)
          : sizeof(bucket*);
  std::byte distance[line - behind_lookups];
  std::uintptr_t writer = 0;

  template <class H, class E>
  core(H&& hash_, E&& equal_, const Allocator& alloc_)
      : hash(std::forward<H>(hash_)), equal(std::forward<E>(equal_)), alloc(alloc_) {
    h.hash0 = static_cast<std::uint32_t>(maps::common::random_u64());
  }

  /// Trades everything but the allocator: the content, and the functors it was built with.
  void swap_content(core& other) {
    using std::swap;
    swap(h, other.h);
    swap(first, other.first);
    swap(hash, other.hash);
    swap(equal, other.equal);
    if (h.extra) h.extra->owner = this;
    if (other.h.extra) other.h.extra->owner = &other;
  }

  /// Takes the content of `other` into this empty core, and leaves that empty and usable.
  void take_content(core& other) noexcept {
    const std::uint32_t fresh_seed = h.hash0;
    h = std::exchange(other.h, header{});
    first = std::exchange(other.first, nullptr);
    other.h.hash0 = fresh_seed;
    if (h.extra) h.extra->owner = this;
  }

  template <class K>
  std::uint64_t hash_of(const K& key) const {
    return maps::common::seeded(hash, key, h.hash0);
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

  /// Whether the old chain of bucket `index` of the current array has not moved yet. Nothing in it
  /// may be read: what lies there is what the memory held before.
  bool waits(std::size_t index) const noexcept {
    return growing() && !has_moved(index & (old_bucket_count() - 1));
  }

  void clear_flag(flag f) noexcept { h.flags = static_cast<std::uint8_t>(h.flags & ~f); }

  // Functions, because a table may be part of its own value, and the layout needs complete types.

  /// Whether an entry changes its place as bytes.
  static constexpr bool moves_as_bytes() noexcept {
    return layout::template moves_as_bytes<Allocator>;
  }
  /// Nothing to end, nothing owned: an entry's bytes may be in two places.
  static constexpr bool plain() noexcept { return moves_as_bytes() && !layout::has_indirect; }
};

/// A key that may differ from itself (NaN) needs care when it moves; one that may be equal
/// and yet distinguishable (+0 and -0) is rewritten by assignment, as in Go.
template <class Key>
inline constexpr bool is_reflexive =
    std::is_integral_v<Key> || maps::common::is_wide_integer<Key> || std::is_enum_v<Key> ||
    std::is_pointer_v<Key>;
template <class Char, class Traits, class Alloc>
inline constexpr bool is_reflexive<std::basic_string<Char, Traits, Alloc>> = true;
template <class Char, class Traits>
inline constexpr bool is_reflexive<std::basic_string_view<Char, Traits>> = true;

template <class Key>
inline constexpr bool needs_key_update = std::is_floating_point_v<Key>;

inline constexpr bool detect_misuse = HMAP_DETECT_MISUSE;

/// Identifies this thread among all that run. One instruction where the compiler gives the thread
/// pointer away; the address of a thread_local can be a call in a shared library.
MAPS_ALWAYS_INLINE std::uintptr_t this_thread() noexcept {
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 11 && defined(__linux__) &&            \
    (defined(__x86_64__) || defined(__aarch64__))
  return reinterpret_cast<std::uintptr_t>(__builtin_thread_pointer());
#else
  static thread_local constinit char here = 0;
  return reinterpret_cast<std::uintptr_t>(&here);
#endif
}

/// Where this thread was last seen to begin a write inside a write of the same table. Matters only
/// with a handler that returns.
inline const std::uintptr_t*& reentered() noexcept {
  static thread_local constinit const std::uintptr_t* writer = nullptr;
  return writer;
}

[[gnu::cold, gnu::noinline]] inline void report_read(std::uintptr_t writer, const char* message) {
  fatal(writer == this_thread() ? reentry : message);
}
[[gnu::cold, gnu::noinline]] inline void report_write(const std::uintptr_t* place,
                                                      std::uintptr_t writer) {
  const bool is_reentry = writer == this_thread();
  if (is_reentry) reentered() = place;
  fatal(is_reentry ? reentry : concurrent_writes);
}
/// A write ends and finds that another one has ended meanwhile: in another thread, unless it was
/// one inside this.
[[gnu::cold, gnu::noinline]] inline void report_end(const std::uintptr_t* place) {
  if (std::exchange(reentered(), nullptr) != place) fatal(concurrent_writes);
}

/// Relaxed atomics: the very misuse that is detected is no data race because of it.
template <class Core>
MAPS_ALWAYS_INLINE std::uintptr_t writer_of(const Core& c) noexcept {
  return atomic_view<std::uintptr_t>(const_cast<std::uintptr_t&>(c.writer))
      .load(std::memory_order_relaxed);
}

template <class Core>
MAPS_ALWAYS_INLINE void check_no_writer(const Core& c, const char* message) {
  if constexpr (detect_misuse) {
    if (const std::uintptr_t writer = writer_of(c)) [[unlikely]] {
      report_read(writer, message);
    }
  }
}

/// Marks the table as being written for its lifetime. Made after the hash is computed, so
/// that a throwing hash leaves no mark (Go does the same).
class write_guard {
  using view = atomic_view<std::uintptr_t>;

 public:
  template <class Core>
  MAPS_ALWAYS_INLINE explicit write_guard(Core& c) : writer_(c.writer) {
    if constexpr (detect_misuse) {
      if (const std::uintptr_t other = view(writer_).load(std::memory_order_relaxed)) [[unlikely]] {
        report_write(&writer_, other);
      }
      view(writer_).store(this_thread(), std::memory_order_relaxed);
    }
  }
  MAPS_ALWAYS_INLINE ~write_guard() {
    if (!ended_) end();
  }
  write_guard(const write_guard&) = delete;
  write_guard& operator=(const write_guard&) = delete;

  /// Ends the write before the guard's scope ends.
  MAPS_ALWAYS_INLINE void end() noexcept {
    if constexpr (detect_misuse) {
      if (view(writer_).load(std::memory_order_relaxed) == 0) [[unlikely]] {
        report_end(&writer_);
      }
      view(writer_).store(0, std::memory_order_relaxed);
    }
    ended_ = true;
  }

 private:
  std::uintptr_t& writer_;
  bool ended_ = false;
};

}  // namespace hmap::detail
