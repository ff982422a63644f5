// Memory of a table: bucket arrays and overflow buckets.
//
// An array of 2^B buckets has 2^(B-4) spare buckets at its end when B >= 4. An overflow
// bucket is the next spare while there are any, and an allocation of its own afterwards;
// at full load (13/2 entries a bucket) one main bucket in five has an overflow bucket and
// the spares cover about 30 % of them. (Go rounds the array up to its allocator's size
// class and uses the rest as further spares; this port does not.)
//
// An empty bucket is all empty_rest with a null overflow pointer: all zero. Nothing else in
// it is read before it is written, so keys and values are left untouched.
//
// The array that a growth begins with is not cleared at all: no code reads a bucket of it
// before the old chain has moved there, and that move clears it (evacuate.hpp); a spare is
// cleared when it is taken. Clearing 302 MB at once took an insert 10 ms. A table's first array
// has no old chains to wait for. With std::allocator its zeroes come from calloc, which gets
// large arrays as untouched pages.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "../../common/fail.hpp"
#include "../../common/memory_limit.hpp"
#include "core.hpp"
#include "release.hpp"

namespace hmap::detail {

constexpr std::size_t spare_buckets(std::uint8_t B) noexcept {
  return B >= 4 ? std::size_t{1} << (B - 4) : 0;
}

template <class Alloc>
inline constexpr bool is_std_allocator = false;
template <class T>
inline constexpr bool is_std_allocator<std::allocator<T>> = true;

/// Bucket memory in units of the layout's alignment, from the table's allocator.
template <class Core>
struct bucket_memory {
  using layout = typename Core::layout;
  struct alignas(layout::alignment) unit {
    std::byte bytes[layout::alignment];
  };
  using unit_alloc = typename Core::alloc_traits::template rebind_alloc<unit>;
  using unit_traits = std::allocator_traits<unit_alloc>;
  static_assert(std::is_same_v<typename unit_traits::pointer, unit*>,
                "hmap needs an allocator whose pointer is a plain pointer (map.hpp says why)");

  static constexpr bool from_system = is_std_allocator<unit_alloc>;
  static constexpr bool from_heap = from_system && layout::alignment <= alignof(std::max_align_t);
  static constexpr std::size_t units_per_bucket = layout::size / layout::alignment;
  static constexpr std::size_t max_buckets =
      static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / layout::size;

  /// With any content; see reset().
  static bucket* allocate(Core& c, std::size_t buckets) {
    if constexpr (from_heap) {
      return not_null(std::malloc(buckets * layout::size));
    } else {
      unit_alloc a(c.alloc);
      return reinterpret_cast<bucket*>(unit_traits::allocate(a, buckets * units_per_bucket));
    }
  }

  static bucket* allocate_empty(Core& c, std::size_t buckets) {
    if constexpr (from_heap) {
      return not_null(std::calloc(buckets, layout::size));
    } else {
      bucket* first = allocate(c, buckets);
      for (std::size_t i = 0; i < buckets; ++i) reset(c.bucket_at(first, i));
      return first;
    }
  }

  static void deallocate(Core& c, bucket* first, std::size_t buckets) noexcept {
    if constexpr (from_heap) {
      std::free(first);
    } else {
      unit_alloc a(c.alloc);
      unit_traits::deallocate(a, reinterpret_cast<unit*>(first), buckets * units_per_bucket);
    }
  }

  /// Makes it empty, whatever it was.
  static void reset(bucket* b) noexcept {
    ::new (static_cast<void*>(b)) bucket{};
    ::new (static_cast<void*>(bytes_of(b) + layout::overflow_offset)) bucket*(nullptr);
  }

 private:
  static bucket* not_null(void* p) {
    if (p == nullptr) maps::common::throw_bad_alloc();
    return static_cast<bucket*>(p);
  }
};

template <class Core>
std::size_t array_buckets(std::uint8_t B) noexcept {
  return (std::size_t{1} << B) + spare_buckets(B);
}

template <class Core>
std::size_t array_bytes(std::uint8_t B) noexcept {
  return array_buckets<Core>(B) * Core::layout::size;
}

/// Whether an array goes back in pieces once it is old.
template <class Core>
bool leaves_in_pieces(const bucket* array, std::uint8_t B) noexcept {
  using release = typename Core::traits::release;
  if constexpr (can_give_pages_back && bucket_memory<Core>::from_heap) {
    return array_bytes<Core>(B) >= release::from && release::pays(array);
  } else {
    return false;
  }
}

/// How many buckets an array of 2^B has. Throws std::bad_alloc if no memory could hold them.
template <class Core>
std::size_t checked_array_buckets(std::uint8_t B) {
  if (B >= std::numeric_limits<std::size_t>::digits - 1 ||
      array_buckets<Core>(B) > bucket_memory<Core>::max_buckets) {
    maps::common::throw_bad_alloc();
  }
  return array_buckets<Core>(B);
}

/// The B of the largest array that addresses and the allocator allow.
template <class Core>
std::uint8_t largest_B(const Core& c) noexcept {
  using memory = bucket_memory<Core>;
  const typename memory::unit_alloc a(c.alloc);
  const std::size_t buckets =
      std::min(memory::max_buckets, memory::unit_traits::max_size(a) / memory::units_per_bucket);
  auto B = static_cast<std::uint8_t>(buckets > 1 ? std::bit_width(buckets) - 1 : 0);
  if (array_buckets<Core>(B) > buckets && B > 0) --B;
  return B;
}

/// A table's first array: all buckets are empty.
template <class Core>
bucket* make_bucket_array(Core& c, std::uint8_t B) {
  return bucket_memory<Core>::allocate_empty(c, checked_array_buckets<Core>(B));
}

/// checked_array_buckets() for a size that the caller of the table has named. What the machine
/// cannot hold is refused: the kernel would grant it as addresses, and kill a process that touches
/// them.
template <class Core>
std::size_t requested_array_buckets(std::uint8_t B) {
  const std::size_t buckets = checked_array_buckets<Core>(B);
  if constexpr (bucket_memory<Core>::from_system) {
    if (maps::common::exceeds_memory(array_bytes<Core>(B))) maps::common::throw_bad_alloc();
  }
  return buckets;
}

/// An array of such a size: all buckets are empty.
template <class Core>
bucket* make_requested_array(Core& c, std::uint8_t B) {
  return bucket_memory<Core>::allocate_empty(c, requested_array_buckets<Core>(B));
}

/// An array that a growth moves to, cleared chain by chain as it does.
template <class Core>
bucket* make_growth_array(Core& c, std::uint8_t B) {
  return bucket_memory<Core>::allocate(c, checked_array_buckets<Core>(B));
}

template <class Core>
void free_bucket_array(Core& c, bucket* array, std::uint8_t B) noexcept {
  bucket_memory<Core>::deallocate(c, array, array_buckets<Core>(B));
  c.observer.storage_released(array_bytes<Core>(B));
}

/// Frees what is left of a drained array, if there is one.
template <class Core>
void free_leaving(Core& c) noexcept {
  if (c.h.extra == nullptr || c.h.extra->leaving == nullptr) return;
  free_bucket_array(c, c.h.extra->leaving, c.h.extra->leaving_B);
  c.h.extra->leaving = nullptr;
}

/// Gives one more piece of a drained array back, and with the last the array.
template <class Core>
void release_leaving(Core& c) noexcept {
  using release = typename Core::traits::release;
  extra_record& extra = *c.h.extra;
  const std::size_t all = array_bytes<Core>(extra.leaving_B);
  [[maybe_unused]] const std::size_t bytes =
      release_pieces<release>(extra.leaving, extra.leaving_released, all, 1);
  c.observer.pages_released(bytes);
  if (all - extra.leaving_released <= release::piece) free_leaving(c);
}

/// The table's extra record, or nullptr, for a reader beside other readers: one of them
/// may just be putting the first record there.
template <class Core>
extra_record* extra_if_any(const Core& c) noexcept {
  return atomic_view<extra_record*>(c.h.extra).load(std::memory_order_acquire);
}

/// The table's extra record, made when first asked for; concurrent readers may race for it.
template <class Core>
extra_record& extra_of(const Core& c) {
  const atomic_view<extra_record*> extra(c.h.extra);
  if (extra_record* there = extra.load(std::memory_order_acquire)) return *there;
  using extra_alloc = typename Core::alloc_traits::template rebind_alloc<extra_record>;
  using extra_traits = std::allocator_traits<extra_alloc>;
  extra_alloc a(c.alloc);
  auto* fresh = ::new (static_cast<void*>(extra_traits::allocate(a, 1))) extra_record;
  fresh->owner = const_cast<Core*>(&c);
  extra_record* winner = nullptr;
  if (extra.compare_exchange_strong(winner, fresh, std::memory_order_acq_rel)) return *fresh;
  fresh->~extra_record();
  extra_traits::deallocate(a, fresh, 1);
  return *winner;
}

template <class Core>
bool is_spare(const Core& c, bucket* array, std::uint8_t B, bucket* b) noexcept {
  const auto first = reinterpret_cast<std::uintptr_t>(c.bucket_at(array, std::size_t{1} << B));
  const auto address = reinterpret_cast<std::uintptr_t>(b);
  return address >= first && address < first + spare_buckets(B) * Core::layout::size;
}

/// Exact while B < 16; from there on each overflow bucket counts with probability
/// 2^-(B-15), so that sixteen bits suffice.
template <class Core>
void count_overflow(Core& c) noexcept {
  if (c.h.B < 16 || (maps::common::random_u64() & ((std::uint64_t{1} << (c.h.B - 15)) - 1)) == 0) {
    ++c.h.noverflow;
  }
}

/// An overflow bucket that was in use before, or none.
template <class Core>
bucket* take_pooled(Core& c) noexcept {
  if (c.h.extra == nullptr || c.h.extra->pool == nullptr) return nullptr;
  bucket* b = c.h.extra->pool;
  c.h.extra->pool = c.overflow_of(b);
  --c.h.extra->pooled;
  return b;
}

template <class Core>
void free_pool(Core& c) noexcept {
  while (bucket* b = take_pooled(c)) bucket_memory<Core>::deallocate(c, b, 1);
}

/// What becomes of an overflow bucket that was an allocation of its own. Freed one after the other
/// by a large table they would end in free() handing megabytes of heap back to the kernel at once,
/// in the middle of some write; and the table, twice as large, soon needs twice as many.
enum class overflow_fate { freed, pooled };

/// Appends an empty bucket to the chain that ends in `last`. Throws what the allocator
/// throws, and then has changed nothing.
template <class Core>
MAPS_NOINLINE bucket* new_overflow(Core& c, bucket* last) {
  bucket* fresh = nullptr;
  if (const std::size_t spares = spare_buckets(c.h.B)) {
    extra_record& extra = extra_of(c);
    if (extra.spares_used < spares) {
      fresh = c.bucket_at(c.h.buckets, c.bucket_count() + extra.spares_used++);
    }
  }
  if (fresh == nullptr) fresh = take_pooled(c);
  if (fresh == nullptr) fresh = bucket_memory<Core>::allocate(c, 1);
  bucket_memory<Core>::reset(fresh);
  c.overflow_of(last) = fresh;
  count_overflow(c);
  c.observer.overflow_made();
  if (c.h.extra != nullptr && c.h.extra->leaving != nullptr) release_leaving(c);
  return fresh;
}

/// Takes the overflow buckets off a chain; those that are no spares are freed. The cells
/// must be empty or moved away.
template <class Core>
void free_overflow_chain(Core& c, bucket* head, bucket* array, std::uint8_t B,
                         overflow_fate fate = overflow_fate::freed) noexcept {
  bucket* b = c.overflow_of(head);
  c.overflow_of(head) = nullptr;
  while (b != nullptr) {
    bucket* next = c.overflow_of(b);
    if (is_spare(c, array, B, b)) {
      c.overflow_of(b) = nullptr;
    } else if (fate == overflow_fate::pooled) {
      c.overflow_of(b) = std::exchange(c.h.extra->pool, b);
      ++c.h.extra->pooled;
    } else {
      bucket_memory<Core>::deallocate(c, b, 1);
    }
    b = next;
  }
}

/// Ends the life of every entry of a chain; leaves tophash bytes as they are.
template <class Core>
void destroy_entries(Core& c, bucket* head) noexcept {
  for (bucket* b = head; b != nullptr; b = c.overflow_of(b)) {
    for (auto cells = tophash_word(b->tophash).occupied(); cells; cells.drop_lowest()) {
      Core::layout::destroy(c.alloc, b, cells.lowest());
    }
  }
}

/// Whether there is anything to do at the end of an entry.
template <class Core>
inline constexpr bool entries_end = Core::layout::template has_end<typename Core::allocator_type>;

template <class Core>
std::uint8_t old_B(const Core& c) noexcept {
  return static_cast<std::uint8_t>(c.growing_same_size() ? c.h.B : c.h.B - 1);
}

template <class Core>
void empty_chain(Core& c, bucket* head, bucket* array, std::uint8_t B) noexcept {
  if constexpr (entries_end<Core>) destroy_entries(c, head);
  if (c.overflow_of(head) != nullptr) free_overflow_chain(c, head, array, B);
}

/// Destroys all entries and their overflow buckets; the arrays themselves stay.
template <class Core>
void empty_arrays(Core& c) noexcept {
  for (std::size_t i = 0; i < c.bucket_count(); ++i) {
    if (!c.waits(i)) empty_chain(c, c.bucket_at(c.h.buckets, i), c.h.buckets, c.h.B);
  }
  if (!c.growing()) return;
  for (std::size_t i = 0; i < c.old_bucket_count(); ++i) {
    empty_chain(c, c.bucket_at(c.h.oldbuckets, i), c.h.oldbuckets, old_B(c));
  }
}

}  // namespace hmap::detail
