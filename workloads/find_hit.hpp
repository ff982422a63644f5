// Workload find_hit: independent lookups of random present keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "workloads/full_tables.hpp"
#include "workloads/popularity.hpp"

namespace workloads {

/// Throughput: no lookup depends on another one, so the processor overlaps their cache misses.
/// `Popularity` draws which entry is asked for.
template <class Map, class Payload, class Popularity>
class lookups_of_present : public reading_workload<Map, Payload> {
  using base = reading_workload<Map, Payload>;
  using base::keys_, base::full, base::pool, base::random_;

 public:
  static constexpr std::string_view operation = "one successful lookup";

  lookups_of_present(std::shared_ptr<typename base::tables> shared, std::uint64_t seed)
      : base(shared, seed, lookups_for(shared->pool().size())), entries_(shared->pool().size()) {}

  void prepare() {
    expected_ = 0;
    for (auto& key : keys_) {
      const std::uint64_t id = pool().present(entries_.draw(random_));
      pool().encode(id, key);
      expected_ += value_digest<Payload>(id);
    }
  }

  void run() {
    Map& table = full();
    std::uint64_t sum = 0;
    for (const auto& key : keys_) {
      if (const auto found = table.find(key); found != table.end()) sum += digest(found->second);
      observer::operation_done();
    }
    answer_ = sum;
  }

  std::uint64_t answer() const noexcept { return answer_; }
  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return keys_.size(); }

 private:
  Popularity entries_;
  std::uint64_t answer_ = 0;
  std::uint64_t expected_ = 0;
};

template <class Map, class Payload>
struct find_hit : lookups_of_present<Map, Payload, evenly> {
  static constexpr std::string_view name = "find_hit",
                                    summary = "look up random present keys, independently";
  using lookups_of_present<Map, Payload, evenly>::lookups_of_present;
};

}  // namespace workloads
