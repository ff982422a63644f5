// Three levels of cache and two of TLB. Each level is asked only when the one before it missed,
// and is filled then; nothing is prefetched, and no level evicts from another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>

#include "harness/counters/geometry.hpp"
#include "harness/counters/sim/lru.hpp"

namespace counters::sim {

class hierarchy {
 public:
  hierarchy(geometry const& shape, std::pmr::memory_resource* memory)
      : caches_{cache(shape, 0, memory), cache(shape, 1, memory), cache(shape, 2, memory)},
        tlbs_{tlb(shape.tlbs[0], memory), tlb(shape.tlbs[1], memory)} {}

  /// How many levels missed: 0 found in the first, 3 in none.
  std::size_t read_line(std::uint64_t line) noexcept { return descend(caches_, line); }
  std::size_t translate(std::uint64_t page) noexcept { return descend(tlbs_, page); }

  /// The model of a large cache is large itself: without this, a simulation spent a third of its time
  /// waiting for the tags of the levels below the first.
  void prefetch(std::uint64_t line) const noexcept {
    caches_[1].prefetch(line);
    caches_[2].prefetch(line);
  }

  void flush() noexcept {
    for (lru& level : caches_) level.flush();
    for (lru& level : tlbs_) level.flush();
  }

 private:
  static lru cache(geometry const& shape, std::size_t level, std::pmr::memory_resource* memory) {
    auto const& [bytes, ways] = shape.caches[level];
    return {bytes / (shape.line * ways), ways, memory};
  }
  static lru tlb(tlb_level const& shape, std::pmr::memory_resource* memory) {
    return {shape.entries / shape.ways, shape.ways, memory};
  }

  template <std::size_t Levels>
  static std::size_t descend(lru (&levels)[Levels], std::uint64_t key) noexcept {
    std::size_t missed = 0;
    for (lru& level : levels) {
      if (level.access(key)) break;
      ++missed;
    }
    return missed;
  }

  lru caches_[3];
  lru tlbs_[2];
};

}  // namespace counters::sim
