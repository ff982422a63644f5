// The sweep: iteration from begin() to end(). Every bucket in order, its slots from the lowest,
// then its chain.
//
// The occupied slots of a bucket are kept as a set while the sweep is in it, which is what makes
// the step cheap; each is looked at again before it is produced, because it may have been erased in
// the meantime.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

#include "core.hpp"

namespace steady::detail {

template <class Core>
class sweep_position {
  using location_type = typename Core::location_type;
  using value_type = typename Core::value_type;

 public:
  sweep_position() = default;
  MAPS_ALWAYS_INLINE sweep_position(const Core& c, const location_type& at) noexcept
      : c_(&c), at_(at), tags_(c.bucket_at(at.bucket).tags()) {
    if (at.in == nullptr) rest_ = tag_word(tags_).occupied().after(at.slot);
  }

  static sweep_position first(const Core& c) noexcept {
    sweep_position p;
    if (c.count == 0) return p;
    p.c_ = &c;
    p.enter(c.first.get());
    c.first.set(p.at_.bucket);  // the next begin() need not look for it again
    return p;
  }

  MAPS_ALWAYS_INLINE void next() noexcept {
    while (rest_) {
      const unsigned slot = rest_.lowest();
      rest_.drop_lowest();
      if (tags_[slot] != no_tag) [[likely]] {
        at_.entry += static_cast<std::ptrdiff_t>(slot) - static_cast<std::ptrdiff_t>(at_.slot);
        at_.slot = slot;
        return;
      }
    }
    leave_slots();
  }

  /// How to come from an erased entry to the one behind it. A slot still knows its neighbours; a
  /// node does not, so the step is made before, or the next bucket noted.
  enum class way { step, none, next_bucket };
  way leave_before_erasure() noexcept {
    if (at_.in == nullptr) return way::step;
    if (at_.in->next == nullptr) return way::next_bucket;
    go_to(at_.in->next);
    return way::none;
  }
  void go(way w) noexcept {
    if (w == way::step) next();
    if (w == way::next_bucket) enter(at_.bucket + 1);
  }

  const location_type& at() const noexcept { return at_; }
  value_type* entry() const noexcept { return at_.entry; }
  const Core* table() const noexcept { return c_; }

 private:
  void leave_slots() noexcept {
    auto* n = at_.in != nullptr ? at_.in->next : c_->bucket_at(at_.bucket).chain();
    if (n != nullptr) return go_to(n);
    enter(at_.bucket + 1);
  }
  /// The first entry from the beginning of bucket i on.
  void enter(std::size_t i) noexcept {
    constexpr std::size_t ahead = 4,
                          beyond_caches = (std::size_t{1} << 20) / Core::geometry_type::stride;
    const std::size_t end = c_->bucket_count();
    for (; i < end; ++i) {
      if (end > beyond_caches && i + ahead < end) {
        // Nodes lie anywhere: every third bucket of a full table would be a cache miss.
        if (auto* n = c_->bucket_at(i + ahead).chain()) MAPS_PREFETCH(n);
      }
      const auto b = c_->bucket_at(i);
      slot_set slots = b.word().occupied();
      at_.bucket = i;
      if (slots) {
        const unsigned slot = slots.lowest();
        at_ = {b.entry(slot), i, slot, nullptr};
        tags_ = b.tags();
        slots.drop_lowest();
        rest_ = slots;
        return;
      }
      if (auto* n = b.chain()) return go_to(n);
    }
    *this = {};
  }
  void go_to(typename Core::node_type* n) noexcept {
    at_.entry = n->entry();
    at_.in = n;
    rest_ = slot_set(0);
  }

  const Core* c_ = nullptr;
  location_type at_{};
  const tag_type* tags_ = nullptr;
  slot_set rest_{0};  // slots of this bucket that were occupied and have not been produced
};

template <class Core, bool Const>
class sweep_iterator {
 public:
  using iterator_concept = std::forward_iterator_tag;
  using iterator_category = std::forward_iterator_tag;
  using value_type = typename Core::value_type;
  using difference_type = std::ptrdiff_t;
  using reference = std::conditional_t<Const, const value_type&, value_type&>;
  using pointer = std::conditional_t<Const, const value_type*, value_type*>;

  sweep_iterator() = default;
  explicit sweep_iterator(const sweep_position<Core>& p) noexcept : p_(p) {}
  template <bool Other>
    requires(Const && !Other)
  sweep_iterator(const sweep_iterator<Core, Other>& other) noexcept : p_(other.position()) {}

  reference operator*() const noexcept { return *p_.entry(); }
  pointer operator->() const noexcept { return p_.entry(); }
  sweep_iterator& operator++() noexcept {
    p_.next();
    return *this;
  }
  sweep_iterator operator++(int) noexcept {
    sweep_iterator before = *this;
    p_.next();
    return before;
  }
  friend bool operator==(const sweep_iterator& a, const sweep_iterator& b) noexcept {
    return a.p_.entry() == b.p_.entry();
  }

  /// The position; for the table's own use.
  const sweep_position<Core>& position() const noexcept { return p_; }

 private:
  sweep_position<Core> p_;
};

/// What erase(iterator) returns: it converts to an iterator to the next entry. Looking for that
/// entry can take long in a table that is nearly empty, and most callers do not use it.
template <class Core>
class erased {
  using position = sweep_position<Core>;

 public:
  using iterator = sweep_iterator<Core, false>;
  using const_iterator = sweep_iterator<Core, true>;

  erased(const position& p, typename position::way w) noexcept : p_(p), way_(w) {}

  operator iterator() const noexcept { return iterator(next()); }
  operator const_iterator() const noexcept { return const_iterator(next()); }
  typename iterator::reference operator*() const noexcept { return *next().entry(); }
  typename iterator::pointer operator->() const noexcept { return next().entry(); }
  friend bool operator==(const erased& a, const erased& b) noexcept {
    return a.next().entry() == b.next().entry();
  }

 private:
  position next() const noexcept {
    position p = p_;
    p.go(way_);
    return p;
  }

  position p_;
  typename position::way way_;
};

}  // namespace steady::detail
