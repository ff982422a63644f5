// Workload range_written: one thread iterates over a table of n entries while the others insert and
// erase further ones, an eighth as many. One operation is one of the n entries that stay.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/concurrent/filling.hpp"
#include "workloads/concurrent/thread_team.hpp"
#include "workloads/concurrent/workload.hpp"
#include "workloads/keys.hpp"
#include "workloads/random.hpp"
#include "workloads/state.hpp"
#include "workloads/tables.hpp"

namespace workloads {

/// The entries that come and go have one value in common, by which the iterating thread knows them:
/// what it reads of the others must add up to each of them once.
template <class Map, class Payload, class Scope>
class range_written {
 public:
  static constexpr std::string_view operation = "one entry";

  static std::string summary_of(std::string_view) {
    return "one thread iterates, the others insert and erase";
  }

  range_written(const key_pool& pool, const crowd& given, std::shared_ptr<void>&)
      : pool_(pool), team_(given.threads), writers_(given.threads) {
    if (given.threads > 1 && !given.why_no_range.empty()) {
      throw inapplicable(std::string(given.why_no_range));
    }
    map_ = std::make_unique<Map>();
    fill_concurrent<Payload>(*map_, pool, pool.size(),
                             [&](std::size_t i) { return pool.present(i); });
    encode(moving_id, moving_value_);
    for (std::size_t t = 1; t < writers_.size(); ++t) {
      writers_[t].random = random_source(given.seed + t);
      writers_[t].keys = make_slots<key_of<Payload>>(std::max<std::size_t>(pool.size() / 8, 1));
      for (auto& key : writers_[t].keys) pool.encode(pool.spare(spare_++), key);
    }
    expected_ = expected_sum<Payload>(pool, pool.size());
  }

  void prepare() {
    is_over_.store(false, std::memory_order_relaxed);
    team_.gather();
  }

  void run() {
    auto pass = [this](std::size_t t) { t == 0 ? iterate() : write(writers_[t]); };
    team_.run(pass);
  }

  std::uint64_t answer() const noexcept { return sum_; }
  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return pool_.size(); }

 private:
  static constexpr std::uint64_t moving_id = 1;

  struct alignas(apart) writer {
    random_source random{0};
    std::vector<key_of<Payload>> keys;
  };

  void iterate() {
    const std::uint64_t moving = digest(moving_value_);
    std::uint64_t sum = 0;
    map_->for_each([&](const key_of<Payload>& key, const value_of<Payload>& value) {
      if (digest(value) != moving) sum += entry_digest(key, value);
    });
    sum_ = sum;
    is_over_.store(true, std::memory_order_relaxed);
  }

  void write(writer& mine) {
    while (!is_over_.load(std::memory_order_relaxed)) {
      const auto& key = mine.keys[mine.random.below(mine.keys.size())];
      if (mine.random() % 2 == 0) {
        map_->insert(key, moving_value_);
      } else {
        map_->erase(key);
      }
    }
  }

  key_pool pool_;
  thread_team<Scope> team_;
  std::unique_ptr<Map> map_;
  std::vector<writer> writers_;
  value_of<Payload> moving_value_{};
  std::uint64_t spare_ = 0;
  std::uint64_t expected_ = 0, sum_ = 0;
  alignas(apart) std::atomic<bool> is_over_{false};
};

}  // namespace workloads
