// Merging the last bucket into its partner: what splitting did, undone. No hash is computed: both
// buckets' entries share the low bits, and the tags are there. Entries go to free slots, the few
// that find none to nodes, which are taken beforehand; then everything changes place at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "chain.hpp"
#include "core.hpp"
#include "entry.hpp"

namespace steady::detail {

/// Nodes taken from the pool and not used yet.
template <class Core>
class taken_nodes {
 public:
  explicit taken_nodes(Core& c) noexcept : c_(c) {}
  taken_nodes(const taken_nodes&) = delete;
  taken_nodes& operator=(const taken_nodes&) = delete;
  ~taken_nodes() {
    for (std::size_t i = 0; i < size_; ++i) c_.nodes.give_back(nodes_[i]);
  }
  typename Core::node_type* take() { return nodes_[size_++] = c_.nodes.take(c_.alloc); }
  void link_all(typename Core::bucket_type b) noexcept {
    while (size_ > 0) link<Core>(b, nullptr, nodes_[--size_]);
  }

 private:
  Core& c_;
  std::array<typename Core::node_type*, bucket_slots> nodes_;
  std::size_t size_ = 0;
};

/// The last of the chain's first chain_cap nodes, or null if it goes on behind them.
template <class Core>
typename Core::node_type* end_of_chain(typename Core::node_type* n) noexcept {
  for (std::size_t i = 1; i < Core::traits::chain_cap && n->next != nullptr; ++i) n = n->next;
  return n->next == nullptr ? n : nullptr;
}

/// Makes one chain of two, in a bounded number of steps or not at all. Returns its beginning.
template <class Core>
typename Core::node_type* joined(typename Core::node_type* a,
                                 typename Core::node_type* b) noexcept {
  if (a == nullptr || b == nullptr) return a == nullptr ? b : a;
  if (auto* end = end_of_chain<Core>(a)) {
    end->next = b;
    return a;
  }
  if (auto* end = end_of_chain<Core>(b)) {
    end->next = a;
    return b;
  }
  return nullptr;
}

/// Merges bucket number `low + split` into its partner. False if their chains are too long for
/// that. Strong guarantee.
template <class Core>
bool merge_bucket(Core& c) {
  const std::size_t i = c.split - 1;
  const auto to = c.memory.upper(i), from = c.memory.upper(i + c.low + 1);
  if (from.is_empty()) return true;  // nor is anything written that was only reserved
  auto* const to_chain = to.chain();
  auto* const from_chain = from.chain();

  transfer<typename Core::ops, bucket_slots> entries;
  taken_nodes<Core> nodes(c);
  std::array<tag_type, tag_bytes> tags;
  std::memcpy(tags.data(), to.tags(), tag_bytes);
  slot_set vacancy = to.word().empty();
  for (auto slots = from.word().occupied(); slots; slots.drop_lowest()) {
    const unsigned slot = slots.lowest();
    if (vacancy) {
      tags[vacancy.lowest()] = from.tag(slot);
      entries.add(to.entry(vacancy.lowest()), from.entry(slot));
      vacancy.drop_lowest();
    } else {
      auto* n = nodes.take();
      n->tag = from.tag(slot);
      entries.add(n->entry(), from.entry(slot));
    }
  }
  auto* const chain = joined<Core>(to_chain, from_chain);
  if (chain == nullptr && to_chain != nullptr) return false;
  MAPS_TRY { entries.run(c.alloc); }
  MAPS_CATCH_ALL {
    part_again<Core>(chain, to_chain, from_chain);
    MAPS_RETHROW;
  }
  tags[filter_byte] = static_cast<tag_type>(to.filter() | from.filter());
  std::memcpy(to.tags(), tags.data(), tag_bytes);
  std::memset(from.tags(), 0, tag_bytes);
  if (chain != nullptr) to.head() = chain;
  c.note_entry(i);
  nodes.link_all(to);
  return true;
}

/// Undoes joined(); the chain is as short as it was then.
template <class Core>
void part_again(typename Core::node_type* joint, typename Core::node_type* a,
                typename Core::node_type* b) noexcept {
  if (a == nullptr || b == nullptr) return;
  auto* second = joint == a ? b : a;
  while (joint->next != second) joint = joint->next;
  joint->next = nullptr;
}

}  // namespace steady::detail
