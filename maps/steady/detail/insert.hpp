// Inserting and updating.
//
// In line is only the straight path: no chain to search, a free slot, no growth. The entry is
// made in its slot before the tag and the count say that it is there, so a constructor that throws
// leaves the table as it was.
//
// Growth comes after the entry, not before: the caller's arguments may refer to entries of this
// table (m.insert_or_assign(k, m.at(k2))), and a split might move them while they are still
// needed. The new entry may be one of those that the split moves; its place goes with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "chain.hpp"
#include "core.hpp"
#include "find.hpp"
#include "resize.hpp"

namespace steady::detail {

template <class Core>
struct insertion {
  typename Core::location_type at;
  bool inserted;
};

/// A new entry in a slot that is free.
template <class Core, class... Args>
MAPS_ALWAYS_INLINE typename Core::location_type
place_in_slot(Core& c, const home<Core>& at, unsigned slot, std::uint64_t hash, Args&&... args) {
  auto* entry = at.bucket.entry(slot);
  Core::ops::construct(c.alloc, entry, std::forward<Args>(args)...);
  at.bucket.tag(slot) = tag_of(hash);
  ++c.count;
  c.note_entry(at.index);
  return {entry, at.index, slot, nullptr};
}

/// A new entry in a node, because the bucket is full.
template <class Core, class... Args>
typename Core::location_type place_in_node(Core& c, const home<Core>& at, std::uint64_t hash,
                                           Args&&... args) {
  auto* n = c.nodes.take(c.alloc);
  MAPS_TRY { Core::ops::construct(c.alloc, n->entry(), std::forward<Args>(args)...); }
  MAPS_CATCH_ALL {
    c.nodes.give_back(n);
    MAPS_RETHROW;
  }
  n->tag = tag_of(hash);
  link_new(c, at.index, at.bucket, n, hash);
  ++c.count;
  c.note_entry(at.index);
  return {n->entry(), at.index, 0, n};
}

/// Inserts an entry known to be absent. Strong guarantee. The seed comes with the first memory, so
/// the hash of a table's first key is not yet what it will be.
template <class Core, class K, class... Args>
MAPS_NOINLINE typename Core::location_type insert_absent(Core& c, std::uint64_t hash, K&& key,
                                                         Args&&... args) {
  if (!c.memory.exists()) {
    start(c, c.floor);
    hash = c.hash_of(key);
  }
  const home<Core> at = home_of(c, hash);
  const auto vacancy = at.bucket.word().empty();
  auto placed = vacancy
                    ? place_in_slot(c, at, vacancy.lowest(), hash, std::forward<K>(key),
                                    std::forward<Args>(args)...)
                    : place_in_node(c, at, hash, std::forward<K>(key), std::forward<Args>(args)...);
  if (c.count > c.grow_at) grow(c, placed);
  return placed;
}

/// The one way in. If the key is there, calls on_found(entry) and constructs nothing; otherwise
/// constructs the entry from key and args. Strong guarantee for a new key.
template <class Core, class OnFound, class K, class... Args>
MAPS_ALWAYS_INLINE insertion<Core> insert(Core& c, OnFound on_found, K&& key, Args&&... args) {
  const std::uint64_t hash = c.hash_of(key);
  const home<Core> at = home_of(c, hash);
  // Found or not, a slot is going to be used.
  MAPS_PREFETCH(at.bucket.slots());
  const tag_word word = at.bucket.word();
  if (const auto found = find_in_slots(c, at, word, key, hash)) {
    on_found(*found.entry);
    return {found, false};
  }
  if (at.bucket.may_have_spilled(hash)) [[unlikely]] {
    if (const auto found = find_in_chain(c, at.index, key, hash)) {
      on_found(*found.entry);
      return {found, false};
    }
  }
  const auto vacancy = word.empty();
  if (!vacancy || c.count >= c.grow_at) [[unlikely]] {
    return {insert_absent(c, hash, std::forward<K>(key), std::forward<Args>(args)...), true};
  }
  return {place_in_slot(c, at, vacancy.lowest(), hash, std::forward<K>(key),
                        std::forward<Args>(args)...),
          true};
}

}  // namespace steady::detail
