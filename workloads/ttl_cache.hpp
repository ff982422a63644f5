// Workload ttl_cache: a cache whose entries expire in the order in which they came.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

/// A cache whose entries live for a time. Keys are numbered in the order in which they come; the n
/// newest are in the table. One table lives through all passes, so that what expiry leaves behind
/// has time to show.
template <class Map, class Payload>
class ttl_cache {
 public:
  static constexpr std::string_view
      name = "ttl_cache",
      summary =
          "expire the oldest entry, insert a new one, look up three live ones and an expired one",
      operation = "one such step: six calls";

  ttl_cache(const key_pool& pool, std::uint64_t seed)
      : pool_(pool), random_(seed), steps_(make_slots<step>(lookups_for(pool.size()))) {
    observer::is_header(&table_, sizeof table_);
    fill<Payload>(table_, pool);
  }

  void prepare() {
    first_ = expired_;
    expected_ = 3 * steps_.size();  // calls that say yes or no, hits apart
    for (step& one : steps_) {
      pool_.encode(pool_.present(expired_), one.leaves);
      pool_.encode(pool_.present(expired_ + pool_.size()), one.enters);
      ++expired_;
      for (key_of<Payload>& key : one.live) {
        const std::uint64_t id = pool_.present(expired_ + young());
        pool_.encode(id, key);
        expected_ += value_digest<Payload>(id);
      }
      const std::uint64_t since = random_.below(std::min<std::size_t>(expired_, pool_.size()));
      pool_.encode(pool_.present(expired_ - 1 - since), one.gone);
    }
    expected_ += pool_.size();
    for (std::size_t i = 0; i < steps_.size(); i += checked_step) {
      const std::uint64_t number = first_ + pool_.size() + i;
      if (number >= expired_) expected_ += pool_.entry_digest<Payload>(pool_.present(number));
    }
  }

  void run() {
    std::uint64_t sum = 0;
    for (const step& one : steps_) {
      sum += table_.erase(one.leaves);
      sum += table_.try_emplace(one.enters.key, one.enters.value).second ? 1 : 0;
      for (const auto& key : one.live) {
        if (const auto at = table_.find(key); at != table_.end()) sum += digest(at->second);
      }
      sum += table_.find(one.gone) == table_.end() ? 1 : 0;
      observer::operation_done();
    }
    sum_ = sum;
  }

  /// Looks up some of what entered in this pass; what has expired again must be gone.
  std::uint64_t answer() const {
    std::uint64_t sum = sum_ + table_.size();
    for (std::size_t i = 0; i < steps_.size(); i += checked_step) {
      const step& one = steps_[i];
      if (table_.find(one.leaves) != table_.end()) sum += golden_ratio;
      const auto at = table_.find(one.enters.key);
      if (at != table_.end()) sum += entry_digest(at->first, at->second);
    }
    return sum;
  }

  std::uint64_t expected() const noexcept { return expected_; }
  std::size_t operations() const noexcept { return steps_.size(); }

 private:
  struct step {  // in the order in which they are used
    key_of<Payload> leaves{};
    entry<Payload> enters{};
    std::array<key_of<Payload>, 3> live{};
    key_of<Payload> gone{};

    template <class Visit>
    friend void each_text(step& slot, Visit&& visit) {
      workloads::each_text(slot.leaves, visit);
      workloads::each_text(slot.enters, visit);
      for (auto& key : slot.live) workloads::each_text(key, visit);
      workloads::each_text(slot.gone, visit);
    }
  };

  /// How far from the oldest: the newer of two draws, as new entries are looked up more.
  std::size_t young() noexcept {
    const std::size_t one = random_.below(pool_.size()), other = random_.below(pool_.size());
    return std::max(one, other);
  }

  key_pool pool_;
  random_source random_;
  Map table_;
  std::vector<step> steps_;
  std::uint64_t first_ = 0;    // key number of the oldest entry before the pass
  std::uint64_t expired_ = 0;  // keys that have left so far, in the end of the pass
  std::uint64_t sum_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace workloads
