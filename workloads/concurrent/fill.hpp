// Workload fill: all threads together grow a table from empty, each with keys of its own.
#pragma once

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
#include "workloads/tables.hpp"

namespace workloads {

/// The table is a new one in each pass and has no idea of how many entries will come.
template <class Map, class Payload, class Scope>
class fill_together {
 public:
  static constexpr std::string_view operation = "one insert";

  static std::string summary_of(std::string_view) {
    return "grow a table from empty, each thread with keys of its own";
  }

  fill_together(const key_pool& pool, const crowd& given, std::shared_ptr<void>&)
      : pool_(pool),
        tables_(tables_for(pool.size())),
        team_(given.threads),
        keys_(make_slots<entry<Payload>>(pool.size() * tables_)),
        inserted_(given.threads) {
    const auto n = static_cast<double>(pool.size());
    refuse_too_many_copies(given, n * static_cast<double>(tables_), n / 2);
  }

  void prepare() {
    maps_.clear();
    for (std::size_t i = 0; i < tables_; ++i) maps_.push_back(std::make_unique<Map>());
    for (entry<Payload>& slot : keys_) pool_.encode(pool_.present(first_++), slot);
    team_.gather();
  }

  void run() {
    auto pass = [this](std::size_t t) { inserted_[t].count = insert_part(t); };
    team_.run(pass);
  }

  /// Inserts that put something in, and the values of a sample that is looked up.
  std::uint64_t answer() const {
    std::uint64_t found = 0;
    for (const counted& one : inserted_) found += one.count;
    for (std::size_t i = 0; i < keys_.size(); i += checked_step) {
      maps_[i / pool_.size()]->visit(
          keys_[i].key, [&](const value_of<Payload>& value) { found += digest(value); });
    }
    return found;
  }

  std::uint64_t expected() const {
    std::uint64_t found = keys_.size();
    const std::uint64_t first = first_ - keys_.size();
    for (std::size_t i = 0; i < keys_.size(); i += checked_step) {
      found += value_digest<Payload>(pool_.present(first + i));
    }
    return found;
  }

  std::size_t operations() const noexcept { return keys_.size(); }

 private:
  struct alignas(apart) counted {
    std::uint64_t count = 0;
  };

  /// Thread t's share of every table's keys.
  std::uint64_t insert_part(std::size_t t) {
    const std::size_t n = pool_.size();
    const std::size_t begin = n * t / team_.size(), end = n * (t + 1) / team_.size();
    std::uint64_t count = 0;
    for (std::size_t table = 0; table < tables_; ++table) {
      Map& map = *maps_[table];
      for (std::size_t i = table * n + begin; i < table * n + end; ++i) {
        count += map.insert(keys_[i].key, keys_[i].value) ? 1 : 0;
      }
    }
    return count;
  }

  key_pool pool_;
  std::size_t tables_;
  thread_team<Scope> team_;
  std::vector<entry<Payload>> keys_;
  std::vector<std::unique_ptr<Map>> maps_;
  std::vector<counted> inserted_;
  std::uint64_t first_ = 0;
};

}  // namespace workloads
