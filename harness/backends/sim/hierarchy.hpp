// Three levels of cache and two of TLB. Each level is asked only when the one before it missed,
// and is filled then; nothing is prefetched, and no level evicts from another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>

#include "harness/backends/geometry.hpp"
#include "harness/backends/sim/lru.hpp"

namespace harness::backends::sim {

class hierarchy {
 public:
  hierarchy(const geometry& shape, std::pmr::memory_resource* memory)
      : first_(cache<wide>(shape, 0, memory)),
        second_(cache<wide>(shape, 1, memory)),
        last_(cache<narrow>(shape, 2, memory)),
        tlbs_{tlb(shape.tlbs[0], memory), tlb(shape.tlbs[1], memory)} {}

  /// How many levels missed: 0 found in the first, 3 in none.
  std::size_t read_line(std::uint64_t line) noexcept {
    return first_.access(line) ? 0 : second_.access(line) ? 1 : last_.access(line) ? 2 : 3;
  }
  std::size_t translate(std::uint64_t page) noexcept {
    return tlbs_[0].access(page) ? 0 : tlbs_[1].access(page) ? 1 : 2;
  }

  /// The model of a large cache is large itself: without this, a simulation spent a third of its
  /// time waiting for the tags of the levels below the first.
  void prefetch(std::uint64_t line) const noexcept {
    second_.prefetch(line);
    last_.prefetch(line);
  }

  void flush() noexcept {
    first_.flush();
    second_.flush();
    last_.flush();
    for (auto& level : tlbs_) level.flush();
  }

 private:
  /// The last cache's tags are what a simulation waits for most: half as wide they lie in half of
  /// the memory. With 1024 sets and more (geometry.cpp asks for that) they distinguish 2^42 lines.
  using wide = std::uint64_t;
  using narrow = std::uint32_t;

  template <class Tag>
  static lru<Tag> cache(const geometry& shape, std::size_t level,
                        std::pmr::memory_resource* memory) {
    const auto& [bytes, ways] = shape.caches[level];
    return {bytes / (shape.line * ways), ways, memory};
  }
  static lru<wide> tlb(const tlb_level& shape, std::pmr::memory_resource* memory) {
    return {shape.entries / shape.ways, shape.ways, memory};
  }

  lru<wide> first_, second_;
  lru<narrow> last_;
  lru<wide> tlbs_[2];
};

}  // namespace harness::backends::sim
