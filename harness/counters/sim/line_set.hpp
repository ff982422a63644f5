// A set of cache lines that is emptied after every operation, which must therefore cost nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace counters::sim {

class line_set {
 public:
  explicit line_set(std::pmr::memory_resource* memory) : slots_(1024, memory) {}

  /// Whether `line` is new.
  bool insert(std::uint64_t line) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    slot& place = find(line);
    if (place.epoch == epoch_) return false;
    place = {line, epoch_};
    ++size_;
    return true;
  }

  std::size_t size() const noexcept { return size_; }

  /// Slots of an earlier epoch count as empty.
  void clear() noexcept { ++epoch_, size_ = 0; }

 private:
  struct slot {
    std::uint64_t line = 0, epoch = 0;
  };

  slot& find(std::uint64_t line) noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>((line * 0x9E3779B97F4A7C15) >> 20) & mask;
    while (slots_[at].epoch == epoch_ && slots_[at].line != line) at = (at + 1) & mask;
    return slots_[at];
  }

  void grow() {
    std::pmr::vector<slot> old(4 * slots_.size(), slots_.get_allocator());
    old.swap(slots_);
    for (slot const& one : old) {
      if (one.epoch == epoch_) find(one.line) = one;
    }
  }

  std::pmr::vector<slot> slots_;
  std::uint64_t epoch_ = 1;
  std::size_t size_ = 0;
};

}  // namespace counters::sim
