// Workload find_hit_chained: lookups of present keys, each of which depends on the one before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

/// Latency: each step has two keys to choose from, and one bit of the value just read chooses.
/// A lookup cannot start before the last one has ended, yet the keys are still read in order.
template <class Map, class Payload>
class find_hit_chained {
 public:
  static constexpr std::string_view
      name = "find_hit_chained",
      summary = "look up present keys, each one chosen by the value found before it",
      operation = "one successful lookup that depends on the one before it";

  find_hit_chained(const key_pool& pool, std::uint64_t seed)
      : pool_(pool),
        random_(seed),
        keys_(make_slots<key_of<Payload>>(2 * lookups_for(pool.size()))) {
    observer::is_header(&table_, sizeof table_);
    fill<Payload>(table_, pool);
  }

  void prepare() {
    expected_ = 0;
    std::size_t choice = 0;
    for (auto key = keys_.begin(); key != keys_.end(); key += 2) {
      const std::array ids{draw(), draw()};
      encode(ids[0], key[0]);
      encode(ids[1], key[1]);
      const std::uint64_t value = value_digest<Payload>(ids[choice]);
      expected_ += value;
      choice = value & 1;
    }
  }

  void run() {
    std::uint64_t sum = 0;
    std::size_t choice = 0;
    for (std::size_t step = 0; step < keys_.size(); step += 2) {
      const auto found = table_.find(keys_[step + choice]);
      if (found == table_.end()) break;
      const std::uint64_t value = digest(found->second);
      sum += value;
      choice = value & 1;
      observer::operation_done();
    }
    answer_ = sum;
  }

  std::uint64_t answer() const noexcept { return answer_; }
  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return keys_.size() / 2; }

 private:
  std::uint64_t draw() noexcept { return pool_.present(random_.below(pool_.size())); }

  key_pool pool_;
  random_source random_;
  Map table_;
  std::vector<key_of<Payload>> keys_;
  std::uint64_t answer_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace workloads
