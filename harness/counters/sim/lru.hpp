// One level: sets of ways, the least recently used way of a set is the one replaced.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace counters::sim {

class lru {
 public:
  lru(std::size_t sets, std::size_t ways, std::pmr::memory_resource* memory)
      : sets_(sets), ways_(ways), mask_(std::has_single_bit(sets) ? sets - 1 : 0),
        tags_(sets * ways, empty, memory) {}

  /// Whether `key` was there; now it is, as the most recent of its set.
  bool access(std::uint64_t key) noexcept {
    std::uint64_t* set = tags_.data() + set_of(key) * ways_;
    // The set is kept in the order of use. One walk finds the key and makes room at the front.
    std::uint64_t moving = key;
    for (std::size_t way = 0; way < ways_; ++way) {
      const std::uint64_t tag = set[way];
      set[way] = moving;
      if (tag == key) return true;
      moving = tag;
    }
    return false;
  }

  /// The set of a key that will be asked for soon comes into the cache meanwhile.
  void prefetch(std::uint64_t key) const noexcept {
    constexpr std::size_t line = 64 / sizeof key;
    std::uint64_t const* set = tags_.data() + set_of(key) * ways_;
    for (std::size_t way = 0; way < ways_; way += line) __builtin_prefetch(set + way, 1);
  }

  void flush() noexcept { tags_.assign(tags_.size(), empty); }

 private:
  static constexpr std::uint64_t empty = ~std::uint64_t{0};  // no address has this line or page

  /// A division would take longer than all the rest.
  std::size_t set_of(std::uint64_t key) const noexcept {
    return mask_ != 0 || sets_ == 1 ? key & mask_ : key % sets_;
  }

  std::size_t sets_, ways_, mask_;
  std::pmr::vector<std::uint64_t> tags_;
};

}  // namespace counters::sim
