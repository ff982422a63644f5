// Workload range: iteration over a whole table, reading keys and values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "workloads/full_tables.hpp"

namespace workloads {

/// The one workload without an order to draw: the table's own order is what is measured.
template <class Map, class Payload>
class range {
 public:
  using tables = full_tables<Map, Payload>;
  static constexpr std::string_view name = "range",
                                    summary = "iterate over a whole table, reading keys and values",
                                    operation = "one entry visited";

  range(std::shared_ptr<tables> shared, std::uint64_t) : tables_(std::move(shared)) {
    tables_->many();
    expect();
  }

  /// Other keys: the branch predictor memorises the order of a small table, better in one process
  /// than in another.
  void renew(std::uint64_t seed) {
    tables_->renew(seed, tables_->count());
    expect();
  }

  void prepare() noexcept { sum_ = 0; }

  void run() {
    std::uint64_t sum = 0;
    for (const Map& table : tables_->many()) sum += sum_of_entries(table);
    sum_ = sum;
  }

  std::uint64_t answer() const noexcept { return sum_; }
  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return tables_->count() * tables_->pool().size(); }

 private:
  void expect() { expected_ = expected_sum<Payload>(tables_->pool(), operations()); }

  std::shared_ptr<tables> tables_;
  std::uint64_t expected_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace workloads
