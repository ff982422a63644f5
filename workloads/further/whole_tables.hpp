// Workloads that do something to whole tables at once: copy, clear, insert_all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "workloads/full_tables.hpp"

namespace workloads {

/// What these have in common: full tables to begin with, and tables that a pass leaves behind.
template <class Map, class Payload>
class on_whole_tables {
 public:
  using tables = full_tables<Map, Payload>;

  std::size_t operations() const noexcept { return from_->count() * from_->pool().size(); }

 protected:
  explicit on_whole_tables(std::shared_ptr<tables> shared)
      : from_(std::move(shared)), to_(make_tables<Map>(from_->count())) {
    from_->many();
    expected_ = expected_sum<Payload>(from_->pool(), operations());
  }

  void discard() {
    const std::size_t count = to_.size();
    to_.clear();
    to_.resize(count);
  }

  std::uint64_t sum_of_results() const {
    std::uint64_t sum = 0;
    for (const Map& table : to_) sum += sum_of_entries(table);
    return sum;
  }

  std::shared_ptr<tables> from_;
  std::vector<Map> to_;
  std::uint64_t expected_ = 0;
};

/// The order is the table's own: there is none to draw.
template <class Map, class Payload>
class copy : public on_whole_tables<Map, Payload> {
  using base = on_whole_tables<Map, Payload>;
  using base::from_, base::to_;

 public:
  static constexpr std::string_view name = "copy", summary = "copy a full table",
                                    operation = "one entry's share of a copy";

  copy(std::shared_ptr<typename base::tables> shared, std::uint64_t) : base(std::move(shared)) {}

  void prepare() { this->discard(); }

  void run() {
    const std::vector<Map>& from = from_->many();
    for (std::size_t t = 0; t < from.size(); ++t) {
      to_[t] = Map(from[t]);
      for (std::size_t left = from[t].size(); left > 0; --left) observer::operation_done();
    }
  }

  std::uint64_t answer() const { return this->sum_of_results(); }
  std::uint64_t expected() const noexcept { return this->expected_; }
};

/// The keys come in the order of another table's buckets, which some maps take badly.
template <class Map, class Payload>
class insert_all : public on_whole_tables<Map, Payload> {
  using base = on_whole_tables<Map, Payload>;
  using base::from_, base::to_;

 public:
  static constexpr std::string_view name = "insert_all",
                                    summary = "iterate over a full table, inserting each entry "
                                              "into an empty one that grows",
                                    operation = "one entry visited and inserted";

  insert_all(std::shared_ptr<typename base::tables> shared, std::uint64_t)
      : base(std::move(shared)) {}

  void prepare() { this->discard(); }

  void run() {
    const std::vector<Map>& from = from_->many();
    for (std::size_t t = 0; t < from.size(); ++t) {
      for (auto&& [key, value] : from[t]) {
        to_[t].try_emplace(key, value);
        observer::operation_done();
      }
    }
  }

  std::uint64_t answer() const { return this->sum_of_results(); }
  std::uint64_t expected() const noexcept { return this->expected_; }
};

template <class Map, class Payload>
class clear : public on_whole_tables<Map, Payload> {
  using base = on_whole_tables<Map, Payload>;
  using base::from_, base::to_;

 public:
  static constexpr std::string_view name = "clear", summary = "clear a full table",
                                    operation = "one entry's share of a clear()";

  clear(std::shared_ptr<typename base::tables> shared, std::uint64_t) : base(std::move(shared)) {}

  void prepare() {
    const std::vector<Map>& from = from_->many();
    for (std::size_t t = 0; t < from.size(); ++t) to_[t] = Map(from[t]);
  }

  void run() {
    cleared_ = 0;
    for (Map& table : to_) {
      cleared_ += table.size();
      table.clear();
      for (std::size_t left = from_->pool().size(); left > 0; --left) observer::operation_done();
    }
  }

  /// How many entries there were, and the few that are still there.
  std::uint64_t answer() const {
    std::uint64_t sum = cleared_;
    for (const Map& table : to_) sum += table.size() + sum_of_entries(table);
    return sum;
  }
  std::uint64_t expected() const noexcept { return this->operations(); }

 private:
  std::uint64_t cleared_ = 0;
};

}  // namespace workloads
