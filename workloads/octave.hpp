// The octave of a map: the entry counts between one growth and the next, found by filling one.
#pragma once

#include <cstddef>
#include <utility>

#include "workloads/state.hpp"
#include "workloads/tables.hpp"

namespace workloads {

/// The entry counts between two growths.
struct octave {
  std::size_t first;  // the least for which the growth before is over
  std::size_t last;   // one more starts the next growth

  /// The count at so many percent of the way.
  std::size_t at(std::size_t percent) const noexcept {
    return first + (last - first) * percent / 100;
  }
};

/// Fills a table until a growth begins beyond n entries. A growth is one insert or several in a row
/// that change the capacity, or it lasts for as long as the map says so.
template <class Payload, class Map>
octave octave_around(const key_pool& pool, const setting<Map>& where) {
  if (where.capacity == nullptr) throw inapplicable("the map does not report when it grows");
  [[maybe_unused]] const observer::untracked_scope bookkeeping{};
  Map scout;
  entry<Payload> slot;
  octave found{1, 1};
  std::size_t capacity = where.capacity(scout);
  bool in_growth = true;  // from nothing
  for (std::size_t count = 1;; ++count) {
    pool.encode(pool.present(count - 1), slot);
    scout.try_emplace(slot.key, slot.value);
    const std::size_t before = std::exchange(capacity, where.capacity(scout));
    const bool grows = capacity != before || (where.growing && where.growing(scout));
    if (grows && !in_growth && count > pool.size()) return found;
    if (in_growth && !grows) found.first = count;
    found.last = count;
    in_growth = grows;
  }
}

}  // namespace workloads
