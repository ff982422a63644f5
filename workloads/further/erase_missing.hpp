// Workload erase_missing: erases keys that are not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "workloads/full_tables.hpp"

namespace workloads {

/// The table stays as it is: no erase finds its key.
template <class Map, class Payload>
class erase_missing : public reading_workload<Map, Payload> {
  using base = reading_workload<Map, Payload>;
  using base::keys_, base::full, base::pool, base::random_;

 public:
  static constexpr std::string_view name = "erase_missing",
                                    summary = "erase keys that are not in the table",
                                    operation = "one erase that changes nothing";

  erase_missing(std::shared_ptr<typename base::tables> shared, std::uint64_t seed)
      : base(shared, seed, lookups_for(shared->pool().size())) {}

  void prepare() {
    for (auto& key : keys_) pool().encode(pool().any_absent(random_), key);
  }

  void run() {
    Map& table = full();
    std::uint64_t erased = 0;
    for (const auto& key : keys_) {
      erased += table.erase(key);
      observer::operation_done();
    }
    erased_ = erased;
  }

  std::uint64_t answer() const noexcept { return golden_ratio * erased_ + full().size(); }
  std::uint64_t expected() const noexcept { return pool().size(); }
  std::size_t operations() const noexcept { return keys_.size(); }

 private:
  std::uint64_t erased_ = 0;
};

}  // namespace workloads
