// The check that every concurrent map passes before it is timed: a long random sequence of
// operations of one thread, each answer compared with that of a map too simple to be wrong in the
// same way. What several threads may not lose is checked in every pass (workloads/concurrent).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "maps/adapters/concurrent/concept.hpp"
#include "workloads/concurrent/thread_team.hpp"
#include "workloads/keys.hpp"

namespace maps {

template <class Map, class Payload>
class concurrent_answer_checker {
 public:
  explicit concurrent_answer_checker(std::uint64_t seed) : random_(seed), pool_(0, seed) {}

  /// Empty, or the first wrong answer. Few keys meet each other often, many make the table grow.
  std::string run() {
    for (std::size_t keys = 8; keys <= most_keys && wrong_.empty(); keys *= 4) {
      for (std::size_t i = 0; i < 200 + 8 * keys && wrong_.empty(); ++i) step(keys);
      compare_all();
    }
    return wrong_;
  }

 private:
  using key_type = workloads::key_of<Payload>;
  using value_type = workloads::value_of<Payload>;

  static constexpr std::size_t most_keys = 2048;

  void step(std::size_t keys) {
    workloads::encode(pool_.present(random_.below(keys)), key_);
    workloads::encode(random_(), value_);
    switch (random_.below(4)) {
      case 0:
        expect("insert(key, value)", map_.insert(key_, value_),
               oracle_.try_emplace(key_, value_).second);
        break;
      case 1:
        map_.store(key_, value_);
        oracle_.insert_or_assign(key_, value_);
        break;
      case 2: expect("erase(key)", map_.erase(key_), oracle_.erase(key_) > 0); break;
      default: break;
    }
    look_up();
  }

  void look_up() {
    const auto known = oracle_.find(key_);
    bool is_same = false;
    const bool found = map_.visit(key_, [&](const value_type& value) {
      is_same = known != oracle_.end() && value == known->second;
    });
    expect("visit(key, f)", found, known != oracle_.end());
    if (found) expect("the value that visit(key, f) passes", is_same, true);
  }

  void compare_all() {
    std::size_t passed = 0, right = 0;
    map_.for_each([&](const key_type& key, const value_type& value) {
      const auto known = oracle_.find(key);
      ++passed;
      right += known != oracle_.end() && known->second == value;
    });
    expect("for_each(f): all entries", passed == oracle_.size(), true);
    expect("for_each(f): their keys and values", right == passed, true);
  }

  void expect(std::string_view what, bool answer, bool expected) {
    if (answer == expected || !wrong_.empty()) return;
    wrong_.append(what).append(": ").append(answer ? "true" : "false").append(" is wrong");
  }

  workloads::random_source random_;
  workloads::key_pool pool_;
  Map map_;
  std::map<key_type, value_type> oracle_;
  key_type key_{};
  value_type value_{};
  std::string wrong_;
};

template <class Map, class Payload, class Scope>
std::string concurrent_answer_check(std::uint64_t seed) {
  workloads::enter_thread<Scope>();
  return concurrent_answer_checker<Map, Payload>(seed).run();
}

}  // namespace maps
