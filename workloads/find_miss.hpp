// Workload find_miss: independent lookups of random absent keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "workloads/full_tables.hpp"

namespace workloads {

template <class Map, class Payload>
class find_miss : public reading_workload<Map, Payload> {
  using base = reading_workload<Map, Payload>;
  using base::keys_, base::full, base::pool, base::random_;

 public:
  static constexpr std::string_view name = "find_miss",
                                    summary = "look up random absent keys, independently",
                                    operation = "one unsuccessful lookup";

  find_miss(std::shared_ptr<typename base::tables> shared, std::uint64_t seed)
      : base(shared, seed, lookups_for(shared->pool().size())) {}

  /// Absent keys cost nothing to make: no key is looked up twice.
  void prepare() {
    for (auto& key : keys_) pool().encode(pool().any_absent(random_), key);
  }

  void run() {
    Map& table = full();
    std::uint64_t misses = 0;
    for (const auto& key : keys_) {
      misses += table.find(key) == table.end() ? 1 : 0;
      observer::operation_done();
    }
    misses_ = misses;
  }

  /// The size is in it because an empty table would miss just as well.
  std::uint64_t answer() const noexcept { return misses_ + full().size(); }
  std::uint64_t expected() const noexcept { return keys_.size() + pool().size(); }
  std::size_t operations() const noexcept { return keys_.size(); }

 private:
  std::uint64_t misses_ = 0;
};

}  // namespace workloads
