// Workload range: iteration over a whole table, reading keys and values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

/// The one workload without an order to draw: the table's own order is what is measured.
template <class Map, class Payload>
class range {
 public:
  static constexpr std::string_view name = "range",
                                    summary = "iterate over a whole table, reading keys and values",
                                    operation = "one entry visited";

  range(const key_pool& pool, std::uint64_t)
      : pool_(pool),
        tables_(make_tables<Map>(tables_for(pool.size()))),
        expected_(expected_sum<Payload>(pool, operations())) {
    fill<Payload>(tables_, pool);
  }

  void prepare() noexcept { sum_ = 0; }

  void run() {
    std::uint64_t sum = 0;
    for (const Map& table : tables_) sum += sum_of_entries(table);
    sum_ = sum;
  }

  std::uint64_t answer() const noexcept { return sum_; }
  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return tables_.size() * pool_.size(); }

 private:
  key_pool pool_;
  std::vector<Map> tables_;
  std::uint64_t expected_;
  std::uint64_t sum_ = 0;
};

}  // namespace workloads
