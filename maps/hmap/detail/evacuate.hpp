// Moving old chains to the new array: at most two a write, never by a read.
//
// A write with hash h first moves the old chain that h belongs to, so that it finds its
// key in the new array, and then the chain at the progress mark `nevacuate`, so that the
// growth ends even if all writes go to one key. Mean length of a growth with N old
// buckets: N ln 2 random writes, or N writes to one key.
//
// Order within a chain is kept and holes vanish. On doubling the hash bit that is new
// decides between X (same index) and Y (index + old bucket count). The destination chains
// are empty before, because every write to them comes through here first.
//
// Three C++ matters that Go does not have:
//   - The caller may hold a cell (the entry it updates or erases); `watch` follows it.
//   - Allocation, hash and copy may throw. The chain is then put back as it was, from the
//     new cells and from the marks left in the old ones.
//   - Nobody collects garbage. The old chain's overflow buckets are freed with the chain,
//     in pieces; only the old array itself waits for the end of the growth. While cursors
//     are about, everything old stays readable instead (pins.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core.hpp"
#include "growth.hpp"
#include "pins.hpp"
#include "storage.hpp"
#include "tophash.hpp"

namespace hmap::detail {

template <class Core>
class evacuation {
  using layout = typename Core::layout;
  using key_type = typename Core::key_type;
  using mapped_type = typename Core::mapped_type;

 public:
  evacuation(Core& c, std::size_t index) noexcept
      : c_(c),
        old_(c.bucket_at(c.h.oldbuckets, index)),
        x_{c.bucket_at(c.h.buckets, index), 0},
        new_bit_(c.old_bucket_count()),
        keep_(has_cursors(c)) {
    if (!same_size()) y_.b = c.bucket_at(c.h.buckets, index + new_bit_);
  }

  /// Moves the whole chain, or throws and moves nothing.
  void run(location* watch) {
    if (keep_) keep_chain(c_, old_);
    const location x_head = x_, y_head = y_;
    const std::uint16_t noverflow = c_.h.noverflow;
    const std::size_t spares_used = c_.h.extra ? c_.h.extra->spares_used : 0;
    location at{};
    location watched{};
    try {
      for (at.b = old_; at.b != nullptr; at.b = c_.overflow_of(at.b)) {
        for (at.i = 0; at.i < bucket_cells; ++at.i) {
          const bool moved = move_cell(at);
          if (moved && watch && *watch == at) watched = last_;
        }
      }
    } catch (...) {
      put_back(at, x_head, y_head);
      c_.h.noverflow = noverflow;
      if (c_.h.extra) c_.h.extra->spares_used = spares_used;
      if (keep_) forget_kept_chain(c_);
      throw;
    }
    if (watched) *watch = watched;
    if (!keep_) release();
  }

 private:
  bool same_size() const noexcept { return c_.h.flags & same_size_grow; }

  /// Moves one old cell; false if it was empty. Leaves the mark only after success.
  bool move_cell(location from) {
    std::uint8_t& mark = from.b->tophash[from.i];
    const std::uint8_t top = mark;
    if (is_empty(top)) {
      mark = evacuated_empty;
      return false;
    }
    bool to_y = false;
    std::uint8_t new_top = top;
    if (!same_size()) {
      const auto& key = layout::key(from.b, from.i);
      const std::uint64_t hash = c_.hash_of(key);
      to_y = hash & new_bit_;
      if constexpr (!is_reflexive<key_type>) {
        // A key that differs from itself has a hash that nobody can compute again. A cursor
        // that began in this growth must still know which way it goes: by the low bit of
        // the old tophash.
        if ((c_.h.flags & iterator_flag) && !c_.equal(key, key)) {
          to_y = top & 1;
          new_top = tophash(hash);
        }
      }
    }
    location& to = to_y ? y_ : x_;
    if (to.i == bucket_cells) {
      to.b = new_overflow(c_, to.b);
      to.i = 0;
    }
    move_entry(to, from);
    to.b->tophash[to.i] = new_top;
    mark = to_y ? evacuated_y : evacuated_x;
    last_ = to;
    ++to.i;
    return true;
  }

  /// With cursors about, the old cell keeps a readable key and, moved from or not, a value.
  /// A key that differs from itself cannot be looked up later, so its value stays as well.
  void move_entry(location to, location from) {
    if constexpr (std::is_copy_constructible_v<key_type> && !layout::plain) {
      if (keep_) {
        const key_type& key = layout::key(from.b, from.i);
        mapped_type& value = layout::value(from.b, from.i);
        if constexpr (std::is_copy_constructible_v<mapped_type>) {
          if (!layout::moves || (!is_reflexive<key_type> && !c_.equal(key, key))) {
            layout::construct(c_.alloc, to.b, to.i, key, std::as_const(value));
            return;
          }
        }
        layout::construct(c_.alloc, to.b, to.i, key, std::move(value));
        return;
      }
    }
    layout::transfer(c_.alloc, to.b, to.i, from.b, from.i);
  }

  /// Undoes move_cell for every cell before `stop`, then removes the new overflow buckets.
  void put_back(location stop, location x, location y) noexcept {
    const location x_head = x, y_head = y;
    for (location at{old_, 0};;) {
      if (at == stop) break;
      std::uint8_t& mark = at.b->tophash[at.i];
      if (mark == evacuated_empty) {
        mark = empty_one;
      } else {
        take_back(at, mark == evacuated_y ? y : x);
      }
      if (++at.i == bucket_cells) at = {c_.overflow_of(at.b), 0};
    }
    restore_empty_rest();
    remove_overflow(x_head.b);
    if (y_head.b != nullptr) remove_overflow(y_head.b);
  }

  void take_back(location to, location& from) noexcept {
    if (from.i == bucket_cells) from = {c_.overflow_of(from.b), 0};
    if constexpr (layout::moves || layout::trivial) {
      if (keep_ && !layout::plain) layout::destroy(c_.alloc, to.b, to.i);
      layout::transfer(c_.alloc, to.b, to.i, from.b, from.i);
    } else {
      layout::destroy(c_.alloc, from.b, from.i);
    }
    to.b->tophash[to.i] = from.b->tophash[from.i];
    from.b->tophash[from.i] = empty_rest;
    ++from.i;
  }

  /// The two marks for "empty" follow from which cells are occupied.
  void restore_empty_rest() noexcept {
    std::size_t used = 0, position = 0;
    for (bucket* b = old_; b != nullptr; b = c_.overflow_of(b)) {
      for (unsigned i = 0; i < bucket_cells; ++i, ++position) {
        if (!is_empty(b->tophash[i])) used = position + 1;
      }
    }
    position = 0;
    for (bucket* b = old_; b != nullptr; b = c_.overflow_of(b)) {
      for (unsigned i = 0; i < bucket_cells; ++i, ++position) {
        if (is_empty(b->tophash[i])) b->tophash[i] = position < used ? empty_one : empty_rest;
      }
    }
  }

  void remove_overflow(bucket* head) noexcept {
    for (bucket* b = c_.overflow_of(head); b != nullptr; b = c_.overflow_of(b)) {
      for (std::uint8_t& top : b->tophash) top = empty_rest;
    }
    free_overflow_chain(c_, head, c_.h.buckets, c_.h.B);
  }

  void release() noexcept {
    if constexpr (!layout::moves && !layout::trivial) {
      for (bucket* b = old_; b != nullptr; b = c_.overflow_of(b)) {
        for (unsigned i = 0; i < bucket_cells; ++i) {
          if (b->tophash[i] != evacuated_empty) layout::destroy(c_.alloc, b, i);
        }
      }
    }
    if (c_.overflow_of(old_) != nullptr) {
      free_overflow_chain(c_, old_, c_.h.oldbuckets, old_B(c_));
    }
  }

  Core& c_;
  bucket* old_;
  location x_;
  location y_{};
  location last_{};
  std::size_t new_bit_;
  bool keep_;
};

template <class Core>
void finish_growth(Core& c) noexcept {
  bucket* old = c.h.oldbuckets;
  const std::uint8_t B = old_B(c);
  c.h.oldbuckets = nullptr;
  c.clear_flag(same_size_grow);
  if (has_cursors(c)) {
    retire_array(c, old, B);
  } else {
    free_bucket_array(c, old, B);
  }
  c.observer.growth_finished();
}

/// Moves the mark past `nevacuate` and past what random writes evacuated before it, at
/// most 1024 buckets further, so that the write that moves it stays bounded.
template <class Core>
void advance_evacuation_mark(Core& c) noexcept {
  const std::size_t old_buckets = c.old_bucket_count();
  ++c.h.nevacuate;
  const std::size_t stop =
      c.h.nevacuate + 1024 < old_buckets ? c.h.nevacuate + 1024 : old_buckets;
  while (c.h.nevacuate != stop &&
         is_evacuated(c.bucket_at(c.h.oldbuckets, c.h.nevacuate))) {
    ++c.h.nevacuate;
  }
  if (c.h.nevacuate == old_buckets) finish_growth(c);
}

template <class Core>
void evacuate(Core& c, std::size_t index, location* watch) {
  if (!is_evacuated(c.bucket_at(c.h.oldbuckets, index))) {
    evacuation<Core>(c, index).run(watch);
    c.observer.bucket_evacuated(index);
  }
  if (index == c.h.nevacuate) advance_evacuation_mark(c);
}

/// What every write does first while the table grows. `watch`, if given, is a cell of the
/// chain that `hash` belongs to and is kept up to date.
template <class Core>
HMAP_NOINLINE void grow_work(Core& c, std::uint64_t hash, location* watch = nullptr) {
  evacuate(c, hash & (c.old_bucket_count() - 1), watch);
  if (c.growing()) evacuate(c, c.h.nevacuate, watch);
}

/// Drives a growth to its end.
template <class Core>
void finish_evacuation(Core& c) {
  while (c.growing()) evacuate(c, c.h.nevacuate, nullptr);
}

}  // namespace hmap::detail
