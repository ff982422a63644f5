// What a table keeps alive for its cursors (range.hpp).
//
// In Go a range simply holds a pointer to the array it began with and the collector does
// the rest. Here the table counts its cursors. While there are any,
//   - an old chain that is evacuated keeps its entries: the key is copied to the new place
//     and stays readable in the old one, where a cursor may still come by;
//   - an old array whose growth has ended is retired instead of freed.
// The last cursor to go, or clear(), releases all of it. The record outlives the table if
// a cursor does, so that a cursor left behind ends instead of reading freed memory.
//
// Cursors are taken and dropped by concurrent readers, hence the atomics. The lists grow only
// under the writer. The writer or a last cursor releases them, and takes them whole, so that two
// readers that are last one after the other do not release the same nodes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "core.hpp"
#include "storage.hpp"

namespace hmap::detail {

/// An evacuated chain whose old cells still hold entries.
struct kept_chain {
  bucket* head;
  bucket* array;
  std::uint8_t B;
  kept_chain* next;
};

/// An old array whose growth has ended.
struct retired_array {
  bucket* array;
  std::uint8_t B;
  bool has_entries;  // in every chain, as in one that is kept
  retired_array* next;
};

template <class Core, class Node>
struct node_memory {
  using node_alloc = typename Core::alloc_traits::template rebind_alloc<Node>;
  using node_traits = std::allocator_traits<node_alloc>;

  static Node* make(const Core& c, Node node) {
    node_alloc a(c.alloc);
    return ::new (static_cast<void*>(node_traits::allocate(a, 1))) Node(node);
  }
  template <class Alloc>
  static void free(const Alloc& alloc, Node* node) noexcept {
    node_alloc a(alloc);
    node_traits::deallocate(a, node, 1);
  }
};

template <class Core>
bool has_cursors(const Core& c) noexcept {
  return c.h.extra != nullptr && c.h.extra->cursors.load(std::memory_order_acquire) != 0;
}

/// To be called before a chain is evacuated under cursors: what may throw comes first.
template <class Core>
void keep_chain(Core& c, bucket* head) {
  extra_record& extra = *c.h.extra;
  extra.kept =
      node_memory<Core, kept_chain>::make(c, {head, c.h.oldbuckets, old_B(c), extra.kept.load()});
}

/// Takes back keep_chain() of the chain that was kept last.
template <class Core>
void forget_kept_chain(Core& c) noexcept {
  kept_chain* node = c.h.extra->kept;
  c.h.extra->kept = node->next;
  node_memory<Core, kept_chain>::free(c.alloc, node);
}

/// A record for the old array, made before it is needed: growth must be able to end
/// without an allocation. The caller has the table's extra record already: another reader may
/// just be trying to put its own into the header, so that only extra_of() looks there.
template <class Core>
void prepare_retirement(const Core& c, extra_record& extra) {
  if (extra.spare_retirement.load() != nullptr) return;
  retired_array* fresh = node_memory<Core, retired_array>::make(c, {});
  retired_array* none = nullptr;
  if (!extra.spare_retirement.compare_exchange_strong(none, fresh)) {
    node_memory<Core, retired_array>::free(c.alloc, fresh);
  }
}

template <class Core>
void retire_array(Core& c, bucket* array, std::uint8_t B, bool has_entries = false) noexcept {
  extra_record& extra = *c.h.extra;
  retired_array* node = extra.spare_retirement.exchange(nullptr);
  *node = {array, B, has_entries, extra.retired.load()};
  extra.retired = node;
}

/// Ends what is left in an evacuated chain, its overflow buckets included.
template <class Core>
void release_evacuated_chain(Core& c, bucket* head, bucket* array, std::uint8_t B) noexcept {
  for (bucket* b = head; b != nullptr; b = c.overflow_of(b)) {
    for (unsigned i = 0; i < bucket_cells; ++i) {
      if (b->tophash[i] != evacuated_empty) Core::layout::destroy(c.alloc, b, i);
    }
  }
  free_overflow_chain(c, head, array, B);
}

/// Ends the entries left in evacuated chains and frees the arrays left by growth. Takes the
/// record from the caller for the reason given at prepare_retirement().
template <class Core>
void release_pinned(Core& c, extra_record& extra) noexcept {
  for (kept_chain* chain = extra.kept.exchange(nullptr); chain != nullptr;) {
    release_evacuated_chain(c, chain->head, chain->array, chain->B);
    node_memory<Core, kept_chain>::free(c.alloc, std::exchange(chain, chain->next));
  }
  for (retired_array* node = extra.retired.exchange(nullptr); node != nullptr;) {
    for (std::size_t i = 0; node->has_entries && i < std::size_t{1} << node->B; ++i) {
      release_evacuated_chain(c, c.bucket_at(node->array, i), node->array, node->B);
    }
    free_bucket_array(c, node->array, node->B);
    node_memory<Core, retired_array>::free(c.alloc, std::exchange(node, node->next));
  }
}

template <class Alloc>
void free_extra_record(const Alloc& alloc, extra_record* extra) noexcept {
  using extra_alloc = typename std::allocator_traits<Alloc>::template rebind_alloc<extra_record>;
  extra_alloc a(alloc);
  extra->~extra_record();
  std::allocator_traits<extra_alloc>::deallocate(a, extra, 1);
}

/// Gives back everything. The header is left as it was: the caller resets or discards it.
template <class Core>
void free_storage(Core& c) noexcept {
  if (c.h.extra != nullptr) release_pinned(c, *c.h.extra);
  free_leaving(c);
  free_pool(c);
  if (c.h.buckets == nullptr) return;
  empty_arrays(c);
  if (c.growing()) free_bucket_array(c, c.h.oldbuckets, old_B(c));
  free_bucket_array(c, c.h.buckets, c.h.B);
}

/// Cuts the record off a dying table; cursors that still hold it find no table.
template <class Core>
void abandon_extra(Core& c) noexcept {
  extra_record* extra = std::exchange(c.h.extra, nullptr);
  if (extra == nullptr) return;
  if (retired_array* spare = extra->spare_retirement.exchange(nullptr)) {
    node_memory<Core, retired_array>::free(c.alloc, spare);
  }
  extra->owner = nullptr;
  if (extra->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    free_extra_record(c.alloc, extra);
  }
}

/// Registers a cursor. Sets the iterator flags, which stay set until the next growth.
template <class Core>
extra_record* acquire_cursor(const Core& c) {
  extra_record& extra = extra_of(c);
  extra.holders.fetch_add(1, std::memory_order_relaxed);
  extra.cursors.fetch_add(1, std::memory_order_acq_rel);
  atomic_view<std::uint8_t>(c.h.flags).fetch_or(iterator_flag | old_iterator_flag,
                                                std::memory_order_relaxed);
  return &extra;
}

template <class Core>
void release_cursor(const typename Core::allocator_type& alloc, extra_record* extra) noexcept {
  auto* c = static_cast<Core*>(extra->owner);
  if (extra->cursors.fetch_sub(1, std::memory_order_acq_rel) == 1 && c != nullptr) {
    release_pinned(*c, *extra);
  }
  if (extra->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    free_extra_record(alloc, extra);
  }
}

}  // namespace hmap::detail
