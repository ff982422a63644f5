// Workload pop_first: a full table is emptied from its beginning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "workloads/full_tables.hpp"
#include "workloads/state.hpp"

namespace workloads {

/// A work list. Where a map does not remember where its first entry is, this is quadratic: up to
/// 65,536 entries only.
template <class Map, class Payload>
class pop_first {
 public:
  using tables = full_tables<Map, Payload>;
  static constexpr std::string_view name = "pop_first",
                                    summary = "read and erase the first entry until none is left",
                                    operation = "one entry read and erased";
  static constexpr std::size_t most_entries = 1 << 16;

  pop_first(std::shared_ptr<tables> shared, std::uint64_t) : from_(std::move(shared)) {
    if (from_->pool().size() > most_entries)
      throw inapplicable("for tables of up to 65,536 entries");
    from_->many();
    tables_ = make_tables<Map>(from_->count());
    expected_ = expected_sum<Payload>(from_->pool(), operations());
  }

  void prepare() {
    const std::vector<Map>& from = from_->many();
    for (std::size_t t = 0; t < from.size(); ++t) tables_[t] = Map(from[t]);
  }

  void run() {
    std::uint64_t sum = 0;
    for (Map& table : tables_) {
      while (table.size() > 0) {
        const auto first = table.begin();
        sum += entry_digest(first->first, first->second);
        table.erase(first);
        observer::operation_done();
      }
    }
    sum_ = sum;
  }

  std::uint64_t answer() const noexcept { return sum_; }
  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return from_->count() * from_->pool().size(); }

 private:
  std::shared_ptr<tables> from_;
  std::vector<Map> tables_;
  std::uint64_t sum_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace workloads
