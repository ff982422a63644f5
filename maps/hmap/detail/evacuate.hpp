// Moving old chains to the new array: at most two a write, never by a read.
//
// A write with hash h first moves the old chain that h belongs to, so that it finds its
// key in the new array, and then the chain at the progress mark `nevacuate`, so that the
// growth ends even if all writes go to one key. Mean length of a growth with N old
// buckets: N ln 2 random writes, or N writes to one key.
//
// Order within a chain is kept and holes vanish. On doubling the hash bit that is new
// decides between X (same index) and Y (index + old bucket count). The destination buckets
// are cleared here and now; no code has read or written them before, because every write to
// them comes through here first and every reader checks whether the chain has moved.
//
// Three C++ matters that Go does not have:
//   - The caller may hold a cell (the entry it updates or erases); `watch` follows it.
//   - Allocation, hash and copy may throw. The chain is then put back as it was, from the
//     new cells and from the marks left in the old ones.
//   - Nobody collects garbage. The old chain's overflow buckets are freed with the chain,
//     in pieces, and so is the old array if it is large (release.hpp). While cursors are
//     about, everything old stays readable instead (cursor_pins.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core.hpp"
#include "cursor_pins.hpp"
#include "growth.hpp"
#include "prefetch.hpp"
#include "storage.hpp"
#include "tophash.hpp"

namespace hmap::detail {

/// Where an old entry goes, and the tophash it has there.
struct departure {
  bool to_y;
  std::uint8_t top;
};

template <class Core>
departure departure_of(const Core& c, bucket* b, unsigned i, std::uint8_t top,
                       std::size_t new_bit) {
  const auto& key = Core::layout::key(b, i);
  const std::uint64_t hash = c.hash_of(key);
  if constexpr (!is_reflexive<typename Core::key_type>) {
    // A key that differs from itself has a hash that cannot be computed again. A cursor that
    // began in this growth must still know which way it goes: by the low bit of the tophash.
    if ((c.h.flags & iterator_flag) && !c.equal(key, key)) return {(top & 1) != 0, tophash(hash)};
  }
  return {(hash & new_bit) != 0, top};
}

/// Moves an entry to (to, j). With cursors about (`keep`), the old cell keeps a readable key
/// and, moved from or not, a value. A key that differs from itself cannot be looked up later,
/// so its value stays as well.
template <class Core>
void move_entry(Core& c, bool keep, bucket* to, unsigned j, bucket* from, unsigned i) {
  using layout = typename Core::layout;
  using key_type = typename Core::key_type;
  using mapped_type = typename Core::mapped_type;
  if constexpr (std::is_copy_constructible_v<key_type> && !Core::plain()) {
    if (keep) {
      const key_type& key = layout::key(from, i);
      mapped_type& value = layout::value(from, i);
      if constexpr (std::is_copy_constructible_v<mapped_type>) {
        if (!layout::moves || (!is_reflexive<key_type> && !c.equal(key, key))) {
          layout::construct(c.alloc, to, j, key, std::as_const(value));
          return;
        }
      }
      layout::construct(c.alloc, to, j, key, std::move(value));
      return;
    }
  }
  layout::transfer(c.alloc, to, j, from, i);
}

/// Puts a half-moved chain back: for every old cell before `stop`, in order, the mark says
/// whether there was an entry and to which of the two new chains it went.
template <class Core>
class chain_restoration {
  using layout = typename Core::layout;

 public:
  chain_restoration(Core& c, bool keep, bucket* old, bucket* x, bucket* y) noexcept
      : c_(c), keep_(keep), old_(old), x_{x, 0}, y_{y, 0} {}

  void run(location stop) noexcept {
    const location x_head = x_, y_head = y_;
    for (location at{old_, 0}; at != stop;) {
      std::uint8_t& mark = at.b->tophash[at.i];
      if (mark == evacuated_empty) {
        mark = empty_one;
      } else {
        take_back(at, mark == evacuated_y ? y_ : x_);
      }
      if (++at.i == bucket_cells) at = {c_.overflow_of(at.b), 0};
    }
    restore_empty_rest();
    remove_overflow(x_head.b);
    if (y_head.b != nullptr) remove_overflow(y_head.b);
  }

 private:
  void take_back(location to, location& from) noexcept {
    if (from.i == bucket_cells) from = {c_.overflow_of(from.b), 0};
    if constexpr (layout::moves || Core::moves_as_bytes()) {
      if (keep_ && !Core::plain()) layout::destroy(c_.alloc, to.b, to.i);
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

  Core& c_;
  bool keep_;
  bucket* old_;
  location x_;  // the next entry to take back from either chain
  location y_;
};

/// What is left of a chain that has moved, when no reader may look at it any more.
template <class Core>
void release_chain(Core& c, bucket* old) noexcept {
  using layout = typename Core::layout;
  if constexpr (!layout::moves && !Core::moves_as_bytes()) {
    for (bucket* b = old; b != nullptr; b = c.overflow_of(b)) {
      for (unsigned i = 0; i < bucket_cells; ++i) {
        if (b->tophash[i] != evacuated_empty) layout::destroy(c.alloc, b, i);
      }
    }
  }
  if (c.overflow_of(old) == nullptr) return;
  const bool large = leaves_in_pieces<Core>(c.h.oldbuckets, old_B(c));
  free_overflow_chain(c, old, c.h.oldbuckets, old_B(c),
                      large ? overflow_fate::pooled : overflow_fate::freed);
}

/// Moves the whole chain of old bucket `index`, or throws and moves nothing.
template <class Core>
void evacuate_chain(Core& c, std::size_t index, location* watch) {
  bucket* const old = c.bucket_at(c.h.oldbuckets, index);
  const bool keep = has_cursors(c);
  const bool same_size = c.growing_same_size();
  const std::size_t new_bit = c.old_bucket_count();
  bucket* const x = c.bucket_at(c.h.buckets, index);
  bucket* const y = same_size ? nullptr : c.bucket_at(c.h.buckets, index + new_bit);
  const std::uint16_t noverflow = c.h.noverflow;
  const std::size_t spares_used = c.h.extra ? c.h.extra->spares_used : 0;
  if (keep) keep_chain(c, old);
  bucket_memory<Core>::reset(x);
  if (y != nullptr) bucket_memory<Core>::reset(y);

  bucket* to[2] = {x, y};  // indexed by the new hash bit, which no predictor can guess
  unsigned used[2] = {0, 0};
  location watched{};
  bucket* b = old;
  unsigned i = 0;
  MAPS_TRY {
    for (; b != nullptr; b = c.overflow_of(b)) {
      for (i = 0; i < bucket_cells; ++i) {
        const std::uint8_t top = b->tophash[i];
        if (is_empty(top)) {
          b->tophash[i] = evacuated_empty;
          continue;
        }
        const departure d = same_size ? departure{false, top} : departure_of(c, b, i, top, new_bit);
        if (used[d.to_y] == bucket_cells) {
          to[d.to_y] = new_overflow(c, to[d.to_y]);
          used[d.to_y] = 0;
        }
        bucket* const new_b = to[d.to_y];
        const unsigned j = used[d.to_y]++;
        move_entry(c, keep, new_b, j, b, i);
        new_b->tophash[j] = d.top;
        b->tophash[i] = static_cast<std::uint8_t>(evacuated_x + d.to_y);
        if (watch != nullptr && *watch == location{b, i}) watched = {new_b, j};
      }
    }
  }
  MAPS_CATCH_ALL {
    chain_restoration<Core>(c, keep, old, x, y).run({b, i});
    c.h.noverflow = noverflow;
    if (c.h.extra) c.h.extra->spares_used = spares_used;
    if (keep) forget_kept_chain(c);
    MAPS_RETHROW;
  }
  if (watched) *watch = watched;
  if (!keep) release_chain(c, old);
}

template <class Core>
void finish_growth(Core& c) noexcept {
  bucket* old = c.h.oldbuckets;
  const std::uint8_t B = old_B(c);
  c.h.oldbuckets = nullptr;
  c.clear_flag(same_size_grow);
  if (has_cursors(c)) {
    retire_array(c, old, B);
  } else if (leaves_in_pieces<Core>(old, B)) {
    extra_record& extra = *c.h.extra;
    extra.leaving = old;
    extra.leaving_B = B;
    extra.leaving_released = extra.released;
  } else {
    free_bucket_array(c, old, B);
  }
  c.observer.growth_finished();
}

/// Gives the pages behind the mark back, unless a cursor may still read them.
template <class Core>
void release_evacuated(Core& c) noexcept {
  using release = typename Core::traits::release;
  if (!leaves_in_pieces<Core>(c.h.oldbuckets, old_B(c)) || has_cursors(c)) return;
  [[maybe_unused]] const std::size_t bytes = release_pieces<release>(
      c.h.oldbuckets, c.h.extra->released, c.h.nevacuate * Core::layout::size, release::most);
  c.observer.pages_released(bytes);
}

/// Moves the mark past `nevacuate` and past what random writes evacuated before it, at
/// most 1024 buckets further, so that the write that moves it stays bounded.
template <class Core>
void advance_evacuation_mark(Core& c) noexcept {
  const std::size_t old_buckets = c.old_bucket_count();
  ++c.h.nevacuate;
  const std::size_t stop = c.h.nevacuate + 1024 < old_buckets ? c.h.nevacuate + 1024 : old_buckets;
  while (c.h.nevacuate != stop && is_evacuated(c.bucket_at(c.h.oldbuckets, c.h.nevacuate))) {
    ++c.h.nevacuate;
  }
  release_evacuated(c);
  if (c.h.nevacuate == old_buckets) finish_growth(c);
}

template <class Core>
void evacuate(Core& c, std::size_t index, location* watch) {
  c.first = nullptr;
  if (!c.has_moved(index)) {
    evacuate_chain(c, index, watch);
    c.observer.bucket_evacuated(index);
  }
  if (index == c.h.nevacuate) advance_evacuation_mark(c);
}

/// Asks for the two new buckets of an old chain. Nobody has written to them before: an insert into
/// 200,000 entries took 1.19 instead of 1.04 of the time without.
template <class Core>
MAPS_ALWAYS_INLINE void prefetch_destinations(const Core& c, std::size_t index) noexcept {
  for (const std::size_t i : {index, index + c.old_bucket_count()}) {
    const bucket* b = c.bucket_at(c.h.buckets, i);
    MAPS_PREFETCH(b);
    prefetch_cells<typename Core::layout>(b);
  }
}

/// What every write does first while the table grows. `watch`, if given, is a cell of the
/// chain that `hash` belongs to and is kept up to date.
template <class Core>
MAPS_NOINLINE void grow_work(Core& c, std::uint64_t hash, location* watch = nullptr) {
  const std::size_t index = hash & (c.old_bucket_count() - 1);
  prefetch_destinations(c, index);
  evacuate(c, index, watch);
  if (!c.growing()) return;
  evacuate(c, c.h.nevacuate, watch);
  if (c.growing()) prefetch_destinations(c, c.h.nevacuate);
}

/// Drives a growth to its end.
template <class Core>
void finish_evacuation(Core& c) {
  while (c.growing()) evacuate(c, c.h.nevacuate, nullptr);
}

}  // namespace hmap::detail
