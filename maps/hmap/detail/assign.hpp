// Inserting and updating.
//
// In a table that is not growing: one pass along the chain finds the key or the first
// empty cell. A new key checks for growth first. The entry is constructed in its cell
// before tophash and count say that it is there, so a throwing constructor leaves the
// table as it was.
//
// In a growing table, and when a growth starts, entries move before the new one finds its
// place, and the caller's arguments may refer to one of them
// (m.insert_or_assign(k, m.at(k2))). So the key is looked up where it is now; an update is
// made there and the cell followed through the move; a new entry is built outside the table first
// and moved in. Go needs neither: its arguments are copies. Where nothing moves, the caller updates
// the entry after the write has ended, as Go does: the old value's end may use the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "core.hpp"
#include "detached_entry.hpp"
#include "evacuate.hpp"
#include "find.hpp"
#include "growth.hpp"
#include "relocate.hpp"
#include "storage.hpp"

namespace hmap::detail {

struct assignment {
  location at;
  bucket* head;  // of the chain that `at` is in
  bool inserted;
};

/// The key's cell if it is in the chain from b on, else no location and `b` at the last
/// bucket and `empty` at the first empty cell, if there is one.
template <class Core, class K>
location find_or_vacancy(const Core& c, bucket*& b, location& empty, const K& key,
                         std::uint8_t top) {
  for (;;) {
    const tophash_word word(b->tophash);
    if (const location at = find_in_bucket(c, b, word, key, top)) return at;
    if (!empty) {
      if (const auto cells = word.empty()) empty = {b, cells.lowest()};
    }
    bucket* next = ends_chain(b) ? nullptr : c.overflow_of(b);
    if (next == nullptr) return {};
    b = next;
  }
}

/// Counts the entry that now lives at `at`, a cell of the chain that starts at `head`.
template <class Core>
MAPS_ALWAYS_INLINE void occupy(Core& c, bucket* head, location at, std::uint64_t hash) noexcept {
  at.b->tophash[at.i] = tophash(hash);
  ++c.h.count;
  if (head < c.first) [[unlikely]] {
    c.first = head;
  }
}

template <class Core, class... Args>
MAPS_ALWAYS_INLINE void place(Core& c, bucket* head, location at, std::uint64_t hash,
                              Args&&... args) {
  Core::layout::construct(c.alloc, at.b, at.i, std::forward<Args>(args)...);
  occupy(c, head, at, hash);
}

/// A cell for an entry known to be absent, after growth as need be.
template <class Core>
location make_room(Core& c, std::uint64_t hash) {
  if (c.growing()) grow_work(c, hash);
  while (grow_if_needed(c)) grow_work(c, hash);
  return make_vacancy(c, head_of(c, hash));
}

/// Inserts an entry known to be absent. The arguments must not refer to entries of this table.
template <class Core, class K, class V>
void insert_absent(Core& c, std::uint64_t hash, K&& key, V&& value) {
  const location at = make_room(c, hash);
  place(c, head_of(c, hash), at, hash, std::forward<K>(key), std::forward<V>(value));
}

template <class Core, class K, class... Args>
MAPS_NOINLINE assignment assign_detached(Core& c, std::uint64_t hash, K&& key, Args&&... args) {
  detached_entry<Core> entry(c, std::forward<K>(key), std::forward<Args>(args)...);
  const location at = make_room(c, hash);
  entry.move_to(at);
  occupy(c, head_of(c, hash), at, hash);
  return {at, head_of(c, hash), true};
}

template <class Core, class OnFound, class K, class... Args>
MAPS_NOINLINE assignment assign_while_growing(Core& c, std::uint64_t hash, OnFound on_found,
                                              K&& key, Args&&... args) {
  if (location at = find_hashed(c, key, hash)) {
    on_found(at);
    grow_work(c, hash, &at);
    return {at, head_of(c, hash), false};
  }
  return assign_detached(c, hash, std::forward<K>(key), std::forward<Args>(args)...);
}

/// The rest of assign() for a chain that may go on behind its first bucket.
template <class Core, class K, class... Args>
MAPS_NOINLINE assignment assign_along_chain(Core& c, bucket* head, std::uint64_t hash, K&& key,
                                            Args&&... args) {
  bucket* last = head;
  location empty{};
  if (const location at = find_or_vacancy(c, last, empty, key, tophash(hash))) {
    return {at, head, false};
  }
  if (must_grow(c)) {
    return assign_detached(c, hash, std::forward<K>(key), std::forward<Args>(args)...);
  }
  if (!empty) empty = {new_overflow(c, last), 0};
  place(c, head, empty, hash, std::forward<K>(key), std::forward<Args>(args)...);
  return {empty, head, true};
}

/// The one way in. If the key is not there, constructs the entry from key and args. If it is,
/// constructs nothing and calls on_found(location): in a growing table before the entry moves, in
/// any other when the write has ended. Strong guarantee for a new key.
///
/// In line is only the common case: no growth, and a chain that ends in its first bucket.
/// How many inserts an out-of-order core overlaps depends on how few instructions they
/// are: this split made insertion beyond the caches a tenth faster.
template <class Core, class OnFound, class K, class... Args>
MAPS_ALWAYS_INLINE assignment assign(Core& c, OnFound on_found, K&& key, Args&&... args) {
  const std::uint64_t hash = c.hash_of(key);
  write_guard guard(c);
  if (c.h.buckets == nullptr) [[unlikely]] {
    c.h.buckets = make_bucket_array(c, c.h.B);
  }
  if (c.growing()) [[unlikely]] {
    return assign_while_growing(c, hash, on_found, std::forward<K>(key),
                                std::forward<Args>(args)...);
  }
  bucket* head = head_of(c, hash);
  const tophash_word word(head->tophash);
  if (const location at = find_in_bucket(c, head, word, key, tophash(hash))) {
    // Not for all ways to be here at once: a location that comes out of a call lies in memory, and
    // this one with it, which made updates half as fast.
    guard.end();
    on_found(at);
    return {at, head, false};
  }
  if (!ends_chain(head)) {
    const assignment a =
        assign_along_chain(c, head, hash, std::forward<K>(key), std::forward<Args>(args)...);
    if (!a.inserted) {
      guard.end();
      on_found(a.at);
    }
    return a;
  }
  if (must_grow(c)) [[unlikely]] {
    return assign_detached(c, hash, std::forward<K>(key), std::forward<Args>(args)...);
  }
  const location at{head, word.empty().lowest()};
  place(c, head, at, hash, std::forward<K>(key), std::forward<Args>(args)...);
  return {at, head, true};
}

}  // namespace hmap::detail
