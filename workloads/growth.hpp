// One table filled from empty, operation by operation, each of them timed by itself. Not one of the
// workloads that are timed pass by pass: whoever runs it says what is done before and after each
// operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

enum class growth_mix { insert, mixed };

/// The same operations in the same order for every map and every repetition: inserts of present(0),
/// present(1), ...; in a mixed run each is followed by a successful lookup of any earlier key.
template <class Payload>
class growth_script {
 public:
  growth_script(key_pool const& pool, growth_mix mix, std::uint64_t seed)
      : pool_(pool), mix_(mix), seed_(seed), slots_(make_slots<entry<Payload>>(batch)) {}

  std::size_t operations() const noexcept {
    return pool_.size() * (mix_ == growth_mix::mixed ? 2 : 1);
  }

  /// Whether operation i inserts; else it looks up.
  bool inserts(std::size_t i) const noexcept { return mix_ == growth_mix::insert || i % 2 == 0; }

  /// Calls `each(i, slot)` for every operation. The keys are spelled in small batches, so that
  /// they are in the cache and take no memory to speak of.
  template <class Each>
  void run(Each each) {
    random_source random(seed_);
    for (std::size_t first = 0; first < operations(); first += batch) {
      const std::size_t count = std::min(batch, operations() - first);
      for (std::size_t k = 0; k < count; ++k) spell(id_of(first + k, random), slots_[k]);
      for (std::size_t k = 0; k < count; ++k) each(first + k, slots_[k]);
    }
  }

  /// What a table must hold in the end, and how often the map must have said yes on the way.
  std::uint64_t expected() const {
    return operations() + expected_sum<Payload>(pool_, pool_.size());
  }

 private:
  static constexpr std::size_t batch = 256;

  std::uint64_t id_of(std::size_t i, random_source& random) const noexcept {
    if (mix_ == growth_mix::insert) return pool_.present(i);
    return pool_.present(inserts(i) ? i / 2 : random.below(i / 2 + 1));
  }

  key_pool pool_;
  growth_mix mix_;
  std::uint64_t seed_;
  std::vector<entry<Payload>> slots_;
};

}  // namespace workloads
