// Workload fifo: the oldest entry leaves, a new one comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "workloads/replacing.hpp"

namespace workloads {

/// A queue that can be searched.
template <class Map, class Payload>
class fifo : public replacing<Map, Payload> {
  using base = replacing<Map, Payload>;
  using base::pool_, base::steps_, base::expected_;

 public:
  static constexpr std::string_view name = "fifo",
                                    summary = "erase the oldest entry, insert a new one";

  fifo(const key_pool& pool, std::uint64_t) : base(pool) {}

  void prepare() {
    for (std::size_t i = 0; i < steps_.size(); ++i, ++gone_) {
      pool_.encode(pool_.present(gone_), steps_[i].leaves);
      pool_.encode(pool_.present(gone_ + pool_.size()), steps_[i].enters);
    }
    this->expect_changes();
    for (std::size_t i = 0; i < steps_.size(); i += checked_step) {  // some have left again
      const std::uint64_t number = gone_ - steps_.size() + pool_.size() + i;
      if (number >= gone_) {
        expected_ += pool_.template entry_digest<Payload>(pool_.present(number));
      }
    }
  }

 private:
  std::uint64_t gone_ = 0;  // keys that have left, in the end of the pass
};

}  // namespace workloads
