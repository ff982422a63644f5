// Workload insert_existing: inserts of keys that are there already.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "workloads/full_tables.hpp"

namespace workloads {

/// The table stays as it is: no insert succeeds.
template <class Map, class Payload>
class insert_existing : public reading_workload<Map, Payload> {
  using base = reading_workload<Map, Payload>;
  using base::full, base::pool, base::random_;

 public:
  static constexpr std::string_view name = "insert_existing",
                                    summary = "insert keys that are in the table already",
                                    operation = "one insert that changes nothing";

  insert_existing(std::shared_ptr<typename base::tables> shared, std::uint64_t seed)
      : base(shared, seed, 0),
        entries_(make_slots<entry<Payload>>(lookups_for(shared->pool().size()))) {}

  void prepare() {
    expected_ = pool().size();
    for (auto& slot : entries_) {
      const std::uint64_t id = pool().present(random_.below(pool().size()));
      pool().encode(id, slot);
      expected_ += value_digest<Payload>(id);
    }
  }

  void run() {
    Map& table = full();
    std::uint64_t sum = 0;
    for (const auto& [key, value] : entries_) {
      const auto result = table.try_emplace(key, value);
      sum += digest(result.first->second) + (result.second ? golden_ratio : 0);
      observer::operation_done();
    }
    answer_ = sum;
  }

  std::uint64_t answer() const noexcept { return answer_ + full().size(); }
  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return entries_.size(); }

 private:
  std::vector<entry<Payload>> entries_;
  std::uint64_t answer_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace workloads
