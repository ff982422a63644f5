// Workloads find_load_30 to find_load_95: lookups in a table whose maximum load factor was set.
//
// The table is filled to n entries and on to just before it grows, so that it is as full as was
// asked for. A map whose maximum cannot be set to that has no such row.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/state.hpp"
#include "workloads/tables.hpp"

namespace workloads {

template <class Map>
concept has_load_factor = requires(Map& table) {
  table.max_load_factor(0.5F);
  table.bucket_count();
};

/// Throws inapplicable.
template <class Map>
void set_load(Map& table, unsigned percent) {
  if constexpr (has_load_factor<Map>) {
    const float wanted = static_cast<float>(percent) / 100;
    table.max_load_factor(wanted);
    if (std::abs(static_cast<float>(table.max_load_factor()) - wanted) < 0.005F) return;
  }
  throw inapplicable("its maximum load factor cannot be set to " + std::to_string(percent) + " %");
}

/// The entries of a table that has at least n and is about to grow.
template <class Payload, class Map>
std::size_t full_size(const key_pool& pool, unsigned percent) {
  Map table;
  set_load(table, percent);
  std::size_t count = 0;
  if constexpr (has_load_factor<Map>) {
    entry<Payload> slot;
    std::size_t capacity = 0;
    for (; capacity == 0 || table.bucket_count() == capacity; ++count) {
      if (count == pool.size()) capacity = table.bucket_count();
      pool.encode(pool.present(count), slot);
      table.try_emplace(slot.key, slot.value);
    }
  }
  return count - 1;
}

template <class Map, class Payload, unsigned LoadPercent>
class find_load {
 public:
  static constexpr std::string_view operation = "one successful lookup";

  find_load(const key_pool& pool, std::uint64_t seed)
      : pool_(full_size<Payload, Map>(pool, LoadPercent), pool),
        random_(seed),
        keys_(make_slots<key_of<Payload>>(lookups_for(pool_.size()))) {
    observer::is_header(&table_, sizeof table_);
    set_load(table_, LoadPercent);
    fill<Payload>(table_, pool_);
  }

  void prepare() {
    expected_ = 0;
    for (auto& key : keys_) {
      const std::uint64_t id = pool_.present(random_.below(pool_.size()));
      pool_.encode(id, key);
      expected_ += value_digest<Payload>(id);
    }
  }

  void run() {
    std::uint64_t sum = 0;
    for (const auto& key : keys_) {
      if (const auto found = table_.find(key); found != table_.end()) sum += digest(found->second);
      observer::operation_done();
    }
    answer_ = sum;
  }

  /// Reads every entry once, as reading_workload does.
  std::uint64_t touch() const { return sum_of_entries(table_); }

  /// What is wrong with the sum, upon a number that every map has: how many entries a table takes
  /// until it grows is each map's own matter.
  std::uint64_t answer() const noexcept { return expected() + (answer_ - expected_); }
  std::uint64_t expected() const noexcept { return pool_.present(0); }
  std::size_t operations() const noexcept { return keys_.size(); }

 private:
  key_pool pool_;
  random_source random_;
  Map table_;
  std::vector<key_of<Payload>> keys_;
  std::uint64_t answer_ = 0;
  std::uint64_t expected_ = 0;
};

template <class Map, class Payload>
struct find_load_30 : find_load<Map, Payload, 30> {
  static constexpr std::string_view name = "find_load_30", summary = "look up, load factor 0.30";
  using find_load<Map, Payload, 30>::find_load;
};

template <class Map, class Payload>
struct find_load_50 : find_load<Map, Payload, 50> {
  static constexpr std::string_view name = "find_load_50", summary = "look up, load factor 0.50";
  using find_load<Map, Payload, 50>::find_load;
};

template <class Map, class Payload>
struct find_load_70 : find_load<Map, Payload, 70> {
  static constexpr std::string_view name = "find_load_70", summary = "look up, load factor 0.70";
  using find_load<Map, Payload, 70>::find_load;
};

template <class Map, class Payload>
struct find_load_80 : find_load<Map, Payload, 80> {
  static constexpr std::string_view name = "find_load_80", summary = "look up, load factor 0.80";
  using find_load<Map, Payload, 80>::find_load;
};

template <class Map, class Payload>
struct find_load_90 : find_load<Map, Payload, 90> {
  static constexpr std::string_view name = "find_load_90", summary = "look up, load factor 0.90";
  using find_load<Map, Payload, 90>::find_load;
};

template <class Map, class Payload>
struct find_load_95 : find_load<Map, Payload, 95> {
  static constexpr std::string_view name = "find_load_95", summary = "look up, load factor 0.95";
  using find_load<Map, Payload, 95>::find_load;
};

}  // namespace workloads
