// What chains of overflow nodes need: linking, unlinking, and keeping the filter honest.
//
// A chain that is being sorted for a split (chain_marks, nodes.hpp) begins with the nodes that
// stay and goes on with those that leave. Who links or unlinks a node of that bucket keeps the
// two marks right; everybody else never meets them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core.hpp"

namespace steady::detail {

template <class Core>
bool is_being_sorted(const Core& c, std::size_t index) noexcept {
  return c.sorting && index == c.split;
}

/// Whether a hash belongs to the upper one of the two buckets that bucket `split` becomes.
template <class Core>
bool goes_up(const Core& c, std::uint64_t hash) noexcept {
  return (hash & (c.low + 1)) != 0;
}

/// The only way into a chain. `previous` null means its beginning.
template <class Core>
void link(typename Core::bucket_type b, typename Core::node_type* previous,
          typename Core::node_type* n) noexcept {
  if (previous == nullptr) {
    n->next = b.chain();
    b.head() = n;
  } else {
    n->next = previous->next;
    previous->next = n;
  }
  b.filter() = static_cast<tag_type>(b.filter() | filter_bit(n->tag));
}

/// Links the node of a new entry.
template <class Core>
void link_new(Core& c, std::size_t index, typename Core::bucket_type b, typename Core::node_type* n,
              std::uint64_t hash) noexcept {
  if (!is_being_sorted(c, index)) return link<Core>(b, nullptr, n);
  auto& p = c.nodes.marks();
  if (goes_up(c, hash)) {
    link<Core>(b, p.stays, n);
    if (p.sorted == nullptr) p.sorted = n;
  } else {
    link<Core>(b, nullptr, n);
    if (p.stays == nullptr) p.stays = n;
  }
}

/// Sets the filter to what the chain says.
template <class Core>
void refresh_filter(typename Core::bucket_type b) noexcept {
  tag_type filter = 0;
  for (auto* n = b.chain(); n != nullptr && filter != 0xff; n = n->next) {
    filter = static_cast<tag_type>(filter | filter_bit(n->tag));
  }
  b.filter() = filter;
}

/// Takes a node out of its chain; its entry stays alive.
template <class Core>
void unlink(Core& c, std::size_t index, typename Core::bucket_type b,
            typename Core::node_type* n) noexcept {
  typename Core::node_type* previous = nullptr;
  for (auto* at = b.head(); at != n; at = at->next) previous = at;
  if (is_being_sorted(c, index)) {
    auto& p = c.nodes.marks();
    // Where no sorted node is left to go, the unsorted ones begin behind those that stay.
    if (p.sorted == n) p.sorted = previous == p.stays ? nullptr : previous;
    if (p.stays == n) p.stays = previous;
  }
  if (previous == nullptr) {
    b.head() = n->next;
    if (n->next == nullptr) {
      b.filter() = 0;
      return;
    }
  } else {
    previous->next = n->next;
  }
  refresh_filter<Core>(b);
}

}  // namespace steady::detail
