// Workload churn: each step erases a random key and inserts a new one; the size stays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

/// One table lives through all passes, so that what erasing leaves behind has time to show.
template <class Map, class Payload>
class churn {
 public:
  static constexpr std::string_view name = "churn",
                                    summary = "erase a random key, insert a new one",
                                    operation = "one erase and one insert";

  churn(const key_pool& pool, std::uint64_t seed)
      : pool_(pool),
        random_(seed),
        steps_(make_slots<step>(lookups_for(pool.size()))),
        places_(steps_.size()) {
    observer::is_header(&table_, sizeof table_);
    fill<Payload>(table_, pool);
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
    // Each step changes the table twice; of the keys that entered, some have left again.
    expected_ = 2 * steps_.size() + live_.size();
    for (std::size_t i = 0; i < steps_.size(); i += checked_step) {
      const std::uint64_t entered = pool_.spare(first + i);
      if (live_[places_[i]] == entered) expected_ += pool_.entry_digest<Payload>(entered);
    }
  }

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
  random_source random_;
  Map table_;
  std::vector<step> steps_;
  std::vector<std::size_t> places_;  // where in live_ each step took and put its id
  std::vector<std::uint64_t> live_;  // the ids in the table
  std::uint64_t spent_ = 0;          // spare ids used so far
  std::uint64_t changes_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace workloads
