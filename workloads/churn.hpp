// Workload churn: each step erases a random key and inserts a new one; the size stays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/replacing.hpp"

namespace workloads {

template <class Map, class Payload>
class churn : public replacing<Map, Payload> {
  using base = replacing<Map, Payload>;
  using base::pool_, base::steps_, base::expected_;

 public:
  static constexpr std::string_view name = "churn",
                                    summary = "erase a random key, insert a new one";

  churn(const key_pool& pool, std::uint64_t seed)
      : base(pool), random_(seed), places_(steps_.size()) {
    live_.reserve(pool.size());
    for (std::size_t i = 0; i < pool.size(); ++i) live_.push_back(pool.present(i));
  }

  void prepare() {
    const std::uint64_t first = spent_;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      places_[i] = random_.below(live_.size());
      std::uint64_t& id = live_[places_[i]];
      pool_.encode(id, steps_[i].leaves);
      id = pool_.spare(spent_++);
      pool_.encode(id, steps_[i].enters);
    }
    this->expect_changes();
    for (std::size_t i = 0; i < steps_.size(); i += checked_step) {  // some have left again
      const std::uint64_t entered = pool_.spare(first + i);
      if (live_[places_[i]] == entered) {
        expected_ += pool_.template entry_digest<Payload>(entered);
      }
    }
  }

 private:
  random_source random_;
  std::vector<std::size_t> places_;  // where in live_ each step took and put its id
  std::vector<std::uint64_t> live_;  // the ids in the table
  std::uint64_t spent_ = 0;          // spare ids used so far
};

}  // namespace workloads
