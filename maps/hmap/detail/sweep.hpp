// The sweep: iteration from begin() to end() in the order of the memory, as fast as the layout
// allows. (A range is Go's own iteration, with a cursor: range.hpp.)
//
// First every chain of the current array, then, while the table grows, every old chain
// that is not evacuated yet; below the mark all are. A new bucket whose old chain has not moved
// is skipped. Within a bucket the occupied cells come from one comparison of the tophash
// word; empty cells cost nothing. A chain ends where cell 7 is empty_rest, so that of a bucket
// without entries only one line is read. Overflow buckets lie anywhere: those of the buckets
// ahead are prefetched, or in a table beyond the caches every sixth bucket would be a cache miss
// (DESIGN.md).
//
// The word is read again at every step, never kept: erasing another entry must not make
// the sweep produce it.
#pragma once

#include <atomic>
#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

#include "atomic.hpp"
#include "core.hpp"
#include "find.hpp"
#include "storage.hpp"

namespace hmap::detail {

template <class Core>
class sweep_position {
 public:
  sweep_position() = default;
  sweep_position(const Core& c, location at, bucket* head) noexcept
      : c_(&c), b_(at.b), i_(at.i), head_(head) {}

  static sweep_position first(const Core& c) noexcept {
    sweep_position p;
    if (c.h.count == 0) return p;
    p.c_ = &c;
    const atomic_view<bucket*> first(c.first);
    bucket* const known = first.load(std::memory_order_relaxed);
    p.head_ = known != nullptr ? known : c.h.buckets;
    if (known == nullptr && c.waits(0)) [[unlikely]]
      p.next_head();
    p.b_ = p.head_;
    if (const auto cells = tophash_word(p.b_->tophash).occupied()) {
      p.i_ = cells.lowest();
      return p;
    }
    bucket* const start = p.head_;
    p.next_bucket();
    // Or emptying a table from its front would look through all that was emptied each time.
    if (p.head_ != start) first.store(p.head_, std::memory_order_relaxed);
    return p;
  }

  MAPS_ALWAYS_INLINE void next() noexcept {
    if (const auto cells = tophash_word(b_->tophash).occupied().after(i_)) {
      i_ = cells.lowest();
    } else {
      next_bucket();
    }
  }

  location at() const noexcept { return {b_, i_}; }
  bucket* head() const noexcept { return head_; }
  const Core* table() const noexcept { return c_; }
  bool operator==(const sweep_position& other) const noexcept {
    return b_ == other.b_ && i_ == other.i_;
  }

 private:
  /// On to the next bucket with an entry: along the chain, the array, the old array.
  void next_bucket() noexcept {
    const Core& c = *c_;
    for (;;) {
      b_ = ends_chain(b_) ? nullptr : c.overflow_of(b_);
      if (b_ == nullptr) b_ = next_head();
      if (b_ == nullptr) {
        *this = {};
        return;
      }
      if (const auto cells = tophash_word(b_->tophash).occupied()) {
        i_ = cells.lowest();
        return;
      }
    }
  }

  bucket* next_head() noexcept {
    const Core& c = *c_;
    if (c.growing()) [[unlikely]]
      return next_head_while_growing();
    head_ = c.bucket_at(head_, 1);
    if (head_ == c.bucket_at(c.h.buckets, c.bucket_count())) return head_ = nullptr;
    look_ahead();
    return head_;
  }

  /// The next chain with valid content: neither a new one whose old chain has not moved, nor an old
  /// one that has moved, whose overflow buckets may be on their way out with another thread's last
  /// cursor.
  bucket* next_head_while_growing() noexcept {
    const Core& c = *c_;
    bucket* const end = c.bucket_at(c.h.buckets, c.bucket_count());
    bucket* const old_end = c.bucket_at(c.h.oldbuckets, c.old_bucket_count());
    for (;;) {
      head_ = c.bucket_at(head_, 1);
      if (head_ == end) {
        head_ = c.bucket_at(c.h.oldbuckets, c.h.nevacuate);
      } else if (head_ == old_end) {
        return head_ = nullptr;
      }
      const bool is_new = head_ > c.h.buckets && head_ < end;
      look_ahead_past_gaps(is_new ? end : old_end);
      if (is_new ? !c.waits(c.index_of(head_)) : !is_evacuated(head_)) return head_;
    }
  }

  /// The hardware prefetcher does not follow an iteration that skips buckets irregularly: without
  /// this one over 884,736 entries took 17 instead of 12 ns each.
  MAPS_ALWAYS_INLINE void look_ahead_past_gaps(const bucket* end) const noexcept {
    constexpr std::ptrdiff_t ahead = prefetch_distance * Core::layout::size;
    if (bytes_of(end) - bytes_of(head_) <= ahead) return;
    const bucket* wanted = c_->bucket_at(head_, prefetch_distance);
    MAPS_PREFETCH(wanted);
    prefetch_cells<typename Core::layout>(wanted);
  }

  MAPS_ALWAYS_INLINE void look_ahead() const noexcept {
    const Core& c = *c_;
    const std::size_t count = c.bucket_count();
    if (!is_beyond_caches<Core>(count)) return;
    if (head_ >= c.bucket_at(c.h.buckets, count - prefetch_distance)) return;
    prefetch_overflow<Core>(c.bucket_at(head_, prefetch_distance));
  }

  const Core* c_ = nullptr;
  bucket* b_ = nullptr;
  unsigned i_ = 0;
  bucket* head_ = nullptr;
};

/// What operator-> gives when an entry is a pair of references made on the spot.
template <class Reference>
class arrow_proxy {
 public:
  explicit arrow_proxy(Reference r) noexcept : r_(r) {}
  const Reference* operator->() const noexcept { return std::addressof(r_); }

 private:
  Reference r_;
};

/// Named without the layout, which needs complete types: an iterator may be part of its own table's
/// value.
template <class Core, bool Const>
struct sweep_types {
  using key_type = typename Core::key_type;
  using mapped_type = typename Core::mapped_type;
  using value_type = std::pair<const key_type, mapped_type>;
  using reference =
      std::conditional_t<Const,
                         typename Core::traits::template const_reference<key_type, mapped_type>,
                         typename Core::traits::template reference<key_type, mapped_type>>;
  /// Whether there are real pairs to refer to.
  static constexpr bool paired = std::is_reference_v<reference>;
  using pointer = std::conditional_t<paired, std::add_pointer_t<reference>, arrow_proxy<reference>>;
};

template <class Core, bool Const>
class sweep_iterator {
  using types = sweep_types<Core, Const>;

 public:
  using iterator_concept = std::forward_iterator_tag;
  using iterator_category =
      std::conditional_t<types::paired, std::forward_iterator_tag, std::input_iterator_tag>;
  using value_type = typename types::value_type;
  using difference_type = std::ptrdiff_t;
  using reference = typename types::reference;
  using pointer = typename types::pointer;

  sweep_iterator() = default;
  explicit sweep_iterator(sweep_position<Core> p) noexcept : p_(p) {}
  template <bool Other>
    requires(Const && !Other)
  sweep_iterator(const sweep_iterator<Core, Other>& other) noexcept : p_(other.position()) {}

  reference operator*() const noexcept {
    using layout = typename Core::layout;
    const location at = p_.at();
    if constexpr (types::paired) {
      return layout::entry(at.b, at.i);
    } else {
      return {layout::key(at.b, at.i), layout::value(at.b, at.i)};
    }
  }
  pointer operator->() const noexcept {
    if constexpr (types::paired) {
      return std::addressof(**this);
    } else {
      return pointer(**this);
    }
  }
  sweep_iterator& operator++() noexcept {
    p_.next();
    return *this;
  }
  sweep_iterator operator++(int) noexcept {
    sweep_iterator before = *this;
    p_.next();
    return before;
  }
  // Not defaulted: Clang would look into the entry's type, which an iterator may be part of.
  bool operator==(const sweep_iterator& other) const noexcept { return p_ == other.p_; }

  /// The position; for the table's own use.
  const sweep_position<Core>& position() const noexcept { return p_; }

 private:
  sweep_position<Core> p_;
};

/// What erase(iterator) returns: the entry behind the erased one, looked for when it is used. In a
/// sparse table that is far away, and most callers do not use it. Converts to an iterator and can
/// be used as one; as with any iterator, only until the next insertion.
template <class Core>
class erase_result {
 public:
  using iterator = sweep_iterator<Core, false>;
  using const_iterator = sweep_iterator<Core, true>;

  explicit erase_result(const sweep_position<Core>& erased) noexcept : p_(erased) {}

  operator iterator() const noexcept { return iterator(next()); }
  operator const_iterator() const noexcept { return const_iterator(next()); }
  typename iterator::reference operator*() const noexcept { return *iterator(next()); }
  typename iterator::pointer operator->() const noexcept { return iterator(next()).operator->(); }
  iterator operator++() noexcept {
    p_ = next();
    p_.next();
    is_next_ = true;
    return iterator(p_);
  }
  friend bool operator==(const erase_result& a, const iterator& b) noexcept {
    return iterator(a) == b;
  }
  friend bool operator==(const erase_result& a, const const_iterator& b) noexcept {
    return const_iterator(a) == b;
  }

 private:
  sweep_position<Core> next() const noexcept {
    sweep_position<Core> p = p_;
    if (is_next_) return p;
    if (p.table()->h.count == 0) return {};
    p.next();
    return p;
  }

  sweep_position<Core> p_;
  bool is_next_ = false;
};

}  // namespace hmap::detail
