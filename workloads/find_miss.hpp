// Workload find_miss: independent lookups of random absent keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

template <class Map, class Payload>
class find_miss {
 public:
  static constexpr std::string_view name = "find_miss",
                                    summary = "look up random absent keys, independently",
                                    operation = "one unsuccessful lookup";

  find_miss(const key_pool& pool, std::uint64_t seed)
      : pool_(pool), random_(seed), keys_(make_slots<key_of<Payload>>(lookups_for(pool.size()))) {
    observer::is_header(&table_, sizeof table_);
    fill<Payload>(table_, pool);
  }

  /// Absent keys cost nothing to make: no key is looked up twice.
  void prepare() {
    for (auto& key : keys_) encode(pool_.absent(random_() >> 8), key);
  }

  void run() {
    std::uint64_t misses = 0;
    for (const auto& key : keys_) {
      misses += table_.find(key) == table_.end() ? 1 : 0;
      observer::operation_done();
    }
    misses_ = misses;
  }

  /// The size is in it because an empty table would miss just as well.
  std::uint64_t answer() const noexcept { return misses_ + table_.size(); }
  std::uint64_t expected() const noexcept { return keys_.size() + pool_.size(); }
  std::size_t operations() const noexcept { return keys_.size(); }

 private:
  key_pool pool_;
  random_source random_;
  Map table_;
  std::vector<key_of<Payload>> keys_;
  std::uint64_t misses_ = 0;
};

}  // namespace workloads
