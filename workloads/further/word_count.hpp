// Workload word_count: counts words of which few are frequent.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/popularity.hpp"
#include "workloads/state.hpp"
#include "workloads/tables.hpp"

namespace workloads {

/// The table starts empty in each pass, and n words are known. A pass has four times as many, up to
/// 65,536; they come by Zipf's law with exponent 0.99.
template <class Map, class Payload>
class word_count {
 public:
  static constexpr std::string_view
      name = "word_count",
      summary = "count words: ++map[key], by Zipf's law, from an empty table",
      operation = "one word counted";

  word_count(const key_pool& pool, std::uint64_t seed)
      : pool_(pool), random_(seed), ranks_(pool.size()) {
    if constexpr (!counts) {
      throw inapplicable("values of this payload are no numbers");
    } else {
      observer::is_header(&table_, sizeof table_);
      keys_ =
          make_slots<key_of<Payload>>(std::clamp(4 * pool.size(), least_operations, most_words));
      counts_.resize(pool.size());
    }
  }

  void prepare() {
    table_ = Map();
    std::fill(counts_.begin(), counts_.end(), 0);
    for (auto& key : keys_) {
      const std::size_t rank = ranks_.draw(random_);
      ++counts_[rank];
      pool_.encode(pool_.present(rank), key);
    }
  }

  void run() {
    if constexpr (counts) {
      for (const auto& key : keys_) {
        ++table_[key];
        observer::operation_done();
      }
    }
  }

  std::uint64_t answer() const { return sum_of_entries(table_); }

  std::uint64_t expected() const {
    std::uint64_t sum = 0;
    for (std::size_t rank = 0; rank < counts_.size(); ++rank) {
      if (counts_[rank] == 0) continue;
      const std::uint64_t key = pool_.keys().digest_of<key_of<Payload>>(pool_.present(rank));
      sum += combined_digest(key, counts_[rank]);
    }
    return sum;
  }

  std::size_t operations() const noexcept { return keys_.size(); }

 private:
  static constexpr std::size_t most_words = 1 << 16;
  static constexpr bool counts = std::same_as<value_of<Payload>, std::uint64_t>;

  key_pool pool_;
  random_source random_;
  zipf ranks_;
  Map table_;
  std::vector<key_of<Payload>> keys_;
  std::vector<std::uint64_t> counts_;  // of each rank, in this pass
};

}  // namespace workloads
