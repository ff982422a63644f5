// Looking a key up: one chain, never two, never moving anything.
//
// While the table grows, the old chain is the right one until its head bucket is marked
// evacuated. In a bucket the eight tophash bytes are matched at once; only cells that
// match have their key compared. A chain ends early where cell 7 is empty_rest: by the
// meaning of that mark nothing can follow, and one byte answers for the bucket.
//
// Cost at full load, random keys: 1.05 buckets a hit; a miss reads the tophash line only,
// but for the third of chains whose head is full.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core.hpp"
#include "prefetch.hpp"

namespace hmap::detail {

/// The chain of the current array that a hash belongs to.
template <class Core>
MAPS_ALWAYS_INLINE bucket* head_of(const Core& c, std::uint64_t hash) noexcept {
  return c.bucket_at(c.h.buckets, hash & (c.bucket_count() - 1));
}

/// The head of the one chain where a key with this hash can be.
template <class Core>
MAPS_ALWAYS_INLINE bucket* chain_of(const Core& c, std::uint64_t hash) noexcept {
  bucket* head = head_of(c, hash);
  if (c.h.oldbuckets != nullptr) [[unlikely]] {
    const std::size_t index = hash & (c.old_bucket_count() - 1);
    if (!c.has_moved(index)) return c.bucket_at(c.h.oldbuckets, index);
  }
  return head;
}

inline bool ends_chain(const bucket* b) noexcept {
  return b->tophash[bucket_cells - 1] == empty_rest;
}

template <class Core, class K>
MAPS_ALWAYS_INLINE location find_in_bucket(const Core& c, bucket* b, tophash_word word,
                                           const K& key, std::uint8_t top) {
  for (auto cells = word.match(top); cells; cells.drop_lowest()) {
    const unsigned i = cells.lowest();
    if (c.equal(Core::layout::key(b, i), key)) [[likely]] {
      return {b, i};
    }
  }
  return {};
}

template <class Core, class K>
MAPS_ALWAYS_INLINE location find_in_chain(const Core& c, bucket* b, const K& key,
                                          std::uint8_t top) {
  do {
    if (const location at = find_in_bucket(c, b, tophash_word(b->tophash), key, top)) return at;
    if (ends_chain(b)) return {};
    b = c.overflow_of(b);
  } while (b != nullptr);
  return {};
}

template <class Core, class K>
MAPS_ALWAYS_INLINE location find_hashed(const Core& c, const K& key, std::uint64_t hash) {
  return find_in_chain(c, chain_of(c, hash), key, tophash(hash));
}

/// A cell and the head of its chain, from which a sweep can go on.
struct found {
  location at;
  bucket* head = nullptr;
};

/// The cell of `key`, or none. Reports a write that is under way in another thread.
template <class Core, class K>
MAPS_ALWAYS_INLINE found find(const Core& c, const K& key) {
  if (c.h.count == 0) return {};
  check_no_writer(c, concurrent_read_and_write);
  const std::uint64_t hash = c.hash_of(key);
  bucket* head = chain_of(c, hash);
  prefetch_cells<typename Core::layout>(head);
  return {find_in_chain(c, head, key, tophash(hash)), head};
}

}  // namespace hmap::detail
