// A bucket's sixteen bytes of metadata: fifteen tags and a filter.
//
//   tag      the hash's top byte, from 1 to 255, of the entry in that slot; 0 where there is none
//   filter   bit (tag & 7) is set if an entry with that tag may be in the bucket's chain
//
// 0 means empty, so fresh pages of the system are empty buckets. The filter is zero exactly when
// the bucket has no chain: at the highest load six misses in seven read these sixteen bytes and
// nothing else.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "config.hpp"

#if STEADY_SSE2
#include <emmintrin.h>
#endif

namespace steady::detail {

using tag_type = std::uint8_t;

inline constexpr unsigned bucket_slots = 15;
inline constexpr unsigned tag_bytes = 16;
inline constexpr unsigned filter_byte = bucket_slots;
inline constexpr tag_type no_tag = 0;

/// The tag of each top byte, four times over, as SSE2 wants to spread it: one load instead of a
/// correction and two shuffles.
inline constexpr auto spread_tags = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t top = 0; top < 256; ++top) table[top] = (top == 0 ? 1 : top) * 0x01010101U;
  return table;
}();

inline std::uint32_t spread_tag(std::uint64_t hash) noexcept { return spread_tags[hash >> 56]; }
constexpr tag_type tag_of(std::uint64_t hash) noexcept {
  return static_cast<tag_type>(spread_tags[hash >> 56]);
}
constexpr tag_type filter_bit(tag_type tag) noexcept {
  return static_cast<tag_type>(1U << (tag & 7));
}

/// The filter's bit of each top byte: two instructions of a miss instead of four.
inline constexpr auto filter_bits = [] {
  std::array<tag_type, 256> table{};
  for (std::size_t top = 0; top < 256; ++top) {
    table[top] = filter_bit(static_cast<tag_type>(spread_tags[top]));
  }
  return table;
}();

/// Some of a bucket's slots; iterated from the lowest.
class slot_set {
 public:
  constexpr explicit slot_set(unsigned bits) noexcept : bits_(bits) {}
  explicit operator bool() const noexcept { return bits_ != 0; }
  unsigned bits() const noexcept { return bits_; }
  unsigned size() const noexcept { return static_cast<unsigned>(std::popcount(bits_)); }
  unsigned lowest() const noexcept { return static_cast<unsigned>(std::countr_zero(bits_)); }
  void drop_lowest() noexcept { bits_ &= bits_ - 1; }
  /// Those behind slot i.
  slot_set after(unsigned i) const noexcept { return slot_set(bits_ & (~1U << i)); }

  static constexpr unsigned all = (1U << bucket_slots) - 1;

 private:
  unsigned bits_;
};

#if STEADY_SSE2

/// A bucket's sixteen bytes, read once.
class tag_word {
 public:
  explicit tag_word(const tag_type* tags) noexcept
      : word_(_mm_loadu_si128(reinterpret_cast<const __m128i*>(tags))) {}

  slot_set match(std::uint32_t spread) const noexcept {
    const __m128i tag = _mm_shuffle_epi32(_mm_cvtsi32_si128(static_cast<int>(spread)), 0);
    return slot_set(equal(tag) & slot_set::all);
  }
  slot_set empty() const noexcept { return slot_set(equal(_mm_setzero_si128()) & slot_set::all); }
  slot_set occupied() const noexcept {
    return slot_set(~equal(_mm_setzero_si128()) & slot_set::all);
  }

 private:
  unsigned equal(__m128i other) const noexcept {
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(word_, other)));
  }

  __m128i word_;
};

#else

/// A bucket's sixteen bytes, read once.
class tag_word {
 public:
  explicit tag_word(const tag_type* tags) noexcept {
    std::memcpy(&low_, tags, 8);
    std::memcpy(&high_, tags + 8, 8);
    if constexpr (std::endian::native == std::endian::big) {
      low_ = swapped(low_);
      high_ = swapped(high_);
    }
  }

  slot_set match(std::uint32_t spread) const noexcept {
    return zeroes(spread * 0x0000000100000001ULL);
  }
  slot_set empty() const noexcept { return zeroes(0); }
  slot_set occupied() const noexcept { return slot_set(~zeroes(0).bits() & slot_set::all); }

 private:
  static constexpr std::uint64_t sevens = 0x7f7f7f7f7f7f7f7f;

  /// The bytes that are equal to the pattern's. Exact: the well-known shorter trick also reports
  /// bytes above a match.
  slot_set zeroes(std::uint64_t pattern) const noexcept {
    return slot_set((gathered(low_ ^ pattern) | gathered(high_ ^ pattern) << 8) & slot_set::all);
  }
  /// One bit for each byte of x that is zero.
  static unsigned gathered(std::uint64_t x) noexcept {
    const std::uint64_t top_bits = ~(((x & sevens) + sevens) | x | sevens);
    return static_cast<unsigned>((top_bits >> 7) * 0x0102040810204080 >> 56);
  }
  static std::uint64_t swapped(std::uint64_t x) noexcept {
    std::uint64_t result = 0;
    for (int i = 0; i < 8; ++i, x >>= 8) result = result << 8 | (x & 0xff);
    return result;
  }

  std::uint64_t low_;
  std::uint64_t high_;
};

#endif

}  // namespace steady::detail
