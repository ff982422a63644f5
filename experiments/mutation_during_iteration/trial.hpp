// Iterations over a map that is changed half-way, and their outcomes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <unordered_map>
#include <utility>
#include <vector>

#include "experiments/mutation_during_iteration/outcomes.hpp"

namespace mutation {

using key = std::uint64_t;

/// With begin() and end(), which every map has.
template <class Map>
class by_iterator {
 public:
  explicit by_iterator(Map& map) : map_(&map), at_(map.begin()) {}

  bool at_end() const { return at_ == map_->end(); }
  key here() const { return at_->first; }
  void next() { ++at_; }
  /// Erases the current entry and advances to the next.
  void erase_here() {
    if constexpr (requires { at_ = map_->erase(at_); }) {
      at_ = map_->erase(at_);
    } else {
      map_->erase(at_++);
    }
  }
  /// After a swap the iterators belong to `other` and end at its end().
  void swapped_with(Map& other) { map_ = &other; }

 private:
  Map* map_;
  typename Map::iterator at_;
};

/// With hmap's range(), Go's cursor.
template <class Map>
class by_cursor {
 public:
  explicit by_cursor(Map& map) : map_(&map), cursor_(map.range()), there_(cursor_.next()) {}

  bool at_end() const { return !there_; }
  key here() const { return cursor_.key(); }
  void next() { there_ = cursor_.next(); }
  void erase_here() {
    map_->erase(key(cursor_.key()));
    next();
  }
  void swapped_with(Map& other) { map_ = &other; }

 private:
  Map* map_;
  decltype(std::declval<Map&>().range()) cursor_;
  bool there_;
};

/// One iteration over a table of `entries` entries: half of them, then the change, then the rest.
template <class Map, template <class> class Iteration>
class trial {
 public:
  trial(change what, std::size_t entries, std::uint32_t seed) : what_(what), random_(seed) {
    // Room for four times as many: an insert after this must not grow any of the maps.
    map_.reserve(what == change::insert_that_grows ? 0 : 4 * entries);
    while (map_.size() < entries) map_.try_emplace(draw(), 1);
    for (auto&& entry : map_) visits_.try_emplace(entry.first, 0);
  }

  outcome run() {
    Iteration<Map> iteration(map_);
    std::size_t steps = 0;
    const std::size_t half = visits_.size() / 2;
    for (; !iteration.at_end() && steps < half; ++steps) visit(iteration);
    if (!iteration.at_end()) {
      if (what_ == change::erase_this) {
        // From here on every entry is erased when it is visited.
        while (!iteration.at_end() && steps++ < 4 * visits_.size()) {
          count(iteration.here());
          iteration.erase_here();
        }
      } else {
        apply(iteration);
        if (what_ == change::clear || what_ == change::assign_map) {
          return ends_now(iteration) ? outcome::ends : outcome::repeated;
        }
      }
    }
    for (; !iteration.at_end() && steps < 4 * visits_.size(); ++steps) visit(iteration);
    return outcome_of_visits();
  }

 private:
  key draw() { return random_() | (key{random_()} << 32); }

  void count(key one) {
    visited_.push_back(one);
    if (const auto found = visits_.find(one); found != visits_.end()) ++found->second;
  }

  void visit(Iteration<Map>& iteration) {
    count(iteration.here());
    iteration.next();
  }

  bool ends_now(Iteration<Map>& iteration) {
    iteration.next();
    return iteration.at_end();
  }

  void apply(Iteration<Map>& iteration) {
    switch (what_) {
      case change::insert_with_room:
        for (std::size_t i = 0; i < visits_.size() / 4 + 1; ++i) map_.try_emplace(draw(), 2);
        break;
      case change::insert_that_grows:
        for (std::size_t i = 0; i < 8 * visits_.size(); ++i) map_.try_emplace(draw(), 2);
        break;
      case change::assign_value:
        for (const auto& [one, times] : visits_) map_[one] = 3;
        break;
      case change::erase_earlier: erase(visited_.front(), iteration); break;
      case change::erase_later: erase(not_visited(iteration.here()), iteration); break;
      case change::reserve: map_.reserve(64 * visits_.size()); break;
      case change::clear: map_.clear(); break;
      case change::assign_map: map_ = Map(); break;
      case change::swap:
        other_.try_emplace(draw(), 4);
        map_.swap(other_);
        iteration.swapped_with(other_);
        break;
      case change::erase_this: break;  // run() does it
    }
  }

  /// Through an iterator: in some maps erase(key) may shrink or move the table.
  void erase(key one, Iteration<Map>&) {
    const auto at = map_.find(one);
    if (at == map_.end()) return;
    map_.erase(at);
    erased_.push_back(one);
  }

  /// An entry that is neither visited yet nor the current one.
  key not_visited(key current) const {
    for (const auto& [one, times] : visits_) {
      if (times == 0 && one != current) return one;
    }
    return current ^ 1;  // all are visited: an absent key, so that nothing is erased
  }

  outcome outcome_of_visits() const {
    outcome found = outcome::safe;
    for (const auto& [one, times] : visits_) {
      const bool erased = std::find(erased_.begin(), erased_.end(), one) != erased_.end();
      if (erased && what_ == change::erase_later && times > 0) return outcome::repeated;
      if (times > 1) return outcome::repeated;
      if (times == 0 && !erased) found = outcome::skipped;
    }
    return found;
  }

  change what_;
  std::mt19937 random_;
  Map map_, other_;
  std::unordered_map<key, int> visits_;  // of the entries that were there at the start
  std::vector<key> visited_, erased_;
};

/// The worst outcome of many iterations over tables of many sizes.
template <class Map, template <class> class Iteration>
outcome worst_of(change what) {
  constexpr std::size_t trials = 300, largest = 60;
  outcome worst = outcome::safe;
  for (std::uint32_t seed = 0; seed < trials; ++seed) {
    const outcome found = trial<Map, Iteration>(what, 4 + seed % largest * 5, seed).run();
    if (found != outcome::safe) worst = found;
  }
  return worst;
}

}  // namespace mutation
