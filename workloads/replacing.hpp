// The common part of churn and fifo: entries leave a table, as many new ones come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

/// One table lives through all passes, so that what erasing leaves behind has time to show.
template <class Map, class Payload>
class replacing {
 public:
  static constexpr std::string_view operation = "one erase and one insert";

  /// Reads every entry once, as reading_workload does.
  std::uint64_t touch() const { return sum_of_entries(table_); }

  void run() {
    std::uint64_t changes = 0;
    for (const auto& [leaves, enters] : steps_) {
      changes += table_.erase(leaves);
      changes += table_.try_emplace(enters.key, enters.value).second ? 1 : 0;
      observer::operation_done();
    }
    changes_ = changes;
  }

  /// Looks up keys of this pass only: reading a large table back would take longer than the pass
  /// itself. A key that left and is still found spoils the sum.
  std::uint64_t answer() const {
    std::uint64_t sum = changes_ + table_.size();
    for (std::size_t i = 0; i < steps_.size(); i += checked_step) {
      const auto& [leaves, enters] = steps_[i];
      if (table_.find(leaves) != table_.end()) sum += golden_ratio;
      const auto found = table_.find(enters.key);
      if (found != table_.end()) sum += entry_digest(found->first, found->second);
    }
    return sum;
  }

  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return steps_.size(); }

 protected:
  struct step {
    key_of<Payload> leaves{};
    entry<Payload> enters{};

    template <class Visit>
    friend void each_text(step& slot, Visit&& visit) {
      workloads::each_text(slot.leaves, visit);
      workloads::each_text(slot.enters, visit);
    }
  };

  explicit replacing(const key_pool& pool)
      : pool_(pool), steps_(make_slots<step>(lookups_for(pool.size()))) {
    observer::is_header(&table_, sizeof table_);
    fill<Payload>(table_, pool);
  }

  /// What a pass adds up to before any entry is looked up again: each step changes the table twice.
  void expect_changes() noexcept { expected_ = 2 * steps_.size() + pool_.size(); }

  key_pool pool_;
  Map table_;
  std::vector<step> steps_;
  std::uint64_t expected_ = 0;

 private:
  std::uint64_t changes_ = 0;
};

}  // namespace workloads
