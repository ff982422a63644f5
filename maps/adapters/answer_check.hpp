// The check that every map passes before it is timed: a long random sequence of operations, each
// answer compared with that of a map too simple to be wrong in the same way.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "maps/adapters/concept.hpp"
#include "workloads/keys.hpp"

namespace maps {

template <class Map, class Payload>
class answer_checker {
 public:
  explicit answer_checker(std::uint64_t seed) : random_(seed), pool_(0, seed) {}

  /// Empty, or the first wrong answer. The table fills and drains over more and more keys: few
  /// keys meet each other often, many make it grow to thousands of entries.
  std::string run() {
    for (keys_ = 8; keys_ <= most_keys && wrong_.empty(); keys_ *= 2) {
      for (const bool inserting : {true, false}) {
        inserting_ = inserting;
        for (std::size_t i = 0; i < 200 + 3 * keys_ && wrong_.empty(); ++i) step();
        compare_all();
      }
      clear();
    }
    return wrong_;
  }

 private:
  using key_type = workloads::key_of<Payload>;
  using value_type = workloads::value_of<Payload>;

  static constexpr std::size_t most_keys = 4096;

  void step() {
    ++steps_;
    workloads::encode(pool_.present(random_.below(keys_)), key_);
    workloads::encode(random_(), value_);
    const std::size_t draw = random_.below(1000);
    if (draw == 0) return reserve();
    if (draw == 1) return compare_all();
    if (draw < 300) return look_up();
    const bool inserts = (draw % 8 != 0) == inserting_;
    if (!inserts) return erase();
    switch (draw % 3) {
      case 0: return try_emplace();
      case 1: return insert_or_assign();
      default: return subscript();
    }
  }

  void look_up() {
    const auto known = oracle_.find(key_);
    const bool present = known != oracle_.end();
    expect("contains(key)", map_.contains(key_), present);
    const Map& fixed = map_;
    expect("find(key) on a const map", fixed.find(key_) != fixed.end(), present);
    const auto found = map_.find(key_);
    expect("find(key)", found != map_.end(), present);
    if (!present || !wrong_.empty()) return;
    expect("the key at find(key)", found->first == known->first, true);
    expect("the value at find(key)", found->second == known->second, true);
  }

  void try_emplace() {
    expect("try_emplace(key, value)", map_.try_emplace(key_, value_).second,
           oracle_.try_emplace(key_, value_).second);
    after_change("try_emplace");
  }

  void insert_or_assign() {
    expect("insert_or_assign(key, value)", map_.insert_or_assign(key_, value_).second,
           oracle_.insert_or_assign(key_, value_).second);
    after_change("insert_or_assign");
  }

  void subscript() {
    value_type& mine = map_[key_];
    expect("the value at map[key]", mine == oracle_[key_], true);
    mine = value_;
    oracle_[key_] = value_;
    after_change("map[key] = value");
  }

  void erase() {
    expect("erase(key)", map_.erase(key_), oracle_.erase(key_));
    after_change("erase");
  }

  void reserve() {
    map_.reserve(2 * keys_);
    compare_all();
  }

  void clear() {
    map_.clear();
    oracle_.clear();
    compare_all();
  }

  void after_change(std::string_view operation) {
    expect("size() after " + std::string(operation), map_.size(), oracle_.size());
    look_up();
  }

  /// Every entry is visited once, with its value.
  void compare_all() {
    std::vector<std::pair<key_type, value_type>> visited;
    const Map& fixed = map_;
    for (auto&& [key, value] : fixed) visited.emplace_back(key, value);
    std::sort(visited.begin(), visited.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    expect("size()", map_.size(), oracle_.size());
    expect("the number of entries visited", visited.size(), oracle_.size());
    const bool same = std::equal(visited.begin(), visited.end(), oracle_.begin(), oracle_.end(),
                                 [](const auto& mine, const auto& known) {
                                   return mine.first == known.first && mine.second == known.second;
                                 });
    expect("the entries visited are the ones inserted", same, true);
  }

  void expect(std::string_view what, std::size_t got, std::size_t expected) {
    if (got == expected || !wrong_.empty()) return;
    std::ostringstream text;
    text << what << " is " << got << ", should be " << expected << " (operation " << steps_
         << ", payload " << Payload::name << ", " << oracle_.size() << " entries)";
    wrong_ = text.str();
  }

  workloads::random_source random_;
  workloads::key_pool pool_;
  Map map_;
  std::map<key_type, value_type> oracle_;
  std::size_t keys_ = 0;    // how many different keys this phase draws from
  bool inserting_ = false;  // seven of eight changes insert, or erase
  std::size_t steps_ = 0;
  key_type key_{};
  value_type value_{};
  std::string wrong_;
};

/// Empty when `Map` answers like a map; otherwise what it got wrong first.
template <class Map, class Payload>
std::string answer_check(std::uint64_t seed) {
  static_assert(require_map<Map, workloads::key_of<Payload>, workloads::value_of<Payload>>());
  return answer_checker<Map, Payload>(seed).run();
}

}  // namespace maps
