// Moving all entries at once, into an array of the final size: reserve(), rehash(), and the growth
// in the middle of a bulk insertion.
//
// The final array is obtained first, in one allocation; what cannot be had is refused before
// anything has changed. Then every entry moves once, from the current array or, in the middle of a
// growth, from the old chain that still waits. The header says "not growing, 2^B buckets" from the
// start; the source cells keep their tophash bytes until all is done.
//
// If something throws on the way (a hash, an allocation, a copy), the table gets its old header
// back, and the entries their old chains:
//   - entries that can be moved without a throw move back. The low bits of a new bucket's index
//     identify the old chain. Entries of one chain may have changed places with each other;
//   - entries that were copied, because their move could throw, are still there; the copies go;
//   - entries that can only be moved, by a move that may throw, could not come back. Their table
//     doubles as often as needed instead (growth.hpp), and keeps what it has reached.
//
// With cursors about (cursor_pins.hpp) a growth in progress is finished first. The old cells then
// keep readable keys and are marked evacuated, and the old array is retired instead of freed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core.hpp"
#include "cursor_pins.hpp"
#include "evacuate.hpp"
#include "find.hpp"
#include "growth.hpp"
#include "storage.hpp"

namespace hmap::detail {

/// The first empty cell of the chain from b on, with an overflow bucket if need be.
template <class Core>
location make_vacancy(Core& c, bucket* b) {
  for (;;) {
    if (const auto cells = tophash_word(b->tophash).empty()) return {b, cells.lowest()};
    bucket* next = c.overflow_of(b);
    if (next == nullptr) return {new_overflow(c, b), 0};
    b = next;
  }
}

/// Whether relocation can be undone.
template <class Core>
inline constexpr bool relocates =
    Core::layout::moves_nothrow || !Core::layout::moves || Core::moves_as_bytes();

template <class Core>
class relocation {
  using layout = typename Core::layout;
  static constexpr bool leaves_copies = !layout::moves && !Core::moves_as_bytes();

 public:
  /// To `fresh`, which has 2^B empty buckets and belongs to the table once run() has returned.
  relocation(Core& c, bucket* fresh, std::uint8_t B) noexcept
      : c_(c), before_(c.h), old_B_(c.growing() ? old_B(c) : c.h.B), keep_(has_cursors(c)) {
    c_.h.buckets = fresh;
    c_.h.B = B;
    c_.h.flags = flags_of_old_cursors(before_);
    c_.h.oldbuckets = nullptr;
    c_.h.nevacuate = 0;
    c_.h.noverflow = 0;
    if (before_.extra != nullptr) {
      spares_used_ = before_.extra->spares_used;
      before_.extra->spares_used = 0;
    }
  }

  void run() {
    c_.observer.growth_started(growth_kind::doubling, c_.h.B, array_bytes<Core>(c_.h.B));
    MAPS_TRY {
      for_each_chain([this](const chain& from) {
        move_chain(from);
        ++moved_chains_;  // and of the next one, whatever is found in the new array
        return true;
      });
    }
    MAPS_CATCH_ALL {
      undo();
      c_.observer.growth_finished();
      MAPS_RETHROW;
    }
    finish();
    c_.observer.growth_finished();
  }

 private:
  /// A chain of the table as it was: bucket `index` of the 2^B of `array`.
  struct chain {
    bucket* array;
    std::uint8_t B;
    std::size_t index;
    bucket* head;
  };

  bool was_growing() const noexcept { return before_.oldbuckets != nullptr; }
  bool had_moved(std::size_t old) const noexcept {
    return old < before_.nevacuate || is_evacuated(c_.bucket_at(before_.oldbuckets, old));
  }

  /// Calls visit(chain) for every chain that had entries, always in the same order, until it says
  /// false.
  template <class Visit>
  void for_each_chain(Visit visit) const {
    const std::size_t old_mask = (std::size_t{1} << old_B_) - 1;
    for (std::size_t i = 0; i < std::size_t{1} << before_.B; ++i) {
      if (was_growing() && !had_moved(i & old_mask)) continue;
      bucket* const head = c_.bucket_at(before_.buckets, i);
      if (!visit(chain{before_.buckets, before_.B, i, head})) return;
    }
    for (std::size_t i = 0; was_growing() && i <= old_mask; ++i) {
      if (had_moved(i)) continue;
      bucket* const head = c_.bucket_at(before_.oldbuckets, i);
      if (!visit(chain{before_.oldbuckets, old_B_, i, head})) return;
    }
  }

  /// Calls visit(cell) for every entry of a chain.
  template <class Visit>
  void for_each_entry(bucket* head, Visit visit) const {
    for (bucket* b = head; b != nullptr; b = c_.overflow_of(b)) {
      for (auto cells = tophash_word(b->tophash).occupied(); cells; cells.drop_lowest()) {
        visit(location{b, cells.lowest()});
      }
    }
  }

  /// Calls visit(head) for every new bucket that the entries of a chain can go to.
  template <class Visit>
  void for_each_destination(const chain& from, Visit visit) const {
    for (std::size_t i = from.index; i < c_.bucket_count(); i += std::size_t{1} << from.B) {
      visit(c_.bucket_at(c_.h.buckets, i));
    }
  }

  void move_chain(const chain& from) {
    for_each_entry(from.head, [&](location at) {
      const std::uint64_t hash = c_.hash_of(layout::key(at.b, at.i));
      // A key that differs from itself has another hash each time; its low bits stay.
      const std::size_t low = (std::size_t{1} << from.B) - 1;
      const std::size_t index = (hash & (c_.bucket_count() - 1) & ~low) | from.index;
      const location to = make_vacancy(c_, c_.bucket_at(c_.h.buckets, index));
      move_entry(c_, keep_, to.b, to.i, at.b, at.i);
      to.b->tophash[to.i] = tophash(hash);
    });
  }

  void undo() noexcept {
    std::size_t left = moved_chains_;
    for_each_chain([&](const chain& to) {
      if constexpr (!leaves_copies) move_back(to);
      for_each_destination(to, [&](bucket* head) {
        if constexpr (leaves_copies) destroy_entries(c_, head);
        if (c_.overflow_of(head) != nullptr) {
          free_overflow_chain(c_, head, c_.h.buckets, c_.h.B);
        }
      });
      return left-- > 0;
    });
    extra_record* const extra = c_.h.extra;  // may have been made on the way
    c_.h = before_;
    c_.h.extra = extra;
    if (extra != nullptr) extra->spares_used = spares_used_;
  }

  /// Fills the first cells of an old chain with the entries that went from it.
  void move_back(const chain& to) noexcept {
    bucket* b = to.head;
    auto cells = tophash_word(b->tophash).occupied();
    for_each_destination(to, [&](bucket* head) {
      for_each_entry(head, [&](location from) {
        while (!cells) {
          b = c_.overflow_of(b);
          cells = tophash_word(b->tophash).occupied();
        }
        const unsigned i = cells.lowest();
        cells.drop_lowest();
        if (keep_ && !Core::plain()) layout::destroy(c_.alloc, b, i);
        layout::transfer(c_.alloc, b, i, from.b, from.i);
        b->tophash[i] = from.b->tophash[from.i];
      });
    });
  }

  void finish() noexcept {
    c_.first = nullptr;
    free_leaving(c_);
    if (keep_) {
      mark_evacuated();
      retire_array(c_, before_.buckets, before_.B, true);
      return;
    }
    for_each_chain([this](const chain& from) {
      if constexpr (leaves_copies) destroy_entries(c_, from.head);
      if (c_.overflow_of(from.head) != nullptr) {
        free_overflow_chain(c_, from.head, from.array, from.B);
      }
      return true;
    });
    free_bucket_array(c_, before_.buckets, before_.B);
    if (was_growing()) free_bucket_array(c_, before_.oldbuckets, old_B_);
  }

  /// A cursor that comes by is sent to the new array.
  void mark_evacuated() noexcept {
    for_each_chain([this](const chain& from) {
      for (bucket* b = from.head; b != nullptr; b = c_.overflow_of(b)) {
        for (std::uint8_t& top : b->tophash) {
          top = is_empty(top) ? evacuated_empty : evacuated_x;
        }
      }
      return true;
    });
  }

  Core& c_;
  const header before_;
  const std::uint8_t old_B_;
  const bool keep_;
  std::size_t spares_used_ = 0;
  std::size_t moved_chains_ = 0;
};

/// Gives a table without entries an array of 2^B buckets. Cursors from before end here.
template <class Core>
void replace_empty_array(Core& c, bucket* fresh, std::uint8_t B) noexcept {
  free_storage(c);
  if (c.h.extra != nullptr) {
    c.h.extra->spares_used = 0;
    ++c.h.extra->epoch;
  }
  c.h.oldbuckets = nullptr;
  c.clear_flag(same_size_grow);
  c.h.nevacuate = 0;
  c.h.noverflow = 0;
  c.h.buckets = fresh;
  c.h.B = B;
  c.first = nullptr;
}

/// Moves all entries to `fresh`, an array of 2^B empty buckets.
template <class Core>
void relocate(Core& c, bucket* fresh, std::uint8_t B) {
  if (c.h.count == 0) return replace_empty_array(c, fresh, B);
  MAPS_TRY {
    if (has_cursors(c)) {
      finish_evacuation(c);
      prepare_retirement(c, *c.h.extra);
    }
    relocation<Core>(c, fresh, B).run();
  }
  MAPS_CATCH_ALL {
    free_bucket_array(c, fresh, B);
    MAPS_RETHROW;
  }
}

/// At least 2^B buckets, and no growth in progress. Throws what allocation, hash and copies throw;
/// the table then has the entries and the buckets that it had (with cursors about, or for entries
/// that can only be moved by a move that may throw, a growth may have gone on).
template <class Core>
void reserve_buckets(Core& c, std::uint8_t B) {
  if (c.h.buckets == nullptr) {
    if (B > c.h.B) {
      c.h.buckets = make_requested_array(c, B);
      c.h.B = B;
    }
  } else if (B <= c.h.B) {
    finish_evacuation(c);
  } else if constexpr (relocates<Core>) {
    relocate(c, make_requested_array(c, B), B);
  } else {
    // Whether the size can be had is known once it was there.
    const std::size_t buckets = requested_array_buckets<Core>(B);
    bucket_memory<Core>::deallocate(c, bucket_memory<Core>::allocate(c, buckets), buckets);
    finish_evacuation(c);
    while (c.h.B < B) {
      hash_grow(c, growth_kind::doubling);
      finish_evacuation(c);
    }
  }
}

}  // namespace hmap::detail
