// One table filled from empty, or kept at one size while its entries come and go, operation by
// operation, each of them timed by itself. Not one of the workloads that are timed pass by pass:
// the caller decides what is done before and after each operation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

enum class growth_mix { insert, mixed, churn };
enum class action { insert, look_up, erase };

/// The same operations in the same order for every map and every repetition: inserts of present(0),
/// present(1), ...; in a mixed run each is followed by a successful lookup of any earlier key. In a
/// churn run the table is full before the first operation, and they come in pairs: any key leaves,
/// a new one comes.
template <class Payload>
class growth_script {
 public:
  /// `churn`: how many pairs for each entry of the table.
  growth_script(const key_pool& pool, growth_mix mix, std::size_t churn, std::uint64_t seed)
      : pool_(pool),
        mix_(mix),
        churn_(churn),
        seed_(seed),
        slots_(make_slots<entry<Payload>>(batch)) {}

  /// Takes the memory that the script itself needs, which is none of the table's.
  void prepare() {
    if (mix_ == growth_mix::churn) live_.resize(pool_.size());
  }

  std::size_t operations() const noexcept {
    switch (mix_) {
      case growth_mix::insert: return pool_.size();
      case growth_mix::mixed: return 2 * pool_.size();
      case growth_mix::churn: return 2 * churn_ * pool_.size();
    }
    return 0;
  }

  action what(std::size_t i) const noexcept {
    if (mix_ == growth_mix::insert) return action::insert;
    const bool first = i % 2 == 0;
    if (mix_ == growth_mix::mixed) return first ? action::insert : action::look_up;
    return first ? action::erase : action::insert;
  }

  /// Whether the table is full before the first operation.
  bool begins_full() const noexcept { return mix_ == growth_mix::churn; }

  /// Calls `each(slot)` for every entry that is there before the first operation.
  template <class Each>
  void fill(Each each) {
    for (std::size_t i = 0; begins_full() && i < pool_.size(); ++i) {
      pool_.encode(pool_.present(i), slots_[0]);
      each(slots_[0]);
    }
  }

  /// Calls `each(i, slot)` for every operation. The keys are encoded in small batches, so that
  /// they are in the cache and take little memory.
  template <class Each>
  void run(Each each) {
    random_source random(seed_);
    for (std::size_t first = 0; first < operations(); first += batch) {
      const std::size_t count = std::min(batch, operations() - first);
      for (std::size_t k = 0; k < count; ++k) pool_.encode(id_of(first + k, random), slots_[k]);
      for (std::size_t k = 0; k < count; ++k) each(first + k, slots_[k]);
    }
  }

  /// What a table must hold in the end, and how often the map must have said yes on the way.
  std::uint64_t expected() const {
    if (mix_ != growth_mix::churn) return operations() + expected_sum<Payload>(pool_, pool_.size());
    growth_script again(*this);
    random_source random(seed_);
    for (std::size_t i = 0; i < operations(); ++i) again.id_of(i, random);
    std::uint64_t sum = operations();
    for (const std::uint64_t id : again.live_) sum += pool_.entry_digest<Payload>(id);
    return sum;
  }

 private:
  static constexpr std::size_t batch = 256;

  std::uint64_t id_of(std::size_t i, random_source& random) noexcept {
    switch (mix_) {
      case growth_mix::insert: return pool_.present(i);
      case growth_mix::mixed: return pool_.present(i % 2 == 0 ? i / 2 : random.below(i / 2 + 1));
      case growth_mix::churn: return churned(i, random);
    }
    return 0;
  }

  std::uint64_t churned(std::size_t i, random_source& random) noexcept {
    if (i == 0) {
      prepare();
      for (std::size_t k = 0; k < live_.size(); ++k) live_[k] = pool_.present(k);
    }
    if (i % 2 != 0) return live_[place_] = pool_.spare(i / 2);
    place_ = random.below(live_.size());
    return live_[place_];
  }

  key_pool pool_;
  growth_mix mix_;
  std::size_t churn_;
  std::uint64_t seed_;
  std::vector<entry<Payload>> slots_;
  std::vector<std::uint64_t> live_;  // the ids in the table, in a churn run
  std::size_t place_ = 0;            // where in it the last one has left
};

}  // namespace workloads
