// Walks over a map that is changed half-way, and what they met.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <unordered_map>
#include <utility>
#include <vector>

#include "semantics/words.hpp"

namespace semantics {

using key = std::uint64_t;

/// By iterators, as every map has them.
template <class Map>
class by_iterator {
 public:
  explicit by_iterator(Map& map) : map_(&map), at_(map.begin()) {}

  bool at_end() const { return at_ == map_->end(); }
  key here() const { return at_->first; }
  void next() { ++at_; }
  /// Erases the entry it stands on and goes on to the next.
  void erase_here() {
    if constexpr (requires { at_ = map_->erase(at_); }) {
      at_ = map_->erase(at_);
    } else {
      map_->erase(at_++);
    }
  }
  /// The iterators have followed the content into `other`, whose end they now run to.
  void swapped_with(Map& other) { map_ = &other; }

 private:
  Map* map_;
  typename Map::iterator at_;
};

/// By hmap's range(), Go's cursor.
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

/// One walk over a table of so many entries: half of them, then the change, then the rest.
template <class Map, template <class> class Walk>
class trial {
 public:
  trial(change what, std::size_t entries, std::uint32_t seed) : what_(what), random_(seed) {
    // Not more than half full after this, whatever the map: "room reserved" is meant.
    map_.reserve(what == change::insert_that_grows ? 0 : 4 * entries);
    while (map_.size() < entries) map_.try_emplace(draw(), 1);
    for (auto&& entry : map_) visits_.try_emplace(entry.first, 0);
  }

  outcome run() {
    Walk<Map> walk(map_);
    std::size_t steps = 0;
    const std::size_t half = visits_.size() / 2;
    for (; !walk.at_end() && steps < half; ++steps) visit(walk);
    if (!walk.at_end()) {
      if (what_ == change::erase_this) {
        // Here from now on every entry is erased as it is met.
        while (!walk.at_end() && steps++ < 4 * visits_.size()) {
          count(walk.here());
          walk.erase_here();
        }
      } else {
        apply(walk);
        if (what_ == change::clear || what_ == change::assign_map) {
          return walk_ends(walk) ? outcome::ends : outcome::repeated;
        }
      }
    }
    for (; !walk.at_end() && steps < 4 * visits_.size(); ++steps) visit(walk);
    return judge();
  }

 private:
  key draw() { return random_() | (key{random_()} << 32); }

  void count(key one) {
    visited_.push_back(one);
    if (const auto known = visits_.find(one); known != visits_.end()) ++known->second;
  }

  void visit(Walk<Map>& walk) {
    count(walk.here());
    walk.next();
  }

  bool walk_ends(Walk<Map>& walk) {
    walk.next();
    return walk.at_end();
  }

  void apply(Walk<Map>& walk) {
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
      case change::erase_earlier: erase(visited_.front(), walk); break;
      case change::erase_later: erase(not_visited(walk.here()), walk); break;
      case change::reserve: map_.reserve(64 * visits_.size()); break;
      case change::clear: map_.clear(); break;
      case change::assign_map: map_ = Map(); break;
      case change::swap:
        other_.try_emplace(draw(), 4);
        map_.swap(other_);
        walk.swapped_with(other_);
        break;
      case change::erase_this: break;  // run() does it
    }
  }

  /// Through an iterator where that is the gentler way: erase(key) may shrink or move a table.
  void erase(key one, Walk<Map>&) {
    const auto at = map_.find(one);
    if (at == map_.end()) return;
    map_.erase(at);
    erased_.push_back(one);
  }

  /// Some entry that the walk has not come to and does not stand on.
  key not_visited(key standing) const {
    for (const auto& [one, times] : visits_) {
      if (times == 0 && one != standing) return one;
    }
    return standing ^ 1;  // there is none: nothing will be found to erase
  }

  outcome judge() const {
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

/// The worst that many walks over tables of many sizes met.
template <class Map, template <class> class Walk>
outcome worst_of(change what) {
  constexpr std::size_t trials = 300, largest = 60;
  outcome worst = outcome::safe;
  for (std::uint32_t seed = 0; seed < trials; ++seed) {
    const outcome found = trial<Map, Walk>(what, 4 + seed % largest * 5, seed).run();
    if (found != outcome::safe) worst = found;
  }
  return worst;
}

}  // namespace semantics
