// A set of cache lines that is emptied after every operation, which must therefore cost nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace harness::backends::sim {

class line_set {
 public:
  explicit line_set(std::pmr::memory_resource* memory) : slots_(1024, memory) {}

  /// Whether `line` is new.
  bool insert(std::uint64_t line) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    slot& place = find(line / block);
    if (place.epoch != epoch_) {
      place = {line / block, epoch_, 0};
      ++used_;
    }
    const std::uint64_t bit = std::uint64_t{1} << line % block;
    if ((place.lines & bit) != 0) return false;
    place.lines |= bit;
    ++size_;
    return true;
  }

  /// The slot of a line that will be inserted soon comes into the cache meanwhile.
  void prefetch(std::uint64_t line) const noexcept {
    __builtin_prefetch(&slots_[home_of(line / block)]);
  }

  std::size_t size() const noexcept { return size_; }

  /// Slots of an earlier epoch count as empty.
  void clear() noexcept { ++epoch_, size_ = used_ = 0; }

 private:
  /// Lines that lie side by side share a slot, so that those of a whole pass, which are many, stay
  /// in the cache: with a slot for each, looking them up took a sixth of a simulation's time.
  static constexpr std::uint64_t block = 64;

  struct slot {
    std::uint64_t block = 0, epoch = 0, lines = 0;
  };

  std::size_t home_of(std::uint64_t number) const noexcept {
    return static_cast<std::size_t>((number * 0x9E3779B97F4A7C15) >> 20) & (slots_.size() - 1);
  }

  slot& find(std::uint64_t number) noexcept {
    std::size_t at = home_of(number);
    while (slots_[at].epoch == epoch_ && slots_[at].block != number) {
      at = (at + 1) & (slots_.size() - 1);
    }
    return slots_[at];
  }

  void grow() {
    std::pmr::vector<slot> old(4 * slots_.size(), slots_.get_allocator());
    old.swap(slots_);
    for (const slot& one : old) {
      if (one.epoch == epoch_) find(one.block) = one;
    }
  }

  std::pmr::vector<slot> slots_;
  std::uint64_t epoch_ = 1;
  std::size_t size_ = 0, used_ = 0;  // lines; slots
};

}  // namespace harness::backends::sim
