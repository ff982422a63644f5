// Overflow nodes: where an entry goes whose bucket is full. One entry a node, singly linked from
// the bucket; the tag is kept, so that neither a lookup nor a merge computes a hash.
//
// Nodes come from a pool of chunks that double up to 64 KB. A node never moves; freed ones are
// used again; chunks go back when the table is emptied for good. At the highest load (12 entries
// a bucket) one entry in forty is in a node.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "config.hpp"
#include "tags.hpp"

namespace steady::detail {

template <class Value>
struct node {
  node* next;
  tag_type tag;
  alignas(Value) std::byte storage[sizeof(Value)];

  Value* entry() noexcept { return std::launder(reinterpret_cast<Value*>(storage)); }
};

/// The chain of bucket `split`, if it is too long to be split at once. It is sorted in place, a
/// bounded number of nodes an insert: first the nodes that stay, up to `stays`, then those that
/// go, up to `sorted`, then the rest. Looking up and sweeping notice nothing.
template <class Node>
struct chain_marks {
  Node* stays = nullptr;   // the last one that stays; null if none has been seen
  Node* sorted = nullptr;  // the last one that has been looked at, and goes; null if none
};

/// A table has no pool, one pointer, until its first bucket overflows.
template <class Value, class Alloc>
class node_pool {
 public:
  using node_type = node<Value>;

  node_pool() = default;
  node_pool(const node_pool&) = delete;
  node_pool& operator=(const node_pool&) = delete;

  void swap(node_pool& other) noexcept { std::swap(state_, other.state_); }

  /// A node without an entry. Throws what the allocator throws.
  node_type* take(const Alloc& alloc) {
    state& s = own_state(alloc);
    node_type* n = s.free;
    if (n != nullptr) {
      s.free = n->next;
    } else {
      if (s.fresh == s.fresh_end) add_chunk(alloc);
      n = s.fresh++;
    }
    ++s.live;
    return n;
  }
  void give_back(node_type* n) noexcept {
    push_free(n);
    --state_->live;
  }

  /// Returns all memory, if no node is in use.
  void release(const Alloc& alloc) noexcept {
    if (state_ == nullptr || state_->live != 0) return;
    node_alloc a(alloc);
    while (state_->chunks != nullptr) {
      const chunk here = *header_of(state_->chunks);
      node_traits::deallocate(a, std::exchange(state_->chunks, here.next), here.nodes);
    }
    state_alloc b(alloc);
    state_traits::deallocate(b, std::exchange(state_, nullptr), 1);
  }

  /// Room for n nodes without another allocation; the memory is written, so it is resident.
  void prepare(const Alloc& alloc, std::size_t n) {
    state& s = own_state(alloc);
    while (s.total - s.live < n) {
      const std::size_t before = s.total;
      // What is left of the current chunk would be forgotten: hand it to the free list.
      while (s.fresh != s.fresh_end) push_free(s.fresh++);
      add_chunk(alloc);
      while (s.fresh != s.fresh_end) push_free(s.fresh++);
      if (s.total == before) return;
    }
  }

  std::size_t live() const noexcept { return state_ != nullptr ? state_->live : 0; }
  std::size_t bytes() const noexcept {
    return state_ != nullptr ? sizeof(state) + state_->total * sizeof(node_type) : 0;
  }
  /// Of the chain that is being sorted; there is one, so there is a pool.
  chain_marks<node_type>& marks() const noexcept { return state_->marks; }

 private:
  struct state {
    node_type* free = nullptr;
    node_type* fresh = nullptr;  // never used yet, up to fresh_end
    node_type* fresh_end = nullptr;
    node_type* chunks = nullptr;
    std::size_t live = 0;
    std::size_t total = 0;
    chain_marks<node_type> marks;
  };
  using node_alloc = typename std::allocator_traits<Alloc>::template rebind_alloc<node_type>;
  using node_traits = std::allocator_traits<node_alloc>;
  using state_alloc = typename std::allocator_traits<Alloc>::template rebind_alloc<state>;
  using state_traits = std::allocator_traits<state_alloc>;
  static_assert(std::is_same_v<typename node_traits::pointer, node_type*>,
                STEADY_PLAIN_POINTERS_ONLY);

  /// Lies in the first node of each chunk.
  struct chunk {
    node_type* next;
    std::size_t nodes;
  };
  static constexpr std::size_t largest_chunk =
      std::max<std::size_t>(2, (64 << 10) / sizeof(node_type));

  state& own_state(const Alloc& alloc) {
    if (state_ == nullptr) {
      state_alloc a(alloc);
      state_ = ::new (static_cast<void*>(state_traits::allocate(a, 1))) state();
    }
    return *state_;
  }
  static chunk* header_of(node_type* first) noexcept {
    return std::launder(reinterpret_cast<chunk*>(first));
  }
  void push_free(node_type* n) noexcept {
    n->next = state_->free;
    state_->free = n;
  }
  void add_chunk(const Alloc& alloc) {
    static_assert(sizeof(chunk) <= sizeof(node_type) && alignof(chunk) <= alignof(node_type));
    node_alloc a(alloc);
    state& s = *state_;
    const std::size_t nodes = std::min(largest_chunk, std::max<std::size_t>(4, s.total));
    node_type* first = node_traits::allocate(a, nodes);
    ::new (static_cast<void*>(first)) chunk{s.chunks, nodes};
    s.chunks = first;
    s.fresh = first + 1;
    s.fresh_end = first + nodes;
    s.total += nodes;
  }

  state* state_ = nullptr;
};

}  // namespace steady::detail
