// Workload fifo: the oldest entry leaves, a new one comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

/// A queue that can be searched. One table lives through all passes, so that what leaving entries
/// leave behind has time to show.
template <class Map, class Payload>
class fifo {
 public:
  static constexpr std::string_view name = "fifo",
                                    summary = "erase the oldest entry, insert a new one",
                                    operation = "one erase and one insert";

  fifo(const key_pool& pool, std::uint64_t)
      : pool_(pool), steps_(make_slots<step>(lookups_for(pool.size()))) {
    observer::is_header(&table_, sizeof table_);
    fill<Payload>(table_, pool);
  }

  void prepare() {
    expected_ = 2 * steps_.size() + pool_.size();
    for (std::size_t i = 0; i < steps_.size(); ++i, ++gone_) {
      pool_.encode(pool_.present(gone_), steps_[i].leaves);
      pool_.encode(pool_.present(gone_ + pool_.size()), steps_[i].enters);
    }
    for (std::size_t i = 0; i < steps_.size(); i += checked_step) {
      const std::uint64_t number = gone_ - steps_.size() + pool_.size() + i;
      if (number >= gone_) expected_ += pool_.entry_digest<Payload>(pool_.present(number));
    }
  }

  void run() {
    std::uint64_t changes = 0;
    for (const auto& [leaves, enters] : steps_) {
      changes += table_.erase(leaves);
      changes += table_.try_emplace(enters.key, enters.value).second ? 1 : 0;
      observer::operation_done();
    }
    changes_ = changes;
  }

  /// Looks up some of what entered in this pass; what has left again must be gone.
  std::uint64_t answer() const {
    std::uint64_t sum = changes_ + table_.size();
    for (std::size_t i = 0; i < steps_.size(); i += checked_step) {
      const auto& [leaves, enters] = steps_[i];
      if (table_.find(leaves) != table_.end()) sum += golden_ratio;
      const auto at = table_.find(enters.key);
      if (at != table_.end()) sum += entry_digest(at->first, at->second);
    }
    return sum;
  }

  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return steps_.size(); }

 private:
  struct step {
    key_of<Payload> leaves{};
    entry<Payload> enters{};

    template <class Visit>
    friend void each_text(step& slot, Visit&& visit) {
      workloads::each_text(slot.leaves, visit);
      workloads::each_text(slot.enters, visit);
    }
  };

  key_pool pool_;
  Map table_;
  std::vector<step> steps_;
  std::uint64_t gone_ = 0;  // keys that have left, in the end of the pass
  std::uint64_t changes_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace workloads
