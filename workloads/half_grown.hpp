// Half-grown tables: tables in the middle of a growth, for maps that grow step by step.
#pragma once

#include <cstddef>
#include <string>

#include "workloads/octave.hpp"
#include "workloads/state.hpp"
#include "workloads/tables.hpp"

namespace workloads {

/// Inserts advance a growth, and the number of them that it takes measures how far it is: it is
/// half done after half of them.
template <class Map, class Payload>
class half_grown_tables {
 public:
  half_grown_tables(const key_pool& pool, const setting<Map>& where) : pool_(pool), where_(where) {
    if (where.growing == nullptr) throw inapplicable(std::string(where.never_half_grown));
    trigger_ = octave_around<Payload>(pool, where).last + 1;
    [[maybe_unused]] const observer::untracked_scope bookkeeping{};
    Map scout;
    std::size_t count = insert(scout, 0, trigger_);
    for (; where.growing(scout); ++count) insert(scout, count, 1);
    inserts_ = count - trigger_;
    if (inserts_ < least_inserts) {
      throw inapplicable(
          "a growth at this size is over with the insert that starts it, or nearly so");
    }
  }

  /// Fills `table` with the keys from present(first) on until `part` of `parts` of a growth are
  /// done, and returns how many these were.
  std::size_t build(Map& table, std::size_t first, std::size_t part, std::size_t parts) const {
    return insert(table, first, trigger_ + inserts_ * part / parts);
  }

 private:
  static constexpr std::size_t least_inserts = 16;

  std::size_t insert(Map& table, std::size_t first, std::size_t count) const {
    fill<Payload>(table, key_pool(count, pool_), first);
    return count;
  }

  key_pool pool_;
  setting<Map> where_;
  std::size_t trigger_ = 0;  // entries, with the one that starts the growth
  std::size_t inserts_ = 0;  // after that, until it is over
};

}  // namespace workloads
