// The default hash of the maps, and the protocol between a table and any hash.
//
// A table keeps a random 32-bit seed (Go's hash0). How it reaches the hash depends on what the hash
// offers:
//
//   seeded       hash(key, seed) exists           the table uses its result as it is
//   avalanching  has a type is_avalanching        hash(key), its halves swapped, xor seed;
//                                                 every bit is good
//   any other    std::hash and the like           hash(key) and the seed, mixed by one
//                                                 128-bit multiplication
//
// A table takes the bucket from the low bits and one byte of fingerprint (hmap's tophash, steady's
// tag) from the top, so a hash that is not avalanching (std::hash<int> is the identity) must be
// mixed. `using is_avalanching = std::false_type` says that a hash is not, as with Boost; void or
// any other type says that it is.
//
// Programs share keys out among tables by the low or the top bits of the same hash. All keys of
// such a table have these bits in common: with sixteen tables, one that took its bucket from them
// would use a sixteenth of its buckets, and its chains would grow as long. So the halves are
// swapped.
//
// The default hash is seeded for integers, enumerations, pointers, floating point and strings
// (std::string_view and C strings look up std::string keys without a copy). Any other type goes
// through std::hash. Strings with character traits of their own have no default hash, as in std:
// only the traits know which characters are equal. The hash multiplies and folds. It resists
// accidents, and an attacker who does not know the seed; it is not a cryptographic hash.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>

#include "random.hpp"

namespace maps::common {

/// High xor low half of the 128-bit product: each input bit reaches every output bit.
constexpr std::uint64_t multiply_fold(std::uint64_t a, std::uint64_t b) noexcept {
#if defined(__SIZEOF_INT128__)
  __extension__ using wide = unsigned __int128;
  const wide product = static_cast<wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
#else
  const std::uint64_t a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  const std::uint64_t mid = a1 * b0 + (a0 * b0 >> 32);
  const std::uint64_t mid2 = (mid & 0xffffffff) + a0 * b1;
  return (a1 * b1 + (mid >> 32) + (mid2 >> 32)) ^ (a * b);
#endif
}

inline constexpr std::uint64_t fold_key0 = 0xa0761d6478bd642f;
inline constexpr std::uint64_t fold_key1 = 0xe7037ed1a0b428db;

constexpr std::uint64_t hash_word(std::uint64_t word, std::uint64_t seed) noexcept {
  return multiply_fold(multiply_fold(word ^ fold_key0, seed ^ fold_key1), fold_key0);
}

/// Up to eight bytes. `p` may be null when there are none: a default std::string_view.
inline std::uint64_t read_tail(const char* p, std::size_t n) noexcept {
  std::uint64_t word = 0;
  if (n != 0) std::memcpy(&word, p, n);
  return word;
}

inline std::uint64_t hash_bytes(const char* p, std::size_t n, std::uint64_t seed) noexcept {
  std::uint64_t state = seed ^ multiply_fold(n ^ fold_key0, fold_key1);
  for (; n > 16; n -= 16, p += 16) {
    state = multiply_fold(read_tail(p, 8) ^ fold_key1, read_tail(p + 8, 8) ^ state);
  }
  const std::size_t first = n < 8 ? n : 8;
  const std::uint64_t a = read_tail(p, first);
  const std::uint64_t b = n > first ? read_tail(p + first, n - first) : 0;
  return multiply_fold(multiply_fold(a ^ fold_key1, b ^ state), state ^ fold_key0);
}

template <class Hash, class Key>
concept seeded_hash = requires(const Hash& hash, const Key& key, std::uint32_t seed) {
  { hash(key, seed) } -> std::convertible_to<std::uint64_t>;
};

template <class Hash>
concept avalanching_hash = requires { typename Hash::is_avalanching; } &&
                           !requires { requires !bool(Hash::is_avalanching::value); };

/// The integers of 128 bits, which std::is_integral leaves out in strict C++.
template <class Key>
inline constexpr bool is_wide_integer =
#if defined(__SIZEOF_INT128__)
    __extension__ std::is_same_v<Key, __int128> ||
    __extension__ std::is_same_v<Key, unsigned __int128>;
#else
    false;
#endif

template <class Hash, class Key>
std::uint64_t seeded(const Hash& hash, const Key& key, std::uint32_t seed) {
  if constexpr (seeded_hash<Hash, Key>) {
    return hash(key, seed);
  } else if constexpr (avalanching_hash<Hash> && sizeof(std::size_t) == 8) {
    return std::rotl(static_cast<std::uint64_t>(hash(key)), 32) ^ seed;
  } else {
    return hash_word(hash(key), seed);
  }
}

/// Whether K may be looked up as it is: hash and equality say that they take other types than the
/// key's own, and take this one. Anything else is converted to the key first.
template <class Hash, class Equal, class Key, class K>
concept usable_as_key =
    requires {
      typename Hash::is_transparent;
      typename Equal::is_transparent;
    } && (seeded_hash<Hash, K> || std::is_invocable_r_v<std::uint64_t, const Hash&, const K&>) &&
    std::is_invocable_r_v<bool, const Equal&, const Key&, const K&>;

template <class Key>
struct hash {
  std::uint64_t operator()(const Key& key, std::uint32_t seed) const noexcept(is_nothrow())
    requires(std::is_scalar_v<Key> || is_wide_integer<Key> ||
             std::is_invocable_v<std::hash<Key>, const Key&>)
  {
    if constexpr (is_wide_integer<Key>) {
      const auto high = static_cast<std::uint64_t>(key >> 64);
      return hash_word(static_cast<std::uint64_t>(key) ^ hash_word(high, 0), seed);
    } else if constexpr (std::is_integral_v<Key> || std::is_enum_v<Key>) {
      return hash_word(static_cast<std::uint64_t>(key), seed);
    } else if constexpr (std::is_pointer_v<Key>) {
      return hash_word(reinterpret_cast<std::uintptr_t>(key), seed);
    } else if constexpr (std::is_floating_point_v<Key>) {
      return floating(key, seed);
    } else {
      return hash_word(std::hash<Key>{}(key), seed);
    }
  }

 private:
  static constexpr bool is_nothrow() noexcept {
    if constexpr (std::is_scalar_v<Key> || is_wide_integer<Key>) {
      return true;
    } else {
      return std::is_nothrow_invocable_v<std::hash<Key>, const Key&>;
    }
  }

  /// +0 and -0 are equal and hash alike; a NaN equals nothing, so its hash is random:
  /// a million NaN keys must not share a chain.
  static std::uint64_t floating(Key key, std::uint32_t seed) noexcept {
    if (key != key) return random_u64();  // NOLINT(misc-redundant-expression): a NaN
    if (key == Key{}) key = Key{};
    return hash_word(std::hash<Key>{}(key), seed);
  }
};

template <class Char, class Alloc>
struct hash<std::basic_string<Char, std::char_traits<Char>, Alloc>> {
  using is_transparent = void;
  std::uint64_t operator()(std::basic_string_view<Char> key, std::uint32_t seed) const noexcept {
    return hash_bytes(reinterpret_cast<const char*>(key.data()), key.size() * sizeof(Char), seed);
  }
};

template <class Char>
struct hash<std::basic_string_view<Char>> : hash<std::basic_string<Char>> {};

/// The default equality: == on the key type, and for strings on anything that views as one.
template <class Key>
struct equal_to : std::equal_to<Key> {};

template <class Char, class Traits, class Alloc>
struct equal_to<std::basic_string<Char, Traits, Alloc>> {
  using is_transparent = void;
  bool operator()(std::basic_string_view<Char, Traits> a,
                  std::basic_string_view<Char, Traits> b) const noexcept {
    return a == b;
  }
};

template <class Char, class Traits>
struct equal_to<std::basic_string_view<Char, Traits>> : equal_to<std::basic_string<Char, Traits>> {
};

}  // namespace maps::common
