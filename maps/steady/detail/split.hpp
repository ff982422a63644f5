// Splitting one bucket: entries whose next hash bit is set go to the partner, 2^L buckets further
// up; the others stay where they are (or follow to the same number in another block, while the
// table moves). All hashes come first, since they may throw; then everything changes place at
// once (transfer), tags and counts last. A split that throws has changed nothing.
//
// Nodes are linked anew and not touched, unless an entry's move cannot throw: then as many as
// there is room for come back into slots.
//
// A chain of more than Traits::chain_cap nodes is sorted beforehand, that many nodes a step, and
// then cut in two: a hash that throws thousands of keys into one bucket is slow for those keys,
// but it must not make the insert wait that happens to split it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "chain.hpp"
#include "core.hpp"
#include "find.hpp"

namespace steady::detail {

/// Splits the slots of `from` into `stay` (which may be `from` itself) and `go`.
template <class Core>
class slot_split {
  using bucket_type = typename Core::bucket_type;
  using value_type = typename Core::value_type;
  using ops = typename Core::ops;

 public:
  static void run(Core& c, bucket_type from, bucket_type stay, bucket_type go,
                  location<value_type>* follow) {
    if constexpr (ops::trivial && sizeof(value_type) <= carried_twice) {
      if (follow == nullptr) return carry_bytes(c, from, stay, go);
    }
    slot_split s;
    s.plan(c, from, stay, go);
    s.transfer_.run(c.alloc);
    s.commit(from, stay, go);
    if (follow != nullptr && follow->in == nullptr) s.follow(*follow, stay, go, c);
  }

 private:
  struct tag_row {
    std::array<tag_type, tag_bytes> tags{};
    unsigned used = 0;
    unsigned add(tag_type t) noexcept {
      tags[used] = t;
      return used++;
    }
    void write(bucket_type b) const noexcept { std::memcpy(b.tags(), tags.data(), tag_bytes); }
  };

  void plan(const Core& c, bucket_type from, bucket_type stay, bucket_type go) {
    moves_all_ = from.tags() != stay.tags();
    for (auto slots = from.word().occupied(); slots; slots.drop_lowest()) {
      const unsigned i = slots.lowest();
      auto* entry = from.entry(i);
      if (goes_up(c, c.hash_of(entry->first))) {
        transfer_.add(go.entry(gone_.add(from.tag(i))), entry);
        left_ |= 1U << i;
      } else if (moves_all_) {
        transfer_.add(stay.entry(kept_.add(from.tag(i))), entry);
      }
    }
  }

  void commit(bucket_type from, bucket_type stay, bucket_type go) const noexcept {
    gone_.write(go);
    if (moves_all_) {
      kept_.write(stay);
    } else {
      for (slot_set left(left_); left; left.drop_lowest()) from.tag(left.lowest()) = no_tag;
    }
  }

  /// Records where an entry of `from` is now.
  void follow(location<value_type>& l, bucket_type stay, bucket_type go, const Core& c) const {
    value_type* now = transfer_.moved(l.entry);
    if (now == l.entry && !moves_all_) return;
    const bool is_up = now >= go.slots() && now < go.slots() + bucket_slots;
    l.bucket = c.split + (is_up ? c.low + 1 : 0);
    l.slot = static_cast<unsigned>(now - (is_up ? go : stay).slots());
    l.entry = now;
  }

  /// The same for entries that are plain bytes, in one pass and with one branch an entry: each is
  /// written behind the last one that goes (and the last one that stays), and only the place
  /// behind it advances. Not for large ones: half of the writing is in vain.
  static constexpr std::size_t carried_twice = 512;
  static void carry_bytes(const Core& c, bucket_type from, bucket_type stay, bucket_type go) {
    tag_row gone, kept;
    const bool moves_all = from.tags() != stay.tags();
    std::array<tag_type, tag_bytes> in_place;
    std::memcpy(in_place.data(), from.tags(), tag_bytes);
    const auto* const source = from.slots();
    auto* const going = go.slots();
    auto* const staying = stay.slots();
    for (auto slots = from.word().occupied(); slots; slots.drop_lowest()) {
      const unsigned i = slots.lowest();
      const auto* entry = source + i;
      const unsigned up = goes_up(c, c.hash_of(entry->first)) ? 1 : 0;
      carry(going + gone.used, entry);
      gone.tags[gone.used] = from.tag(i);
      gone.used += up;
      if (moves_all) {
        carry(staying + kept.used, entry);
        kept.tags[kept.used] = from.tag(i);
        kept.used += 1 - up;
      } else {
        in_place[i] = static_cast<tag_type>(from.tag(i) & (up - 1));
      }
    }
    // What was written last may not have advanced.
    gone.tags[gone.used] = no_tag;
    kept.tags[kept.used] = no_tag;
    gone.write(go);
    if (moves_all) {
      kept.write(stay);
    } else {
      std::memcpy(from.tags(), in_place.data(), tag_bytes);
    }
  }
  static void carry(value_type* to, const value_type* from) noexcept {
    std::memcpy(static_cast<void*>(to), static_cast<const void*>(from), sizeof(value_type));
  }

  transfer<typename Core::ops, bucket_slots> transfer_;
  tag_row gone_, kept_;
  unsigned left_ = 0;  // slots of `from` that go
  bool moves_all_ = false;
};

/// A chain of at most chain_cap nodes, divided in the mind before anything changes.
template <class Core>
class chain_split {
  using bucket_type = typename Core::bucket_type;
  using node_type = typename Core::node_type;

 public:
  /// False if it is longer than that.
  bool plan(const Core& c, node_type* chain) {
    for (auto* n = chain; n != nullptr; n = n->next) {
      if (nodes_ == Core::traits::chain_cap) return false;
      go_[nodes_] = goes_up(c, c.hash_of(n->entry()->first));
      ++nodes_;
    }
    return true;
  }

  void run(Core& c, node_type* chain, bucket_type stay, bucket_type go,
           location<typename Core::value_type>* follow) noexcept {
    for (std::size_t i = 0; i < nodes_; ++i) {
      node_type* next = chain->next;
      put(c, go_[i] ? go : stay, c.split + (go_[i] ? c.low + 1 : 0), chain, follow);
      chain = next;
    }
  }

 private:
  static void put(Core& c, bucket_type b, std::size_t index, node_type* n,
                  location<typename Core::value_type>* follow) noexcept {
    const bool is_followed = follow != nullptr && follow->in == n;
    if (is_followed) follow->bucket = index;
    if constexpr (Core::ops::moves_safely) {
      if (const auto vacancy = b.word().empty()) {
        const unsigned i = vacancy.lowest();
        Core::ops::relocate(c.alloc, b.entry(i), n->entry());
        b.tag(i) = n->tag;
        c.nodes.give_back(n);
        if (is_followed) *follow = {b.entry(i), index, i, nullptr};
        return;
      }
    }
    link<Core>(b, nullptr, n);
  }

  std::size_t nodes_ = 0;
  std::array<bool, Core::traits::chain_cap> go_;
};

/// Sorts up to chain_cap nodes of a long chain; true when none is left.
template <class Core>
bool sort_chain(Core& c, typename Core::bucket_type b) {
  auto& p = c.nodes.marks();
  if (!c.sorting) p = {};
  c.sorting = true;
  for (std::size_t i = 0; i < Core::traits::chain_cap; ++i) {
    auto* before = p.sorted != nullptr ? p.sorted : p.stays;
    auto* n = before != nullptr ? before->next : b.head();
    if (n == nullptr) return true;
    if (goes_up(c, c.hash_of(n->entry()->first))) {
      p.sorted = n;
      continue;
    }
    if (p.sorted != nullptr) {  // to the beginning, past those that go
      p.sorted->next = n->next;
      n->next = b.head();
      b.head() = n;
      if (p.stays == nullptr) p.stays = n;
    } else {
      p.stays = n;  // nothing goes so far: it is in its place
    }
  }
  return false;
}

/// Cuts a sorted chain between those that stay and those that go. The filter is both halves', a
/// little too wide for each.
template <class Core>
void cut_chain(Core& c, typename Core::node_type* head, tag_type filter,
               typename Core::bucket_type stay, typename Core::bucket_type go) noexcept {
  const auto p = c.nodes.marks();
  typename Core::node_type* going = head;
  if (p.stays != nullptr) {
    going = p.stays->next;
    p.stays->next = nullptr;
    stay.head() = head;
  }
  stay.filter() = p.stays != nullptr ? filter : tag_type{0};
  go.filter() = going != nullptr ? filter : tag_type{0};
  if (going != nullptr) go.head() = going;
  c.sorting = false;
}

/// Splits bucket number `split`, or brings that a bounded step nearer: true when it is done.
/// `follow`, if given, is a place in the table that follows its entry.
template <class Core>
bool split_bucket(Core& c, location<typename Core::value_type>* follow) {
  const std::size_t i = c.split;
  const auto from = c.memory.lower(i), stay = c.memory.upper(i);
  const auto go = c.memory.upper(i + c.low + 1);
  if (follow != nullptr && follow->bucket != i) follow = nullptr;
  auto* chain = from.chain();
  if (chain == nullptr) [[likely]] {
    c.sorting = false;
    slot_split<Core>::run(c, from, stay, go, follow);
    return true;
  }
  chain_split<Core> nodes;
  if (!c.sorting && nodes.plan(c, chain)) {
    slot_split<Core>::run(c, from, stay, go, follow);
    stay.filter() = go.filter() = 0;
    nodes.run(c, chain, stay, go, follow);
    return true;
  }
  if (!sort_chain(c, from)) return false;
  const bool node_goes =
      follow != nullptr && follow->in != nullptr && goes_up(c, c.hash_of(follow->entry->first));
  const tag_type filter = from.filter();
  chain = from.head();
  slot_split<Core>::run(c, from, stay, go, follow);
  if (node_goes) follow->bucket = i + c.low + 1;
  cut_chain(c, chain, filter, stay, go);
  return true;
}

}  // namespace steady::detail
