// When a table grows or shrinks, and by how much at a time.
//
//   growing    begins when there are max_load entries a bucket; from then on each insert splits
//              one bucket, in order, until there are twice as many
//   shrinking  begins when an erase leaves fewer than min_load entries a bucket; from then on each
//              erase(key) merges one bucket, from the last one on, until there are half as many
//
// An insert that fetches a page for the splits to come does not split. Little more than 2^L inserts
// are enough for 2^L splits, and the next growth is 12 * 2^L inserts away, so a table is as a rule
// not between two sizes. It may stay there for ever all the same.
//
// A step is upkeep: it makes room that is not needed yet. Should it throw (a hash, a copy, memory),
// the insert or erase that it came with has happened, and a later one tries again. So an
// insert reports failing memory only when the entry itself has no place.
//
//   max_load   the load at which growing begins, of 15; entries in nodes there; chosen: 12
//                11: 1.1 %     12: 2.1 %     12.5: 2.8 %     13: 3.7 %
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "../../common/fail.hpp"
#include "../../common/memory_limit.hpp"
#include "core.hpp"
#include "merge.hpp"
#include "scatter.hpp"
#include "split.hpp"

namespace steady::detail {

/// How many entries 2^level buckets take before they grow.
template <class Traits>
constexpr std::size_t capacity(unsigned level) noexcept {
  return (Traits::max_load << level) > 1 ? Traits::max_load << level : 1;
}
template <class Traits>
constexpr std::uint8_t level_for(std::size_t n) noexcept {
  std::uint8_t level = 0;
  while (capacity<Traits>(level) < n) ++level;
  return level;
}

/// How many entries of 2^level buckets are in nodes when they are full: one in forty, and some.
constexpr std::size_t expected_nodes(std::size_t buckets) noexcept { return buckets / 3 + 4; }

/// Sets the counts above and below which operations leave the straight path.
template <class Core>
void set_limits(Core& c) noexcept {
  using traits = typename Core::traits;
  const bool may_insert = c.memory.exists() && c.direction != resizing::growing;
  c.grow_at = may_insert ? capacity<traits>(c.level) : 0;
  const bool may_halve = c.split != 0 ? c.level >= c.floor : c.level > c.floor;
  if (c.direction == resizing::shrinking) {
    c.shrink_at = std::numeric_limits<std::size_t>::max();
  } else {
    // Small tables would only save what they are about to need again.
    c.shrink_at = may_halve && c.level >= traits::min_level && !c.memory.is_moving()
                      ? traits::min_load << c.level
                      : 0;
  }
}

template <class Core>
void set_level(Core& c, unsigned level) noexcept {
  c.level = static_cast<std::uint8_t>(level);
  c.low = (std::size_t{1} << level) - 1;
}

/// 2^L buckets, seen as 2^(L-1) that have all been split; and back.
template <class Core>
void lower_level(Core& c) noexcept {
  set_level(c, c.level - 1U);
  c.split = c.low + 1;
}
template <class Core>
void raise_level(Core& c) noexcept {
  set_level(c, c.level + 1U);
  c.split = 0;
}

/// The first memory of a table, and its seed.
template <class Core>
MAPS_NOINLINE void start(Core& c, unsigned level) {
  c.memory.start(c.alloc, level);
  c.seed = random_seed();
  set_level(c, level);
  c.split = 0;
  c.direction = resizing::no;
  set_limits(c);
}

/// Also where a table that was shrinking turns round.
template <class Core>
void begin_growth(Core& c, unsigned target) {
  c.memory.extend(c.alloc, c.level, target);
  c.direction = resizing::growing;
  set_limits(c);
}

template <class Core>
void growth_step(Core& c, location<typename Core::value_type>* follow) {
  if (!split_bucket(c, follow)) return;
  c.memory.vacate(++c.split);
  if (c.split <= c.low) return;
  c.memory.extended(c.alloc);
  raise_level(c);
  c.direction = resizing::no;
  set_limits(c);
}

/// What an insert does for the table's growth. The entry is in already; if it moves, `follow`
/// goes with it.
template <class Core>
void grow(Core& c, location<typename Core::value_type>& follow) noexcept {
  MAPS_TRY {
    if (c.direction != resizing::growing) {
      if (c.count <= capacity<typename Core::traits>(c.level)) return;
      begin_growth(c, 0);
      if (c.memory.is_moving()) return;  // asking the system for a block is enough for one insert
    } else if (c.memory.touch_ahead(c.split)) {
      return;
    }
    growth_step(c, &follow);
  }
  MAPS_CATCH_ALL {
    // Not at once again: asking for memory that is not there takes its time.
    if (c.direction != resizing::growing) c.grow_at = c.count + c.count / 64;
  }
}

/// Merges one bucket; false if its chain is too long for that.
template <class Core>
bool merge_last(Core& c) {
  const bool is_whole = c.split == 0;
  if (is_whole) lower_level(c);
  bool merged = false;
  MAPS_TRY { merged = merge_bucket(c); }
  MAPS_CATCH_ALL {
    if (is_whole) raise_level(c);
    MAPS_RETHROW;
  }
  if (!merged) {
    if (is_whole) raise_level(c);
    return false;
  }
  c.sorting = false;
  --c.split;
  c.memory.shrink(c.alloc, c.low + 1 + c.split);
  if (c.split == 0) c.memory.shrunk(c.alloc, c.low + 1);
  return true;
}

template <class Core>
void shrink_step(Core& c) {
  const bool merged = merge_last(c);
  c.direction = merged && c.split != 0 ? resizing::shrinking : resizing::no;
  set_limits(c);
  // Chains that are too long now may be shorter when more entries are gone.
  if (!merged) c.shrink_at = c.count - c.count / 16;
}

/// What erase(key) does for the table's shrinking.
template <class Core>
STEADY_COLD void shrink(Core& c) noexcept {
  MAPS_TRY { shrink_step(c); }
  MAPS_CATCH_ALL {
    c.direction = resizing::no;
    set_limits(c);
  }
}

/// Refuses what cannot be had, before anything is requested: reserved address space promises more
/// than there is.
template <class Core>
void check_level(const Core&, unsigned level) {
  using geometry = typename Core::geometry_type;
  constexpr unsigned bits = std::numeric_limits<std::size_t>::digits;
  if (level >= bits - 1 || std::size_t{1} << level > geometry::max_buckets) {
    maps::common::throw_length_error("steady: more buckets than there are addresses");
  }
  if constexpr (is_std_allocator<typename Core::allocator_type>) {
    if (maps::common::exceeds_memory(geometry::bytes_per_bucket << level)) {
      maps::common::throw_bad_alloc();
    }
  }
}

/// Grows to 2^level buckets at once. Throws what memory, hashes and copies throw; the entries
/// are all there either way, and where moves cannot throw nothing at all has changed.
template <class Core>
void grow_to(Core& c, unsigned level) {
  check_level(c, level);
  if (!c.memory.exists()) return start(c, level);
  if constexpr (Core::ops::moves_safely) {
    if (c.level < level) scatter_all(c, level);
  } else {
    while (c.level < level) {
      if (c.direction != resizing::growing) begin_growth(c, level);
      growth_step(c, nullptr);
    }
  }
}

template <class Core>
void finish_growth(Core& c) {
  while (c.direction == resizing::growing) growth_step(c, nullptr);
}

/// Takes a block that is no larger than the table, if it has one of the heap and moving there
/// cannot throw.
template <class Core>
void fit_block(Core& c) {
  if constexpr (Core::memory_type::moves && Core::ops::moves_safely) {
    if (c.split != 0 || !c.memory.is_wasteful(c.low + 1)) return;
    c.memory.resettle(c.level);
    for (std::size_t i = 0; i <= c.low; ++i) {
      const auto from = c.memory.lower(i), to = c.memory.upper(i);
      for (auto slots = from.word().occupied(); slots; slots.drop_lowest()) {
        Core::ops::relocate(c.alloc, to.entry(slots.lowest()), from.entry(slots.lowest()));
      }
      std::memcpy(to.tags(), from.tags(), tag_bytes);
      if (from.chain() != nullptr) to.head() = from.chain();
    }
    c.memory.extended(c.alloc);
  }
}

/// As few buckets as the entries need, but 2^least, and memory for no more. Throws what copies and
/// memory throw; the entries are all there either way.
template <class Core>
void fit(Core& c, unsigned least) {
  c.floor = 0;
  const unsigned target = std::max<unsigned>(least, level_for<typename Core::traits>(c.count));
  if (c.memory.is_moving()) finish_growth(c);
  while (c.level > target || c.split != 0) {
    const std::size_t before = c.bucket_count();
    shrink_step(c);
    if (c.bucket_count() == before) break;  // chains too long to be joined
  }
  c.direction = resizing::no;
  set_limits(c);
  c.memory.trim(c.alloc, c.bucket_count());
  fit_block(c);
  c.nodes.release(c.alloc);
}

}  // namespace steady::detail
