// Looking a key up: one bucket, and its chain if the filter says that the key may be there.
//
// Whether a bucket has been split already is a branch: it is always the same way in a table that
// is not growing, and lookups then run ahead of it. While a table grows, or has stopped half-way,
// the processor cannot predict it, and the address is selected without one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core.hpp"

namespace steady::detail {

/// Where a key with some hash is or would be.
template <class Core>
struct home {
  std::size_t index;
  typename Core::bucket_type bucket;
};

template <class Core>
MAPS_ALWAYS_INLINE home<Core> home_of(const Core& c, std::uint64_t hash) noexcept {
  const std::size_t i = hash & c.low;
  if (c.split == 0) [[likely]] {
    return {i, c.memory.lower(i)};
  }
  const bool is_split = i < c.split;
  const std::size_t index = hash & (c.low + ((c.low + 1) & (std::size_t{0} - is_split)));
  return {index, c.memory.either(is_split, index)};
}

template <class Core, class K>
MAPS_ALWAYS_INLINE typename Core::location_type find_in_slots(const Core& c, const home<Core>& at,
                                                              const tag_word& word, const K& key,
                                                              std::uint64_t hash) {
  auto slots = word.match(spread_tag(hash));
  if (!slots) return {};
  // A processor that expects a match is here long before the tags are, and starts on
  // the page tables.
  MAPS_PREFETCH(at.bucket.slots());
  do {
    const unsigned i = slots.lowest();
    auto* entry = at.bucket.entry(i);
    if (c.equal(entry->first, key)) [[likely]] {
      return {entry, at.index, i, nullptr};
    }
    slots.drop_lowest();
  } while (slots);
  return {};
}

/// Looks the bucket up again: handing it over would put its parts into memory on every lookup.
template <class Core, class K>
STEADY_OPAQUE typename Core::location_type find_in_chain(const Core& c, std::size_t index,
                                                         const K& key, std::uint64_t hash) {
  const tag_type tag = tag_of(hash);
  for (auto* n = c.bucket_at(index).chain(); n != nullptr; n = n->next) {
    if (n->tag == tag && c.equal(n->entry()->first, key)) return {n->entry(), index, 0, n};
  }
  return {};
}

template <class Core, class K>
MAPS_ALWAYS_INLINE typename Core::location_type find_hashed(const Core& c, const K& key,
                                                            std::uint64_t hash) {
  const home<Core> at = home_of(c, hash);
  if (const auto found = find_in_slots(c, at, at.bucket.word(), key, hash)) return found;
  if (at.bucket.may_have_spilled(hash)) [[unlikely]] {
    return find_in_chain(c, at.index, key, hash);
  }
  return {};
}

template <class Core, class K>
MAPS_ALWAYS_INLINE typename Core::location_type find(const Core& c, const K& key) {
  return find_hashed(c, key, c.hash_of(key));
}

}  // namespace steady::detail
