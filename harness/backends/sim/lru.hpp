// One level: sets of ways, the least recently used way of a set is the one replaced.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace harness::backends::sim {

/// `Tag` holds a key without the part that chooses its set, which is the same for the whole set.
template <class Tag>
class lru {
 public:
  lru(std::size_t sets, std::size_t ways, std::pmr::memory_resource* memory)
      : sets_(sets),
        ways_(ways),
        mask_(std::has_single_bit(sets) ? sets - 1 : 0),
        tags_(sets * ways, empty, memory) {}

  /// Whether `key` was there; now it is, as the most recent of its set.
  bool access(std::uint64_t key) noexcept {
    Tag* set = tags_.data() + set_of(key) * ways_;
    const Tag wanted = tag_of(key);
    // The set is kept in the order of use. One pass finds the key and makes room at the front.
    Tag moving = wanted;
    for (std::size_t way = 0; way < ways_; ++way) {
      const Tag tag = set[way];
      set[way] = moving;
      if (tag == wanted) return true;
      moving = tag;
    }
    return false;
  }

  /// The set of a key that will be asked for soon comes into the cache meanwhile.
  void prefetch(std::uint64_t key) const noexcept {
    constexpr std::size_t line = 64 / sizeof(Tag);
    const Tag* set = tags_.data() + set_of(key) * ways_;
    for (std::size_t way = 0; way < ways_; way += line) __builtin_prefetch(set + way, 1);
  }

  void flush() noexcept { tags_.assign(tags_.size(), empty); }

 private:
  static constexpr Tag empty = static_cast<Tag>(~Tag{0});  // no address has this line or page

  /// A division would take longer than all the rest.
  std::size_t set_of(std::uint64_t key) const noexcept {
    return mask_ != 0 || sets_ == 1 ? key & mask_ : key % sets_;
  }

  Tag tag_of(std::uint64_t key) const noexcept {
    return static_cast<Tag>(mask_ != 0 ? key >> shift_ : sets_ == 1 ? key : key / sets_);
  }

  std::size_t sets_, ways_, mask_;
  int shift_ = std::countr_zero(sets_);
  std::pmr::vector<Tag> tags_;
};

}  // namespace harness::backends::sim
