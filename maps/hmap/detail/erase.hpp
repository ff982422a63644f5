// Erasing entries, and all of them.
//
// An erased cell becomes empty_one. If everything behind it in the chain is empty_rest,
// it and the empty_one cells before it become empty_rest, going back over overflow
// buckets: that keeps misses short after erasure. Overflow buckets stay linked and the
// array keeps its size, as in Go; at zero entries the table takes a new seed. An entry whose
// destructor may use the table ends when the table is done with its cell (detached_entry.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core.hpp"
#include "cursor_pins.hpp"
#include "detached_entry.hpp"
#include "evacuate.hpp"
#include "find.hpp"
#include "storage.hpp"

namespace hmap::detail {

/// Whether every cell behind this one is empty_rest.
template <class Core>
bool nothing_behind(const Core& c, location at) noexcept {
  if (at.i + 1 < bucket_cells) return at.b->tophash[at.i + 1] == empty_rest;
  const bucket* next = c.overflow_of(at.b);
  return next == nullptr || next->tophash[0] == empty_rest;
}

template <class Core>
void spread_empty_rest(const Core& c, bucket* head, location at) noexcept {
  do {
    at.b->tophash[at.i] = empty_rest;
    if (at.i > 0) {
      --at.i;
      continue;
    }
    if (at.b == head) return;
    bucket* before = head;
    while (c.overflow_of(before) != at.b) before = c.overflow_of(before);
    at = {before, bucket_cells - 1};
  } while (at.b->tophash[at.i] == empty_one);
}

/// Counts the entry out that has left `at`, a cell of the chain that starts at `head`.
template <class Core>
void vacate(Core& c, bucket* head, location at) noexcept {
  at.b->tophash[at.i] = empty_one;
  if (nothing_behind(c, at)) spread_empty_rest(c, head, at);
  if (--c.h.count == 0) c.h.hash0 = static_cast<std::uint32_t>(maps::common::random_u64());
}

/// Erases the entry at `at`.
template <class Core>
void erase_at(Core& c, bucket* head, location at) noexcept {
  departing_entry<Core> entry(c);  // ends behind the guard
  const write_guard guard(c);
  entry.take(at);
  vacate(c, head, at);
}

/// Erases by key; says whether it was there. While the table grows this evacuates, even
/// for an absent key, and may throw; then nothing is erased.
template <class Core, class K>
bool erase_key(Core& c, const K& key) {
  if (c.h.count == 0) return false;
  const std::uint64_t hash = c.hash_of(key);
  departing_entry<Core> entry(c);  // ends behind the guard
  const write_guard guard(c);
  location at = find_hashed(c, key, hash);
  if (c.growing()) [[unlikely]] {
    // The key may live in the table itself, so it is looked up before entries move.
    grow_work(c, hash, at ? &at : nullptr);
  }
  if (!at) return false;
  entry.take(at);
  vacate(c, head_of(c, hash), at);
  return true;
}

/// Makes a bucket without overflow empty. One that is empty already is not written to: reserved
/// memory that no entry has been in stays untouched.
template <class Core>
void reset_if_used(bucket* b) noexcept {
  std::uint64_t tops;
  std::memcpy(&tops, b->tophash, sizeof tops);
  if (tops != 0) bucket_memory<Core>::reset(b);
}

/// Erases everything and forgets a growth in progress; the array stays, as in Go, so this
/// costs time proportional to its size.
template <class Core>
void clear(Core& c) noexcept {
  if (c.h.count == 0) return;
  const write_guard guard(c);
  if (c.h.extra != nullptr) release_pinned(c, *c.h.extra);
  empty_arrays(c);
  // A growth's array holds what the memory held before, wherever no chain has moved yet.
  const bool is_cleared = !c.growing();
  if (c.growing()) {
    free_bucket_array(c, c.h.oldbuckets, old_B(c));
    c.h.oldbuckets = nullptr;
    c.clear_flag(same_size_grow);
  }
  for (std::size_t i = 0; i < c.bucket_count(); ++i) {
    bucket* const b = c.bucket_at(c.h.buckets, i);
    is_cleared ? reset_if_used<Core>(b) : bucket_memory<Core>::reset(b);
  }
  c.first = nullptr;
  if (c.h.extra != nullptr) {
    c.h.extra->spares_used = 0;
    ++c.h.extra->epoch;  // cursors from before end here
  }
  c.h.count = 0;
  c.h.noverflow = 0;
  c.h.nevacuate = 0;
  c.h.hash0 = static_cast<std::uint32_t>(maps::common::random_u64());
}

}  // namespace hmap::detail
