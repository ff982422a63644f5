// The eight tophash bytes at the front of a bucket, matched all at once.
//
// One byte a cell. A value >= min_tophash says "occupied" and is the top byte of the
// key's hash, moved up by min_tophash when it would collide with a mark; values
// 5..9 are therefore twice as frequent as the others. The rest are marks:
//
//   empty_rest       this cell is empty, and so is every later one of the chain
//   empty_one        this cell is empty
//   evacuated_x      moved to the low half of the larger array (or: same-size growth)
//   evacuated_y      moved to the high half
//   evacuated_empty  was empty when its bucket was evacuated
//
// A chain is evacuated exactly when tophash[0] of its head is one of the last three.
// Source: Go 1.19 map.go, "Possible tophash values".
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "config.hpp"

#if HMAP_SSE2
#include <emmintrin.h>
#endif

namespace hmap::detail {

inline constexpr unsigned bucket_cells = 8;

inline constexpr std::uint8_t empty_rest = 0;
inline constexpr std::uint8_t empty_one = 1;
inline constexpr std::uint8_t evacuated_x = 2;
inline constexpr std::uint8_t evacuated_y = 3;
inline constexpr std::uint8_t evacuated_empty = 4;
inline constexpr std::uint8_t min_tophash = 5;

constexpr std::uint8_t tophash(std::uint64_t hash) noexcept {
  const auto top = static_cast<std::uint8_t>(hash >> 56);
  return static_cast<std::uint8_t>(top < min_tophash ? top + min_tophash : top);
}

constexpr bool is_empty(std::uint8_t top) noexcept { return top <= empty_one; }

constexpr bool is_evacuated_mark(std::uint8_t top) noexcept {
  return top > empty_one && top < min_tophash;
}

/// Whether none of a bucket's cells has an entry, or had one that has moved: every byte is 0 or 1.
inline bool all_empty(const std::uint8_t* tophash) noexcept {
  std::uint64_t word;
  std::memcpy(&word, tophash, sizeof word);
  return (word & 0xfefefefefefefefe) == 0;
}

/// A set of cells of one bucket. Shift is log2 of the bits a cell takes in the word:
/// 0 for SSE2's movemask, 3 for SWAR, whose answer sits in the top bit of each byte.
template <unsigned Shift>
class cell_set {
 public:
  constexpr explicit cell_set(std::uint64_t bits) noexcept : bits_(bits) {}

  constexpr explicit operator bool() const noexcept { return bits_ != 0; }
  constexpr unsigned lowest() const noexcept {
    return static_cast<unsigned>(std::countr_zero(bits_)) >> Shift;
  }
  constexpr void drop_lowest() noexcept { bits_ &= bits_ - 1; }
  constexpr unsigned size() const noexcept { return static_cast<unsigned>(std::popcount(bits_)); }

  /// The cells behind cell i; i <= 7.
  constexpr cell_set after(unsigned i) const noexcept {
    constexpr std::uint64_t one_cell = (std::uint64_t{1} << (1U << Shift)) - 1;
    return cell_set(bits_ & (~one_cell << (i << Shift)));
  }

 private:
  std::uint64_t bits_;
};

/// The portable matcher: eight bytes in a 64-bit word, exact for every byte (the
/// shorter zero-byte trick has false positives, which here would mean reading a key
/// that was never constructed).
class swar_word {
 public:
  using set = cell_set<3>;

  explicit swar_word(const std::uint8_t* tophash) noexcept {
    std::memcpy(&word_, tophash, sizeof word_);
    if constexpr (std::endian::native == std::endian::big) word_ = reverse(word_);
  }

  set match(std::uint8_t top) const noexcept { return set(zero_bytes(word_ ^ (low_bits * top))); }
  set empty() const noexcept { return set(zero_bytes(word_ & (low_bits * 0xfe))); }
  set occupied() const noexcept {
    // (byte & 0x7f) + 123 reaches the top bit from 5 on; a set top bit means >= 128.
    return set((((word_ & low_sevens) + low_bits * (128 - min_tophash)) | word_) & high_bits);
  }

 private:
  static constexpr std::uint64_t low_bits = 0x0101010101010101;
  static constexpr std::uint64_t low_sevens = 0x7f7f7f7f7f7f7f7f;
  static constexpr std::uint64_t high_bits = 0x8080808080808080;

  static std::uint64_t zero_bytes(std::uint64_t x) noexcept {
    return ~(((x & low_sevens) + low_sevens) | x) & high_bits;
  }
  static std::uint64_t reverse(std::uint64_t x) noexcept {
    std::uint64_t reversed = 0;
    for (unsigned i = 0; i < 8; ++i, x >>= 8) reversed = reversed << 8 | (x & 0xff);
    return reversed;
  }

  std::uint64_t word_;
};

#if HMAP_SSE2
class sse2_word {
 public:
  using set = cell_set<0>;

  explicit sse2_word(const std::uint8_t* tophash) noexcept
      : word_(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(tophash))) {}

  set match(std::uint8_t top) const noexcept {
    return bits(_mm_cmpeq_epi8(word_, _mm_set1_epi8(static_cast<char>(top))));
  }
  set empty() const noexcept { return bits(_mm_cmpeq_epi8(at_most(empty_one), word_)); }
  set occupied() const noexcept {
    // max(x, 5) == x exactly for the unsigned bytes >= 5.
    return bits(_mm_cmpeq_epi8(_mm_max_epu8(word_, _mm_set1_epi8(min_tophash)), word_));
  }

 private:
  __m128i at_most(std::uint8_t top) const noexcept {
    return _mm_min_epu8(word_, _mm_set1_epi8(static_cast<char>(top)));
  }
  static set bits(__m128i equal) noexcept {
    return set(static_cast<unsigned>(_mm_movemask_epi8(equal)) & 0xffU);
  }

  __m128i word_;
};
using tophash_word = sse2_word;
#else
using tophash_word = swar_word;
#endif

}  // namespace hmap::detail
