// Workload find_zipf: independent lookups of present keys, of which some are far more popular.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "workloads/full_tables.hpp"
#include "workloads/popularity.hpp"

namespace workloads {

/// find_hit with Zipf's popularity instead of an even one.
template <class Map, class Payload>
class find_zipf : public reading_workload<Map, Payload> {
  using base = reading_workload<Map, Payload>;
  using base::keys_, base::full, base::pool, base::random_;

 public:
  static constexpr std::string_view
      name = "find_zipf",
      summary = "look up present keys, independently, by Zipf's law with exponent 0.99",
      operation = "one successful lookup";

  find_zipf(std::shared_ptr<typename base::tables> shared, std::uint64_t seed)
      : base(shared, seed, lookups_for(shared->pool().size())), ranks_(shared->pool().size()) {}

  void prepare() {
    expected_ = 0;
    for (auto& key : keys_) {
      const std::uint64_t id = pool().present(ranks_.draw(random_));
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
  zipf ranks_;
  std::uint64_t answer_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace workloads
