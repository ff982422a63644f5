// Threads that use one map, in rounds; what each round did is checked by linearizability.hpp.
//
// Few processors interleave threads rarely: only where the scheduler happens to stop one. So keys
// and values give up the processor now and then where they are compared, hashed and copied, which
// is between the steps of the operations, and also where the maps hold their locks.
#pragma once

#include <array>
#include <atomic>
#include <barrier>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "linearizability.hpp"
#include "maps/tests/payloads.hpp"

namespace concurrent_test {

inline void pause_now_and_then() {
  static thread_local map_test::random_stream random(
      std::hash<std::thread::id>{}(std::this_thread::get_id()));
  if (random.below(16) == 0) std::this_thread::yield();
}

/// A small number that pauses where it is copied or compared.
class pausing_number {
 public:
  pausing_number() = default;
  explicit pausing_number(std::uint64_t number) : number_(number) {}
  pausing_number(const pausing_number& other) : number_(other.number_) { pause_now_and_then(); }
  pausing_number& operator=(const pausing_number& other) {
    number_ = other.number_;
    pause_now_and_then();
    return *this;
  }
  ~pausing_number() = default;

  std::uint64_t number() const { return number_; }
  bool operator==(const pausing_number& other) const {
    pause_now_and_then();
    return number_ == other.number_;
  }
  bool operator<(const pausing_number& other) const { return number_ < other.number_; }

 private:
  std::uint64_t number_ = 0;
};

/// For the maps that mix what they are given.
struct pausing_hash {
  std::size_t operator()(const pausing_number& key) const {
    pause_now_and_then();
    return static_cast<std::size_t>(key.number());
  }
};

/// Two keys in one list, at the lowest level of a trie, and the third beside them. To store and to
/// delete the third makes and unlinks a node of each level.
struct pausing_and_colliding_hash {
  std::uint64_t operator()(const pausing_number& key, std::uint32_t) const {
    pause_now_and_then();
    return key.number() / 2;
  }
};

template <class Map>
concept has_go_operations = requires(Map& map, const typename Map::key_type& key) {
  map.load_and_delete(key);
  map.clear();
};

/// Calls the operation of the event, and notes in it what that returned.
template <class Map>
void call_of_all_maps(Map& map, event& e) {
  const pausing_number k(e.key), v(e.argument);
  switch (e.what) {
    case operation::store: map.store(k, v); return;
    case operation::insert: e.result = map.insert(k, v); return;
    case operation::erase: e.result = map.erase(k); return;
    default: map.visit(k, [&](const pausing_number& found) { e.result_value = found.number(); });
  }
}

template <class Map>
void call(Map& map, event& e) {
  if constexpr (has_go_operations<Map>) {
    const auto plain = [](const std::optional<pausing_number>& found) {
      return found ? key_state(found->number()) : std::nullopt;
    };
    const pausing_number k(e.key), v(e.argument), old_value(e.old_value);
    switch (e.what) {
      case operation::swap: e.result_value = plain(map.swap(k, v)); return;
      case operation::load_or_store: {
        const auto [actual, loaded] = map.load_or_store(k, v);
        e.result_value = actual.number();
        e.result = loaded;
        return;
      }
      case operation::load_and_delete: e.result_value = plain(map.load_and_delete(k)); return;
      case operation::compare_and_swap: e.result = map.compare_and_swap(k, old_value, v); return;
      case operation::compare_and_delete: e.result = map.compare_and_delete(k, old_value); return;
      default: break;
    }
  }
  call_of_all_maps(map, e);
}

/// `Scope` is what the map's library wants of each thread.
template <class Map, class Scope>
class histories {
 public:
  /// Until a round was not linearizable: what happened in it. Empty where all were.
  std::string run(int rounds) {
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < logs_.size(); ++t) {
      threads.emplace_back([this, t, rounds] { run_thread(t, rounds); });
    }
    for (std::thread& one : threads) one.join();
    return failure_;
  }

 private:
  static constexpr std::size_t threads_together = 3, operations = 7;
  static constexpr std::uint64_t keys = 3;
  static_assert(threads_together * operations + 1 <= longest_history);

  using random_stream = map_test::random_stream;

  void run_thread(std::size_t t, int rounds) {
    [[maybe_unused]] const Scope scope{};
    random_stream random(t);
    for (int round = 0; round < rounds && failure_.empty(); ++round) {
      both_.arrive_and_wait();
      logs_[t].clear();
      for (std::size_t i = 0; i < operations; ++i) step(random, t, t * operations + i + 1);
      both_.arrive_and_wait();
      if (t == 0) check(round);
      both_.arrive_and_wait();
    }
  }

  void step(random_stream& random, std::size_t t, std::uint64_t argument) {
    if constexpr (has_go_operations<Map>) {
      const std::uint64_t choice = random.below(40);
      if (choice == 0) return clear(t);
      if (choice <= 2) return range(t);
    }
    event e;
    e.what = choose(random);
    e.key = random.below(keys);
    e.argument = argument;
    // What the map had last round, or another thread's first: half of the comparisons succeed.
    e.old_value = random.below(2) == 0 ? states_[e.key].value_or(1) : random.below(argument) + 1;
    logs_[t].push_back(clock_.record(e, [&](event& now) { call(map_, now); }));
  }

  static operation choose(random_stream& random) {
    constexpr operation of_all_maps[] = {operation::load, operation::store, operation::insert,
                                         operation::erase};
    if constexpr (has_go_operations<Map>) {
      return static_cast<operation>(random.below(static_cast<std::uint64_t>(operation::clear)));
    }
    return of_all_maps[random.below(std::size(of_all_maps))];
  }

  void clear(std::size_t t) {
    event e;
    e.what = operation::clear;
    e = clock_.record(e, [&](event&) { map_.clear(); });
    for (e.key = 0; e.key < keys; ++e.key) logs_[t].push_back(e);
  }

  /// A load of each key at some moment of the call.
  void range(std::size_t t) {
    std::array<key_state, keys> passed{};
    const event e = clock_.record({}, [&](event&) {
      map_.range([&](const pausing_number& k, const pausing_number& v) {
        if (passed[k.number()]) passed_twice_ = true;
        passed[k.number()] = v.number();
        return true;
      });
    });
    for (std::uint64_t k = 0; k < keys; ++k) {
      logs_[t].push_back(e);
      logs_[t].back().key = k;
      logs_[t].back().result_value = passed[k];
    }
  }

  void check(int round) {
    for (std::uint64_t k = 0; k < keys; ++k) {
      std::vector<event> history;
      for (const std::vector<event>& log : logs_) {
        for (const event& e : log) {
          if (e.key == k) history.push_back(e);
        }
      }
      event last;
      last.what = operation::load;
      last.key = k;
      history.push_back(clock_.record(last, [&](event& now) { call(map_, now); }));
      if (!is_linearizable(history, states_[k])) {
        failure_ = "round " + std::to_string(round) + ", from " +
                   (states_[k] ? std::to_string(*states_[k]) : "none") + ":\n" + to_text(history);
      }
      states_[k] = history.back().result_value;
    }
    if (passed_twice_) failure_ = "a range passed a key twice";
  }

  Map map_;
  recorder clock_;
  std::barrier<> both_{threads_together};
  std::array<std::vector<event>, threads_together> logs_;
  std::array<key_state, keys> states_{};  // before the round
  std::string failure_;                   // written by the first thread while the others wait
  std::atomic<bool> passed_twice_ = false;
};

}  // namespace concurrent_test
