// Workloads find_small and find_small_cold: lookups in many small tables, each time in another one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/state.hpp"
#include "workloads/tables.hpp"

namespace workloads {

/// A program has many small maps more often than one large one. Warm, all of them fit the
/// second-level cache; cold, keys and values alone take 64 MB, and a lookup finds its table in
/// memory where the last cache is smaller than that.
template <class Map, class Payload, bool Cold>
class lookups_in_small_tables {
 public:
  static constexpr std::string_view operation = "one successful lookup";
  static constexpr std::size_t most_entries = 1024;
  static constexpr double cold_bytes = 64 << 20;

  lookups_in_small_tables(const key_pool& pool, std::uint64_t seed)
      : pool_(pool), random_(seed), tables_(make_tables<Map>(count_for(pool))) {
    fill<Payload>(tables_, pool);
    asked_.resize(least_operations);
    keys_ = make_slots<key_of<Payload>>(asked_.size());
  }

  void prepare() {
    expected_ = 0;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      asked_[i] = random_.below(tables_.size());
      const std::uint64_t id =
          pool_.present(asked_[i] * pool_.size() + random_.below(pool_.size()));
      pool_.encode(id, keys_[i]);
      expected_ += value_digest<Payload>(id);
    }
  }

  void run() {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      Map& table = tables_[asked_[i]];
      if (const auto at = table.find(keys_[i]); at != table.end()) sum += digest(at->second);
      observer::operation_done();
    }
    answer_ = sum;
  }

  std::uint64_t answer() const noexcept { return answer_; }
  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return keys_.size(); }

 private:
  static std::size_t count_for(const key_pool& pool) {
    if (pool.size() > most_entries) throw inapplicable("for tables of up to 1,024 entries");
    if (!Cold) return tables_for(pool.size());
    const double bytes = mean_payload_bytes<Payload>(pool) * static_cast<double>(pool.size());
    return std::max<std::size_t>(tables_for(pool.size()),
                                 static_cast<std::size_t>(cold_bytes / bytes));
  }

  key_pool pool_;
  random_source random_;
  std::vector<Map> tables_;
  std::vector<std::size_t> asked_;  // which table each key is looked up in
  std::vector<key_of<Payload>> keys_;
  std::uint64_t answer_ = 0;
  std::uint64_t expected_ = 0;
};

template <class Map, class Payload>
struct find_small : lookups_in_small_tables<Map, Payload, false> {
  static constexpr std::string_view name = "find_small",
                                    summary = "look up present keys in many small tables";
  using lookups_in_small_tables<Map, Payload, false>::lookups_in_small_tables;
};

template <class Map, class Payload>
struct find_small_cold : lookups_in_small_tables<Map, Payload, true> {
  static constexpr std::string_view
      name = "find_small_cold",
      summary = "look up present keys in many small tables, together of 64 MB and more";
  using lookups_in_small_tables<Map, Payload, true>::lookups_in_small_tables;
};

}  // namespace workloads
