// Workloads go_<scenario>: what the benchmarks of Go's sync.Map do (sync/map_bench_test.go), at a
// table of n entries; Go's n is 1,024. Go's keys and values are boxed integers, here they are the
// payload's.
//
//   load_mostly_hits          n - 1 of n keys are there, and looked up one after the other
//   load_mostly_misses        1 of n keys is there
//   load_or_store_balanced    half find one of n / 8 keys, half put a new one in
//   load_or_store_unique      each operation puts a new key in
//   load_or_store_collision   all threads, one key that is there
//   load_and_delete_balanced  half take one of n / 8 keys, half one that never was there
//   delete_collision          all threads erase one key, which is there once
//   swap_collision            all threads store the same key
//   compare_and_swap_collision
//                             all threads swap the same key between two values
//   range                     one operation is one iteration over n entries
//   adversarial_alloc         lookups of new keys, and a store each time that there were as many
//                             of them as stores before
//   adversarial_delete        lookups of new keys in a table of n; with each n-th one entry leaves
//                             and another comes
//
// A pass starts with a new table (the first of load_or_store_unique is empty) where operations grow
// it. The order of keys is Go's: one after the other, from a place of each thread's own.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/concurrent/filling.hpp"
#include "workloads/concurrent/thread_team.hpp"
#include "workloads/concurrent/workload.hpp"
#include "workloads/keys.hpp"
#include "workloads/state.hpp"
#include "workloads/tables.hpp"

namespace workloads {

enum class go_scenario : std::uint8_t {
  load_mostly_hits,
  load_mostly_misses,
  load_or_store_balanced,
  load_or_store_unique,
  load_or_store_collision,
  load_and_delete_balanced,
  delete_collision,
  swap_collision,
  compare_and_swap_collision,
  range,
  adversarial_alloc,
  adversarial_delete
};

struct go_scenario_name {
  std::string_view name, summary;
};

/// In the order of the enumerators.
inline constexpr auto go_scenarios = std::to_array<go_scenario_name>({
    {"go_load_mostly_hits", "Go's: look up keys of which all but one are there"},
    {"go_load_mostly_misses", "Go's: look up keys of which one is there"},
    {"go_load_or_store_balanced", "Go's: half find a key, half insert a new one"},
    {"go_load_or_store_unique", "Go's: insert new keys"},
    {"go_load_or_store_collision", "Go's: all threads look for one key that is there"},
    {"go_load_and_delete_balanced", "Go's: erase few keys again and again, and keys never there"},
    {"go_delete_collision", "Go's: all threads erase one key"},
    {"go_swap_collision", "Go's: all threads store one key"},
    {"go_compare_and_swap_collision", "Go's: all threads swap the value of one key"},
    {"go_range", "Go's: iterate over the table"},
    {"go_adversarial_alloc", "Go's: look up new keys and now and then store one"},
    {"go_adversarial_delete", "Go's: look up new keys and now and then replace one"},
});

/// Throws std::invalid_argument.
inline go_scenario go_scenario_of(std::string_view name) {
  for (std::size_t i = 0; i < go_scenarios.size(); ++i) {
    if (go_scenarios[i].name == name) return static_cast<go_scenario>(i);
  }
  throw std::invalid_argument("no scenario " + std::string(name));
}

template <class Map, class Payload, class Scope>
class go_scenario_workload {
  using key = key_of<Payload>;
  using value = value_of<Payload>;

 public:
  static constexpr std::string_view operation = "one operation";

  static std::string summary_of(std::string_view name) {
    return std::string(go_scenarios[static_cast<std::size_t>(go_scenario_of(name))].summary);
  }

  go_scenario_workload(const key_pool& pool, const crowd& given, std::shared_ptr<void>&)
      : scenario_(go_scenario_of(given.name)),
        operations_(given.operations_or(std::size_t{1} << 17)),
        pool_(pool),
        team_(given.threads),
        parts_(given.threads) {
    if (scenario_ == go_scenario::compare_and_swap_collision && !swaps_conditionally) {
      throw inapplicable("it has no compare-and-swap");
    }
    if (scenario_ == go_scenario::adversarial_delete && given.threads > 1 &&
        !given.why_no_range.empty()) {
      throw inapplicable(std::string(given.why_no_range));
    }
    if (scenario_ == go_scenario::range && given.threads > 1 && !given.why_no_range.empty()) {
      throw inapplicable(std::string(given.why_no_range));
    }
    const auto all = static_cast<double>(operations_ * given.threads);
    if (scenario_ == go_scenario::load_or_store_unique) refuse_too_many_copies(given, all, all / 2);
    if (scenario_ == go_scenario::load_or_store_balanced) {
      refuse_too_many_copies(given, all / 2, all / 4);
    }
    for (std::size_t t = 0; t < parts_.size(); ++t) {
      parts_[t].keys = make_slots<entry<Payload>>(keys_of_a_part());
    }
    values_[0] = encoded<value>(1);
    values_[1] = encoded<value>(2);
    refill();
  }

  void prepare() {
    if (grows()) refill();
    for (std::size_t t = 0; t < parts_.size(); ++t) place_keys(t);
    team_.gather();
  }

  void run() {
    auto pass = [this](std::size_t t) { parts_[t].counted = operate(parts_[t]); };
    team_.run(pass);
  }

  /// What the operations have counted, where it does not depend on which thread was first.
  std::uint64_t answer() const noexcept {
    std::uint64_t found = 0;
    for (const part& one : parts_) found += one.counted;
    return found;
  }

  std::uint64_t expected() const noexcept {
    const std::uint64_t threads = parts_.size(), all = operations_ * threads;
    switch (scenario_) {
      case go_scenario::load_mostly_hits: return all - visits_of(pool_.size() - 1);
      case go_scenario::load_mostly_misses: return visits_of(0);
      case go_scenario::load_or_store_balanced: return threads * new_keys();
      case go_scenario::load_or_store_unique:
      case go_scenario::swap_collision:
      case go_scenario::compare_and_swap_collision: return all;
      case go_scenario::load_or_store_collision: return 0;
      case go_scenario::load_and_delete_balanced: return few();
      case go_scenario::delete_collision: return 1;
      case go_scenario::range: return ranges() * threads * pool_.size();
      case go_scenario::adversarial_alloc: return threads * stores_of_adversary();
      case go_scenario::adversarial_delete: return threads * ((operations_ - 1) / pool_.size() + 1);
    }
    return 0;
  }

  std::size_t operations() const noexcept {
    const std::size_t each = scenario_ == go_scenario::range ? ranges() : operations_;
    return each * parts_.size();
  }

 private:
  static constexpr bool swaps_conditionally = requires(Map& map, const key& k, const value& v) {
    { map.compare_and_swap(k, v, v) } -> std::convertible_to<bool>;
  };

  struct alignas(apart) part {
    std::vector<entry<Payload>> keys;
    std::uint64_t counted = 0;
  };

  std::size_t few() const noexcept { return std::max<std::size_t>(pool_.size() / 8, 1); }

  /// So many that a pass takes as long as one of the others.
  std::size_t ranges() const noexcept {
    return std::max<std::size_t>(operations_ / pool_.size() / 4, 1);
  }

  bool grows() const noexcept {
    switch (scenario_) {
      case go_scenario::load_mostly_hits:
      case go_scenario::load_mostly_misses:
      case go_scenario::load_or_store_collision:
      case go_scenario::swap_collision:
      case go_scenario::compare_and_swap_collision:
      case go_scenario::range: return false;
      default: return true;
    }
  }

  /// Whether each operation has a key of its own: the others go round in n of them.
  bool has_unique_keys() const noexcept {
    switch (scenario_) {
      case go_scenario::load_or_store_balanced:
      case go_scenario::load_or_store_unique:
      case go_scenario::load_and_delete_balanced:
      case go_scenario::adversarial_alloc:
      case go_scenario::adversarial_delete: return true;
      default: return false;
    }
  }

  std::size_t keys_of_a_part() const noexcept {
    return has_unique_keys() ? operations_ : pool_.size();
  }

  std::size_t entries_at_start() const noexcept {
    switch (scenario_) {
      case go_scenario::load_mostly_hits: return pool_.size() - 1;
      case go_scenario::range:
      case go_scenario::adversarial_delete: return pool_.size();
      case go_scenario::load_or_store_balanced:
      case go_scenario::load_and_delete_balanced: return few();
      case go_scenario::load_or_store_unique:
      case go_scenario::adversarial_alloc: return 0;
      default: return 1;
    }
  }

  /// How often all threads together come to a key, going round from where each of them starts.
  std::uint64_t visits_of(std::size_t index) const noexcept {
    const std::size_t n = pool_.size();
    std::uint64_t visits = 0;
    for (std::size_t t = 0; t < parts_.size(); ++t) {
      const std::size_t first = (index + n - start_of(t)) % n;
      if (first < operations_) visits += (operations_ - 1 - first) / n + 1;
    }
    return visits;
  }

  std::size_t start_of(std::size_t t) const noexcept { return t * pool_.size() / parts_.size(); }

  /// Where few and new keys alternate.
  bool is_new(std::size_t i) const noexcept { return i / few() % 2 != 0; }

  std::uint64_t new_keys() const noexcept {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < operations_; ++i) count += is_new(i) ? 1 : 0;
    return count;
  }

  void refill() {
    map_ = std::make_unique<Map>();
    entry<Payload> slot;
    fill_concurrent<Payload>(*map_, pool_, entries_at_start(),
                             [&](std::size_t i) { return pool_.present(i); });
    if (scenario_ == go_scenario::compare_and_swap_collision) {
      pool_.encode(pool_.present(0), slot.key);
      map_->store(slot.key, values_[0]);
    }
    // Go's benchmarks bring the map into a steady state by so many lookups.
    for (std::size_t i = 0; i < 2 * entries_at_start(); ++i) {
      pool_.encode(pool_.present(i % entries_at_start()), slot.key);
      map_->visit(slot.key, [](const value&) {});
    }
  }

  /// Thread t starts somewhere else among the same keys, or has unique ones.
  void place_keys(std::size_t t) {
    part& one = parts_[t];
    const bool alternates = scenario_ == go_scenario::load_or_store_balanced ||
                            scenario_ == go_scenario::load_and_delete_balanced;
    const std::size_t n = pool_.size();
    for (std::size_t i = 0; i < one.keys.size(); ++i) {
      if (!has_unique_keys()) {
        pool_.encode(pool_.present((i + start_of(t)) % n), one.keys[i]);
      } else if (alternates && !is_new(i)) {
        pool_.encode(pool_.present(i % few()), one.keys[i]);
      } else {
        pool_.encode(pool_.spare(spare_++), one.keys[i]);
      }
    }
  }

  std::uint64_t operate(part& mine) {
    switch (scenario_) {
      case go_scenario::load_mostly_hits:
      case go_scenario::load_mostly_misses: return look_up(mine);
      case go_scenario::load_or_store_balanced:
      case go_scenario::load_or_store_unique: return insert_each(mine);
      case go_scenario::load_or_store_collision: return insert_one(mine);
      case go_scenario::load_and_delete_balanced: return erase_each(mine);
      case go_scenario::delete_collision: return erase_one(mine);
      case go_scenario::swap_collision: return store_one(mine);
      case go_scenario::compare_and_swap_collision: return swap_one(mine);
      case go_scenario::range: return iterate();
      case go_scenario::adversarial_alloc: return look_up_and_store(mine);
      case go_scenario::adversarial_delete: return look_up_and_replace(mine);
    }
    return 0;
  }

  std::uint64_t look_up(const part& mine) {
    std::uint64_t count = 0;
    for (std::size_t i = 0, at = 0; i < operations_; ++i) {
      count += map_->visit(mine.keys[at].key, [](const value&) {}) ? 1 : 0;
      if (++at == mine.keys.size()) at = 0;
    }
    return count;
  }

  std::uint64_t insert_each(const part& mine) {
    std::uint64_t count = 0;
    for (const entry<Payload>& slot : mine.keys)
      count += map_->insert(slot.key, slot.value) ? 1 : 0;
    return count;
  }

  std::uint64_t insert_one(const part& mine) {
    const entry<Payload> slot = first_entry(mine);
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < operations_; ++i) {
      count += map_->insert(slot.key, slot.value) ? 1 : 0;
    }
    return count;
  }

  std::uint64_t erase_each(const part& mine) {
    std::uint64_t count = 0;
    for (const entry<Payload>& slot : mine.keys) count += map_->erase(slot.key) ? 1 : 0;
    return count;
  }

  std::uint64_t erase_one(const part& mine) {
    const entry<Payload> slot = first_entry(mine);
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < operations_; ++i) count += map_->erase(slot.key) ? 1 : 0;
    return count;
  }

  std::uint64_t store_one(const part& mine) {
    const entry<Payload> slot = first_entry(mine);
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < operations_; ++i, ++count) map_->store(slot.key, slot.value);
    return map_->visit(slot.key, [](const value&) {}) ? count : 0;
  }

  /// As in Go: where it swaps one value for the other, it swaps it back.
  std::uint64_t swap_one(const part& mine) {
    if constexpr (swaps_conditionally) {
      const key one = first_entry(mine).key;
      for (std::size_t i = 0; i < operations_; ++i) {
        if (map_->compare_and_swap(one, values_[0], values_[1])) {
          map_->compare_and_swap(one, values_[1], values_[0]);
        }
      }
      bool is_one_of_them = false;
      map_->visit(one, [&](const value& found) {
        is_one_of_them = digest(found) == digest(values_[0]) || digest(found) == digest(values_[1]);
      });
      return is_one_of_them ? operations_ : 0;
    }
    return 0;
  }

  std::uint64_t iterate() {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < ranges(); ++i) {
      map_->for_each([&](const key&, const value&) { ++count; });
    }
    return count;
  }

  std::uint64_t look_up_and_store(const part& mine) {
    std::uint64_t stores = 0, loads_since = 0;
    for (const entry<Payload>& slot : mine.keys) {
      map_->visit(slot.key, [](const value&) {});
      if (++loads_since > stores) {
        map_->insert(slot.key, slot.value);
        loads_since = 0;
        ++stores;
      }
    }
    return stores;
  }

  std::uint64_t stores_of_adversary() const noexcept {
    std::uint64_t stores = 0, loads_since = 0;
    for (std::size_t i = 0; i < operations_; ++i) {
      if (++loads_since > stores) {
        loads_since = 0;
        ++stores;
      }
    }
    return stores;
  }

  std::uint64_t look_up_and_replace(const part& mine) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < mine.keys.size(); ++i) {
      const entry<Payload>& slot = mine.keys[i];
      map_->visit(slot.key, [](const value&) {});
      if (i % pool_.size() == 0) {
        replace_any(slot);
        ++count;
      }
    }
    return count;
  }

  /// Any entry leaves, and `slot` comes.
  void replace_any(const entry<Payload>& slot) {
    if constexpr (requires { map_->range([](const key&, const value&) { return false; }); }) {
      key leaving{};
      bool found = false;
      map_->range([&](const key& one, const value&) {
        leaving = one;
        found = true;
        return false;
      });
      if (found) map_->erase(leaving);
    } else {
      map_->erase(slot_key_of_pool());
    }
    map_->store(slot.key, slot.value);
  }

  /// For maps whose iteration cannot be ended: the entries in their order.
  key slot_key_of_pool() {
    key leaving{};
    pool_.encode(pool_.present(replaced_.fetch_add(1, std::memory_order_relaxed) % pool_.size()),
                 leaving);
    return leaving;
  }

  entry<Payload> first_entry(const part&) const {
    entry<Payload> slot;
    pool_.encode(pool_.present(0), slot);
    return slot;
  }

  go_scenario scenario_;
  std::size_t operations_;  // of each thread, in a pass
  key_pool pool_;
  thread_team<Scope> team_;
  std::unique_ptr<Map> map_;
  std::vector<part> parts_;
  std::array<value, 2> values_{};
  std::uint64_t spare_ = 0;
  std::atomic<std::uint64_t> replaced_{0};
};

}  // namespace workloads
