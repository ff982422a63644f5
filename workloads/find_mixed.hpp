// Workload find_mixed_50: independent lookups of which half hit. The other shares are in
// further/find_mixed.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "workloads/full_tables.hpp"

namespace workloads {

/// Whether a lookup hits is drawn anew for each: no predictor can learn it. The caller branches on
/// it, as callers do, so that a mispredicted branch is part of the time.
template <class Map, class Payload, unsigned HitPercent>
class find_mixed : public reading_workload<Map, Payload> {
  using base = reading_workload<Map, Payload>;
  using base::keys_, base::full, base::pool, base::random_;

 public:
  static constexpr std::string_view operation = "one lookup";

  find_mixed(std::shared_ptr<typename base::tables> shared, std::uint64_t seed)
      : base(shared, seed, lookups_for(shared->pool().size())) {}

  void prepare() {
    expected_ = 0;
    for (auto& key : keys_) {
      if (random_.below(100) < HitPercent) {
        const std::uint64_t id = pool().present(random_.below(pool().size()));
        pool().encode(id, key);
        expected_ += value_digest<Payload>(id);
      } else {
        pool().encode(pool().any_absent(random_), key);
        ++expected_;
      }
    }
  }

  void run() {
    Map& table = full();
    std::uint64_t sum = 0;
    for (const auto& key : keys_) {
      const auto found = table.find(key);
      if (found != table.end()) {
        sum += digest(found->second);
      } else {
        ++sum;
      }
      observer::operation_done();
    }
    answer_ = sum;
  }

  std::uint64_t answer() const noexcept { return answer_; }
  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return keys_.size(); }

 private:
  std::uint64_t answer_ = 0;
  std::uint64_t expected_ = 0;
};

template <class Map, class Payload>
struct find_mixed_50 : find_mixed<Map, Payload, 50> {
  static constexpr std::string_view name = "find_mixed_50", summary = "look up keys, 50 % present";
  using find_mixed<Map, Payload, 50>::find_mixed;
};

}  // namespace workloads
