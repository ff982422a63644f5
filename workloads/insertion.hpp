// The common part of insert_grow and insert_reserved, and of life_grow and life_reserved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

enum class capacity { grown, reserved };
/// What becomes of a full table in the time that is taken.
enum class ending { kept, destroyed };

template <class Map, class Payload, capacity Capacity, ending Ending = ending::kept>
class insertion {
 public:
  insertion(const key_pool& pool, std::uint64_t seed)
      : pool_(pool),
        random_(seed),
        tables_(make_tables<Map>(tables_for(pool.size()))),
        entries_(make_slots<entry<Payload>>(operations())),
        expected_(operations() + what_is_left(pool)) {
    ids_.reserve(operations());
    for (std::size_t i = 0; i < operations(); ++i) ids_.push_back(pool.present(i));
  }

  void prepare() {
    const std::size_t count = tables_.size();
    tables_.clear();  // the old tables go first, so that the new ones can have their memory
    tables_.resize(count);
    for (std::size_t t = 0; t < count; ++t) {
      random_.shuffle(std::span(ids_).subspan(t * pool_.size(), pool_.size()));
    }
    for (std::size_t i = 0; i < ids_.size(); ++i) pool_.encode(ids_[i], entries_[i]);
  }

  void run() {
    std::uint64_t added = 0;
    sizes_ = 0;
    auto next = entries_.cbegin();
    for (Map& table : tables_) {
      if constexpr (Capacity == capacity::reserved) table.reserve(pool_.size());
      for (std::size_t left = pool_.size(); left > 0; --left, ++next) {
        added += table.try_emplace(next->key, next->value).second ? 1 : 0;
        observer::operation_done();
      }
      if constexpr (Ending == ending::destroyed) {
        sizes_ += table.size();
        table = Map();
      }
    }
    added_ = added;
  }

  std::uint64_t answer() const {
    std::uint64_t sum = added_ + sizes_;
    for (const Map& table : tables_) sum += sum_of_entries(table);
    return sum;
  }

  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return tables_.size() * pool_.size(); }

 private:
  /// Entries that can be read afterwards; where there are none, how many there have been.
  std::uint64_t what_is_left(const key_pool& pool) const {
    if constexpr (Ending == ending::destroyed) return operations();
    return expected_sum<Payload>(pool, operations());
  }

  key_pool pool_;
  random_source random_;
  std::vector<Map> tables_;
  std::vector<entry<Payload>> entries_;
  std::vector<std::uint64_t> ids_;
  std::uint64_t expected_;
  std::uint64_t added_ = 0;
  std::uint64_t sizes_ = 0;  // of the tables that were destroyed
};

}  // namespace workloads
