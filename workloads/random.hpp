// The only source of randomness: results must be the same with every standard library,
// whose distributions differ from one another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace workloads {

__extension__ using uint128 = unsigned __int128;

inline constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15;

/// The finalizer of splitmix64. A bijection: different ids stay different.
constexpr std::uint64_t scramble(std::uint64_t id) noexcept {
  id = (id ^ (id >> 30)) * 0xBF58476D1CE4E5B9;
  id = (id ^ (id >> 27)) * 0x94D049BB133111EB;
  return id ^ (id >> 31);
}

/// splitmix64: eight bytes of state, any seed is a good seed.
class random_source {
 public:
  constexpr explicit random_source(std::uint64_t seed) noexcept : state_(seed) {}

  constexpr std::uint64_t operator()() noexcept { return scramble(state_ += golden_ratio); }

  /// What a source of this seed returns at its call number i, from 0.
  static constexpr std::uint64_t nth(std::uint64_t seed, std::uint64_t i) noexcept {
    return scramble(seed + (i + 1) * golden_ratio);
  }

  /// A number below `bound`, by multiplication; its bias of bound / 2^64 is beyond measuring.
  constexpr std::size_t below(std::size_t bound) noexcept {
    return static_cast<std::size_t>((uint128{(*this)()} * bound) >> 64);
  }

  template <class T>
  constexpr void shuffle(std::span<T> items) noexcept {
    for (std::size_t left = items.size(); left > 1; --left) {
      std::swap(items[left - 1], items[below(left)]);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace workloads
