// Workloads of two tables that have half of their keys in common: intersect and unite.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "workloads/full_tables.hpp"

namespace workloads {

/// One table holds present(0) .. present(n - 1), the other one present(n / 2) .. present(n / 2 + n
/// - 1).
template <class Map, class Payload>
class of_two_tables {
 public:
  of_two_tables(const key_pool& pool, std::uint64_t) : pool_(pool) {
    observer::is_header(&one_, sizeof one_);
    observer::is_header(&other_, sizeof other_);
    fill<Payload>(one_, pool);
    fill<Payload>(other_, pool, pool.size() / 2);
  }

  std::size_t operations() const noexcept { return pool_.size() * rounds(); }

 protected:
  /// A pass of small tables does it several times.
  std::size_t rounds() const noexcept { return tables_for(pool_.size()); }

  /// What the entries of these numbers add up to.
  std::uint64_t sum_of(std::size_t first, std::size_t last) const {
    [[maybe_unused]] const observer::untracked_scope bookkeeping{};
    std::uint64_t sum = 0;
    for (std::size_t i = first; i < last; ++i) {
      sum += pool_.entry_digest<Payload>(pool_.present(i));
    }
    return sum;
  }

  key_pool pool_;
  Map one_, other_;
};

/// A hash join.
template <class Map, class Payload>
class intersect : public of_two_tables<Map, Payload> {
  using base = of_two_tables<Map, Payload>;
  using base::one_, base::other_, base::pool_;

 public:
  static constexpr std::string_view
      name = "intersect",
      summary = "iterate over one table, looking each key up in another that has half of them",
      operation = "one entry visited and looked up";
  using base::base;

  void prepare() noexcept { sum_ = 0; }

  void run() {
    std::uint64_t sum = 0;
    for (std::size_t round = 0; round < this->rounds(); ++round) {
      for (auto&& [key, value] : one_) {
        const auto found = other_.find(key);
        if (found != other_.end()) sum += entry_digest(key, found->second);
        observer::operation_done();
      }
    }
    sum_ = sum;
  }

  std::uint64_t answer() const noexcept { return sum_; }
  std::uint64_t expected() const {
    return this->rounds() * this->sum_of(pool_.size() / 2, pool_.size());
  }

 private:
  std::uint64_t sum_ = 0;
};

template <class Map, class Payload>
class unite : public of_two_tables<Map, Payload> {
  using base = of_two_tables<Map, Payload>;
  using base::one_, base::other_, base::pool_;

 public:
  static constexpr std::string_view
      name = "unite",
      summary = "copy a table and insert the entries of another one, half of which it has",
      operation = "one entry visited and inserted or found, and one copied";
  using base::base;

  void prepare() {
    both_ = Map();
    sizes_ = 0;
  }

  void run() {
    sizes_ = 0;
    for (std::size_t round = 0; round < this->rounds(); ++round) {
      both_ = Map(one_);
      for (auto&& [key, value] : other_) {
        both_.try_emplace(key, value);
        observer::operation_done();
      }
      sizes_ += both_.size();
    }
  }

  std::uint64_t answer() const { return sizes_ + sum_of_entries(both_); }
  std::uint64_t expected() const {
    const std::size_t n = pool_.size();
    return this->rounds() * (n / 2 + n) + this->sum_of(0, n / 2 + n);
  }

 private:
  Map both_;
  std::uint64_t sizes_ = 0;
};

}  // namespace workloads
