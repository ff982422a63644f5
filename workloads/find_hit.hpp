// Workload find_hit: independent lookups of random present keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

/// Throughput: no lookup depends on another one, so the processor overlaps their cache misses.
template <class Map, class Payload>
class find_hit {
 public:
  static constexpr std::string_view name = "find_hit",
                                    summary = "look up random present keys, independently",
                                    operation = "one successful lookup";

  find_hit(const key_pool& pool, std::uint64_t seed)
      : pool_(pool), random_(seed), keys_(make_slots<key_of<Payload>>(lookups_for(pool.size()))) {
    observer::is_header(&table_, sizeof table_);
    fill<Payload>(table_, pool);
  }

  void prepare() {
    expected_ = 0;
    for (auto& key : keys_) {
      const std::uint64_t id = pool_.present(random_.below(pool_.size()));
      encode(id, key);
      expected_ += value_digest<Payload>(id);
    }
  }

  void run() {
    std::uint64_t sum = 0;
    for (const auto& key : keys_) {
      if (const auto found = table_.find(key); found != table_.end()) sum += digest(found->second);
      observer::operation_done();
    }
    answer_ = sum;
  }

  std::uint64_t answer() const noexcept { return answer_; }
  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return keys_.size(); }

 private:
  key_pool pool_;
  random_source random_;
  Map table_;
  std::vector<key_of<Payload>> keys_;
  std::uint64_t answer_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace workloads
