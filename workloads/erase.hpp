// Workload erase: every key of a full table leaves, in random order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

/// The order is random: erasing in iteration order is a special case, and pathological for some.
template <class Map, class Payload>
class erase {
 public:
  static constexpr std::string_view name = "erase",
                                    summary = "erase every key of a full table, in random order",
                                    operation = "one erase";
  /// Filling the tables leaves them in the caches.
  static constexpr bool prepare_warms = true;

  erase(const key_pool& pool, std::uint64_t seed)
      : pool_(pool),
        random_(seed),
        tables_(make_tables<Map>(tables_for(pool.size()))),
        keys_(make_slots<key_of<Payload>>(operations())) {
    ids_.reserve(operations());
    for (std::size_t i = 0; i < operations(); ++i) ids_.push_back(pool.present(i));
  }

  void prepare() {
    const std::size_t count = tables_.size();
    tables_.clear();  // not refilled but made anew: what an erase leaves behind must not add up
    tables_.resize(count);
    fill<Payload>(tables_, pool_);
    for (std::size_t t = 0; t < count; ++t) {
      random_.shuffle(std::span(ids_).subspan(t * pool_.size(), pool_.size()));
    }
    for (std::size_t i = 0; i < ids_.size(); ++i) pool_.encode(ids_[i], keys_[i]);
  }

  void run() {
    std::uint64_t erased = 0;
    auto next = keys_.cbegin();
    for (Map& table : tables_) {
      for (std::size_t left = pool_.size(); left > 0; --left, ++next) {
        erased += table.erase(*next);
        observer::operation_done();
      }
    }
    erased_ = erased;
  }

  std::uint64_t answer() const {
    std::uint64_t sum = erased_;
    for (const Map& table : tables_) sum += table.size() + sum_of_entries(table);
    return sum;
  }

  std::uint64_t expected() const noexcept { return operations(); }
  std::size_t operations() const noexcept { return tables_.size() * pool_.size(); }

 private:
  key_pool pool_;
  random_source random_;
  std::vector<Map> tables_;
  std::vector<key_of<Payload>> keys_;
  std::vector<std::uint64_t> ids_;
  std::uint64_t erased_ = 0;
};

}  // namespace workloads
