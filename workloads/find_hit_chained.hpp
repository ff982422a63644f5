// Workload find_hit_chained: lookups of which each depends on the one before it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "workloads/full_tables.hpp"

namespace workloads {

/// Latency: each step has two keys to choose from, and one bit of the value just read chooses.
/// A lookup cannot start before the last one has ended, yet the keys are still read in order.
template <class Map, class Payload>
class find_hit_chained : public reading_workload<Map, Payload> {
  using base = reading_workload<Map, Payload>;
  using base::keys_, base::full, base::pool, base::random_;

 public:
  static constexpr std::string_view
      name = "find_hit_chained",
      summary = "look up present keys, each one chosen by the value found before it",
      operation = "one successful lookup that depends on the one before it";

  find_hit_chained(std::shared_ptr<typename base::tables> shared, std::uint64_t seed)
      : base(shared, seed, 2 * lookups_for(shared->pool().size())) {}

  void prepare() {
    expected_ = 0;
    std::size_t choice = 0;
    for (auto key = keys_.begin(); key != keys_.end(); key += 2) {
      const std::array ids{draw(), draw()};
      pool().encode(ids[0], key[0]);
      pool().encode(ids[1], key[1]);
      const std::uint64_t value = value_digest<Payload>(ids[choice]);
      expected_ += value;
      choice = value & 1;
    }
  }

  void run() {
    Map& table = full();
    std::uint64_t sum = 0;
    std::size_t choice = 0;
    for (std::size_t step = 0; step < keys_.size(); step += 2) {
      const auto found = table.find(keys_[step + choice]);
      if (found == table.end()) break;
      const std::uint64_t value = digest(found->second);
      sum += value;
      choice = value & 1;
      observer::operation_done();
    }
    answer_ = sum;
  }

  std::uint64_t answer() const noexcept { return answer_; }
  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return keys_.size() / 2; }

 private:
  std::uint64_t draw() noexcept { return pool().present(random_.below(pool().size())); }

  std::uint64_t answer_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace workloads
