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
MAPS_NOINLINE void erase_node(Core& c, const typename Core::location_type& at) noexcept {
  const leaving_node<Core> entry(c, at);
}
template <class Core>
MAPS_ALWAYS_INLINE void erase_at(Core& c, const typename Core::location_type& at) noexcept {
  if (at.in != nullptr) [[unlikely]] {
    return erase_node(c, at);
  }
  const leaving_slot<Core> entry(c, c.bucket_at(at.bucket).tag(at.slot), at.entry);
}

/// erase_key() behind the bucket's slots.
template <class Core, class K>
MAPS_NOINLINE std::size_t erase_in_chain(Core& c, std::size_t index, const K& key,
                                         std::uint64_t hash) {
  const auto at = find_in_chain(c, index, key, hash);
  if (!at) return 0;
  const leaving_node<Core> entry(c, at);
  shrink_if_due(c);
  return 1;
}

/// May merge a bucket, so it may move entries.
template <class Core, class K>
MAPS_ALWAYS_INLINE std::size_t erase_key(Core& c, const K& key) {
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
template <class Ops, class Table, class Alloc>
void destroy_bucket(Table& t, Alloc& alloc, typename Table::bucket_type b) noexcept {
  if constexpr (!Ops::ends_trivially) {
    for (auto slots = b.word().occupied(); slots; slots.drop_lowest()) {
      Ops::destroy(alloc, b.entry(slots.lowest()));
    }
  }
  for (auto* n = b.chain(); n != nullptr;) {
    auto* next = n->next;
    Ops::destroy(alloc, n->entry());
    t.nodes.give_back(n);
    n = next;
  }
}
template <class Ops, class Table, class Alloc>
void destroy_entries(Table& t, Alloc& alloc) noexcept {
  if (t.count == 0 || (Ops::ends_trivially && t.nodes.live() == 0)) return;
  for (std::size_t i = t.first.get(); i < t.bucket_count(); ++i) {
    destroy_bucket<Ops>(t, alloc, t.bucket_at(i));
  }
}

/// The end of a table that has memory.
template <class Core>
MAPS_NOINLINE void end_table(Core& c) noexcept {
  destroy_entries<typename Core::ops>(c, c.alloc);
  c.memory.end(c.alloc);
  c.nodes.release(c.alloc);
}

/// Back to a table without memory.
template <class Core>
void drop_memory(Core& c) noexcept {
  destroy_entries<typename Core::ops>(c, c.alloc);
  c.memory.drop(c.alloc);
  c.nodes.release(c.alloc);
  c.forget_entries();
  set_level(c, 0);
  c.grow_at = c.shrink_at = 0;
}

/// Keeps the memory, and ends whatever resizing was going on. The entries end in a table aside:
/// what their destructors insert goes into a new one, and stays.
template <class Core>
void clear(Core& c) noexcept {
  if (!c.memory.exists()) return;
  typename Core::table_type old;
  old.swap_table(c);
  c.floor = old.floor;
  destroy_entries<typename Core::ops>(old, c.alloc);
  const bool is_moving = old.memory.is_moving();
  const std::size_t buckets = is_moving ? old.low + 1 : old.bucket_count();
  old.memory.abandon(c.alloc);
  if (old.count != 0 || is_moving) old.memory.wipe(buckets, old.count);
  old.forget_entries();
  old.nodes.release(c.alloc);
  if (c.memory.exists()) return old.memory.drop(c.alloc);
  c.swap_table(old);
  c.seed = random_seed();
  set_limits(c);
}

}  // namespace steady::detail
