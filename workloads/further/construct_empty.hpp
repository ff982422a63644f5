// Workload construct_empty: empty tables come and go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "workloads/state.hpp"
#include "workloads/tables.hpp"

namespace workloads {

/// What a program pays for a map that it may not need. The size of a table does not matter: it is
/// measured at the least size of a run only where that is up to 1,024.
template <class Map, class Payload>
class construct_empty {
 public:
  static constexpr std::string_view name = "construct_empty",
                                    summary = "construct and destroy an empty table",
                                    operation = "one table constructed and destroyed";

  construct_empty(const key_pool& pool, std::uint64_t) {
    if (pool.size() > most_entries) throw inapplicable("it does not depend on the size");
    tables_.resize(at_once);
  }

  void prepare() noexcept { sizes_ = 0; }

  void run() {
    std::uint64_t sizes = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
      for (auto& table : tables_) table.emplace();
      for (auto& table : tables_) {
        sizes += 1 + table->size();
        table.reset();
        observer::operation_done();
      }
    }
    sizes_ = sizes;
  }

  std::uint64_t answer() const noexcept { return sizes_; }
  std::uint64_t expected() const noexcept { return operations(); }
  std::size_t operations() const noexcept { return at_once * rounds; }

 private:
  static constexpr std::size_t most_entries = 1024, at_once = 16, rounds = least_operations / 16;

  std::vector<std::optional<Map>> tables_;
  std::uint64_t sizes_ = 0;
};

}  // namespace workloads
