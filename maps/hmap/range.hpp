// m.range(): Go's range over a map, a cursor that survives what happens to the table.
//
//     for (auto&& [key, value] : m.range()) m.erase(key);          // fine
//     auto r = m.range();
//     while (r.next()) use(r.key(), r.value());
//
// It starts at a random bucket and, in every bucket, at a random cell; that is all the
// randomness there is (an 8-entry table has 8 orders). It promises, whatever is inserted,
// erased, grown or cleared on the way:
//   - an entry that is there from start to end is produced exactly once;
//   - one that is erased before it is reached is not produced;
//   - the value is the current one;
//   - one that is added on the way may be produced or not, and a key that is erased and
//     inserted again may be produced twice.
// A clear() ends it (Go's classic map goes on with stale entries: golang/go #59411; this
// port does not copy the defect), and so does the end of the table.
//
// How: it remembers B and the array it began with, not their content. A cell whose entry
// has moved is looked up in the live table. In a growth that was under way at the start, a
// new bucket whose old chain still waits is read from that chain, and only what will go to
// this bucket is produced. Ranging never moves anything, but it makes the table remember
// it: old arrays and copies of old keys stay while any cursor lives (cursor_pins.hpp). Keys must
// be copyable for that.
//
// References are good until the next write to the table. Moving or swapping tables moves
// the cursor's table along with the content. Of a key that differs from itself (NaN) and has
// moved, what was there when it moved is produced; if its value can only be moved, nothing.
//
// Cost: the sweep of begin()/end() and a call for each entry; in a growth, every entry that
// still waits is hashed, twice over; a moved entry costs a lookup.
// Source: Go 1.19 map.go, mapiterinit and mapiternext.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>

#include "detail/cursor_pins.hpp"
#include "detail/find.hpp"
#include "detail/sweep.hpp"

namespace hmap {

template <class Core, bool Const>
class range {
  using layout = typename Core::layout;
  using key_type = typename Core::key_type;
  static_assert(std::is_copy_constructible_v<key_type>,
                "hmap: range() needs copyable keys; begin()/end() does not");

 public:
  using mapped_reference =
      std::conditional_t<Const, const typename Core::mapped_type&, typename Core::mapped_type&>;
  using reference =
      std::conditional_t<Const, typename layout::const_reference, typename layout::reference>;

  /// At its end from the start.
  range() = default;
  explicit range(const Core& c) : alloc_(c.alloc) {
    detail::check_no_writer(c, detail::concurrent_range_and_write);
    if (c.h.count == 0) return;
    extra_ = detail::acquire_cursor(c);
    if (c.growing()) {
      MAPS_TRY { detail::prepare_retirement(c, *extra_); }
      MAPS_CATCH_ALL {
        drop();
        MAPS_RETHROW;
      }
    }
    epoch_ = extra_->epoch;
    buckets_ = c.h.buckets;
    B_ = c.h.B;
    const std::uint64_t random = maps::common::random_u64();
    start_ = bucket_ = random & mask();
    offset_ = static_cast<unsigned>(random >> 61);
  }
  range(range&& other) noexcept { *this = std::move(other); }
  range& operator=(range&& other) noexcept {
    if (this == &other) return *this;
    drop();
    if (other.alloc_) {
      alloc_.emplace(*other.alloc_);
    } else {
      alloc_.reset();
    }
    extra_ = std::exchange(other.extra_, nullptr);
    copy_position(other);
    return *this;
  }
  ~range() { drop(); }

  /// On to the next entry; false at the end, and from then on.
  bool next() {
    const Core* c = table();
    if (c == nullptr) return false;
    detail::check_no_writer(*c, detail::concurrent_range_and_write);
    for (;;) {
      if (chain_ == nullptr && !enter_next_bucket(*c)) {
        drop();
        return false;
      }
      for (; i_ < detail::bucket_cells; ++i_) {
        if (produce(*c, {chain_, (i_ + offset_) & (detail::bucket_cells - 1)})) {
          ++i_;
          return true;
        }
      }
      chain_ = detail::ends_chain(chain_) ? nullptr : c->overflow_of(chain_);
      i_ = 0;
    }
  }

  const key_type& key() const noexcept { return layout::key(at_.b, at_.i); }
  mapped_reference value() const noexcept { return layout::value(at_.b, at_.i); }
  reference entry() const noexcept {
    if constexpr (layout::paired) {
      return layout::entry(at_.b, at_.i);
    } else {
      return {key(), value()};
    }
  }

  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = std::pair<const key_type, typename Core::mapped_type>;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    explicit iterator(range* r) noexcept : r_(r) {}
    reference operator*() const noexcept { return r_->entry(); }
    iterator& operator++() {
      if (!r_->next()) r_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return r_ == nullptr; }

   private:
    range* r_ = nullptr;
  };

  /// For a loop over what is left; the first call produces the first entry.
  iterator begin() { return iterator(next() ? this : nullptr); }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  static constexpr std::size_t no_check = ~std::size_t{0};

  std::size_t mask() const noexcept { return (std::size_t{1} << B_) - 1; }

  /// The table, unless it is gone or was cleared since.
  const Core* table() const noexcept {
    if (extra_ == nullptr || extra_->epoch != epoch_) return nullptr;
    return static_cast<const Core*>(extra_->owner);
  }

  bool enter_next_bucket(const Core& c) noexcept {
    if (wrapped_ && bucket_ == start_) return false;
    chain_ = c.bucket_at(buckets_, bucket_);
    check_bucket_ = no_check;
    if (c.growing() && B_ == c.h.B) {
      const std::size_t old = bucket_ & (c.old_bucket_count() - 1);
      if (!c.has_moved(old)) {
        chain_ = c.bucket_at(c.h.oldbuckets, old);
        if (!c.growing_same_size()) check_bucket_ = bucket_;
      }
    }
    if (++bucket_ > mask()) {
      bucket_ = 0;
      wrapped_ = true;
    }
    // Most buckets of a table that was large once: no cell of these is looked at by itself.
    i_ = detail::all_empty(chain_->tophash) ? detail::bucket_cells : 0;
    return true;
  }

  /// Whether this cell yields an entry now, and which.
  bool produce(const Core& c, detail::location at) {
    const std::uint8_t top = at.b->tophash[at.i];
    if (detail::is_empty(top) || top == detail::evacuated_empty) return false;
    const key_type& key = layout::key(at.b, at.i);
    const bool reflexive = detail::is_reflexive<key_type> || c.equal(key, key);
    if (check_bucket_ != no_check && !goes_here(c, key, top, reflexive)) return false;
    if (detail::is_evacuated_mark(top) && !reflexive) {
      // Its value was moved along, and no lookup finds it.
      if (!std::is_copy_constructible_v<typename Core::mapped_type>) return false;
    }
    if (detail::is_evacuated_mark(top) && reflexive) {
      at = c.h.count == 0 ? detail::location{} : detail::find_hashed(c, key, c.hash_of(key));
      if (!at) return false;
    }
    at_ = at;
    return true;
  }

  /// Whether an entry of an old chain that is being split will go to the bucket that is being
  /// ranged over. Decided at the chain's first cell and kept to its last: Go checks for the kind
  /// of growth at each cell, and errs when one ends and another begins in between. For a key
  /// that differs from itself the low bit of its tophash decides, as in evacuation.
  bool goes_here(const Core& c, const key_type& key, std::uint8_t top, bool reflexive) const {
    if (reflexive) return (c.hash_of(key) & mask()) == check_bucket_;
    return check_bucket_ >> (B_ - 1) == (top & 1U);
  }

  void drop() noexcept {
    if (extra_ == nullptr) return;
    detail::release_cursor<Core>(*alloc_, std::exchange(extra_, nullptr));
  }

  void copy_position(const range& other) noexcept {
    epoch_ = other.epoch_;
    buckets_ = other.buckets_;
    B_ = other.B_;
    offset_ = other.offset_;
    start_ = other.start_;
    bucket_ = other.bucket_;
    wrapped_ = other.wrapped_;
    chain_ = other.chain_;
    i_ = other.i_;
    check_bucket_ = other.check_bucket_;
    at_ = other.at_;
  }

  std::optional<typename Core::allocator_type> alloc_;  // allocators need no assignment
  detail::extra_record* extra_ = nullptr;               // null at the end
  std::uint64_t epoch_ = 0;
  detail::bucket* buckets_ = nullptr;  // the array at the start
  std::uint8_t B_ = 0;                 // and its size
  unsigned offset_ = 0;                // first cell in every bucket
  std::size_t start_ = 0;
  std::size_t bucket_ = 0;  // the next chain
  bool wrapped_ = false;
  detail::bucket* chain_ = nullptr;  // where in the current chain
  unsigned i_ = 0;
  std::size_t check_bucket_ = no_check;
  detail::location at_{};  // the entry produced last
};

}  // namespace hmap
