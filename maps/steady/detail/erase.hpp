// Erasing entries, and all of them. An erased slot is empty at once: there are no tombstones, and
// nothing about a table depends on how long its history is. Entries in the chain stay in their
// nodes; the filter shrinks with the chain.
#pragma once

#include <cstddef>
#include <cstdint>

#include "chain.hpp"
#include "core.hpp"
#include "find.hpp"
#include "leaving.hpp"
#include "resize.hpp"

namespace steady::detail {

template <class Core>
void shrink_if_due(Core& c) noexcept {
  if (c.count < c.shrink_at) [[unlikely]] {
    shrink(c);
  }
}

/// Moves nothing but the entry, allocates nothing.
template <class Core>
STEADY_NOINLINE void erase_node(Core& c, const typename Core::location_type& at) noexcept {
  const leaving_node<Core> entry(c, at);
}
template <class Core>
STEADY_ALWAYS_INLINE void erase_at(Core& c, const typename Core::location_type& at) noexcept {
  if (at.in != nullptr) [[unlikely]] {
    return erase_node(c, at);
  }
  const leaving_slot<Core> entry(c, c.bucket_at(at.bucket).tag(at.slot), at.entry);
}

/// erase_key() behind the bucket's slots.
template <class Core, class K>
STEADY_NOINLINE std::size_t erase_in_chain(Core& c, std::size_t index, const K& key,
                                           std::uint64_t hash) {
  const auto at = find_in_chain(c, index, key, hash);
  if (!at) return 0;
  const leaving_node<Core> entry(c, at);
  shrink_if_due(c);
  return 1;
}

/// May merge a bucket, so it may move entries.
template <class Core, class K>
STEADY_ALWAYS_INLINE std::size_t erase_key(Core& c, const K& key) {
  const std::uint64_t hash = c.hash_of(key);
  const home<Core> home = home_of(c, hash);
  const auto at = find_in_slots(c, home, home.bucket.word(), key, hash);
  if (!at) {
    if (!home.bucket.may_have_spilled(hash)) return 0;
    return erase_in_chain(c, home.index, key, hash);
  }
  const leaving_slot<Core> entry(c, home.bucket.tag(at.slot), at.entry);
  shrink_if_due(c);
  return 1;
}

/// Ends every entry of bucket i; its tags stay.
template <class Core>
void destroy_bucket(Core& c, typename Core::bucket_type b) noexcept {
  if constexpr (!Core::ops::ends_trivially) {
    for (auto slots = b.word().occupied(); slots; slots.drop_lowest()) {
      Core::ops::destroy(c.alloc, b.entry(slots.lowest()));
    }
  }
  for (auto* n = b.chain(); n != nullptr;) {
    auto* next = n->next;
    Core::ops::destroy(c.alloc, n->entry());
    c.nodes.give_back(n);
    n = next;
  }
}

template <class Core>
void destroy_entries(Core& c) noexcept {
  if (c.count == 0 || (Core::ops::ends_trivially && c.nodes.live() == 0)) return;
  for (std::size_t i = 0; i < c.bucket_count(); ++i) destroy_bucket(c, c.bucket_at(i));
}

/// Back to a table without memory.
template <class Core>
void drop_memory(Core& c) noexcept {
  destroy_entries(c);
  c.memory.drop(c.alloc);
  c.nodes.release(c.alloc);
  set_level(c, 0);
  c.count = c.grow_at = c.shrink_at = c.split = 0;
  c.direction = resizing::no;
  c.partition = {};
}

/// Keeps the memory, so it costs time in proportion to it. Ends whatever resizing was going on.
template <class Core>
void clear(Core& c) noexcept {
  if (!c.memory.exists()) return;
  destroy_entries(c);
  c.count = 0;
  for (std::size_t i = 0; i < c.bucket_count(); ++i) {
    std::memset(c.bucket_at(i).tags(), 0, tag_bytes);
  }
  if (c.memory.is_moving()) {
    for (std::size_t i = 0; i <= c.low; ++i) std::memset(c.memory.lower(i).tags(), 0, tag_bytes);
    c.memory.abandon(c.alloc);
  }
  c.split = 0;
  c.direction = resizing::no;
  c.partition = {};
  c.nodes.release(c.alloc);
  c.seed = random_seed();
  set_limits(c);
}

}  // namespace steady::detail
