// Overflow nodes: where an entry goes whose bucket is full. One entry a node, singly linked from
// the bucket; the tag is kept, so that neither a lookup nor a merge asks for a hash.
//
// Nodes come from a pool of chunks that double up to 64 KB. A node never moves; freed ones are
// used again; chunks go back when the table is emptied for good. At the highest load (12 entries
// a bucket) one entry in forty stands in a node.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "tags.hpp"

namespace steady::detail {

template <class Value>
struct node {
  node* next;
  tag_type tag;
  alignas(Value) std::byte storage[sizeof(Value)];

  Value* entry() noexcept { return std::launder(reinterpret_cast<Value*>(storage)); }
};

template <class Value, class Alloc>
class node_pool {
 public:
  using node_type = node<Value>;

  node_pool() = default;
  node_pool(node_pool&& other) noexcept { swap(other); }
  node_pool& operator=(node_pool&&) = delete;

  void swap(node_pool& other) noexcept {
    std::swap(free_, other.free_);
    std::swap(fresh_, other.fresh_);
    std::swap(fresh_end_, other.fresh_end_);
    std::swap(chunks_, other.chunks_);
    std::swap(live_, other.live_);
    std::swap(total_, other.total_);
  }

  /// A node without an entry. Throws what the allocator throws.
  node_type* take(const Alloc& alloc) {
    node_type* n = free_;
    if (n != nullptr) {
      free_ = n->next;
    } else {
      if (fresh_ == fresh_end_) add_chunk(alloc);
      n = fresh_++;
    }
    ++live_;
    return n;
  }
  void give_back(node_type* n) noexcept {
    n->next = free_;
    free_ = n;
    --live_;
  }

  /// Returns all memory, if no node is in use.
  void release(const Alloc& alloc) noexcept {
    if (live_ != 0) return;
    node_alloc a(alloc);
    while (chunks_ != nullptr) {
      const chunk here = *header_of(chunks_);
      node_traits::deallocate(a, std::exchange(chunks_, here.next), here.nodes);
    }
    free_ = fresh_ = fresh_end_ = nullptr;
    total_ = 0;
  }

  /// Room for n nodes without another allocation; the memory is written, so it is resident.
  void prepare(const Alloc& alloc, std::size_t n) {
    while (total_ - live_ < n) {
      const std::size_t before = total_;
      // What is left of the current chunk would be forgotten: hand it to the free list.
      while (fresh_ != fresh_end_) push_free(fresh_++);
      add_chunk(alloc);
      while (fresh_ != fresh_end_) push_free(fresh_++);
      if (total_ == before) return;
    }
  }

  std::size_t live() const noexcept { return live_; }
  std::size_t bytes() const noexcept { return total_ * sizeof(node_type); }

 private:
  using node_alloc = typename std::allocator_traits<Alloc>::template rebind_alloc<node_type>;
  using node_traits = std::allocator_traits<node_alloc>;
  static_assert(std::is_same_v<typename node_traits::pointer, node_type*>,
                "steady needs an allocator whose pointer is a plain pointer");

  /// Stands in the first node of each chunk.
  struct chunk {
    node_type* next;
    std::size_t nodes;
  };
  static constexpr std::size_t largest_chunk = std::max<std::size_t>(2, (64 << 10) / sizeof(node_type));

  static chunk* header_of(node_type* first) noexcept {
    return std::launder(reinterpret_cast<chunk*>(first));
  }
  void push_free(node_type* n) noexcept {
    n->next = free_;
    free_ = n;
  }
  void add_chunk(const Alloc& alloc) {
    static_assert(sizeof(chunk) <= sizeof(node_type) && alignof(chunk) <= alignof(node_type));
    node_alloc a(alloc);
    const std::size_t nodes = std::min(largest_chunk, std::max<std::size_t>(4, total_));
    node_type* first = node_traits::allocate(a, nodes);
    ::new (static_cast<void*>(first)) chunk{chunks_, nodes};
    chunks_ = first;
    fresh_ = first + 1;
    fresh_end_ = first + nodes;
    total_ += nodes;
  }

  node_type* free_ = nullptr;
  node_type* fresh_ = nullptr;      // never used yet, up to fresh_end_
  node_type* fresh_end_ = nullptr;
  node_type* chunks_ = nullptr;
  std::size_t live_ = 0;
  std::size_t total_ = 0;
};

}  // namespace steady::detail
