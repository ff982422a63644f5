// steady::hash: the default hash. It is hmap's, and so is the protocol between a table and any
// other hash (hmap/hash.hpp): one that takes a seed is asked with the table's own, one that is
// avalanching is taken as it is, any other is mixed with the seed by a 128-bit multiplication.
#pragma once

#include <cstdint>

#include "hmap/hash.hpp"

namespace steady {

template <class Key>
using hash = hmap::hash<Key>;
template <class Key>
using equal_to = hmap::equal_to<Key>;

/// Makes every later seed of this thread's tables a function of `seed`: same program, same
/// tables. For tests and benchmarks only; without it each table of each process differs.
inline void fix_random_seed(std::uint64_t seed) noexcept { hmap::fix_random_seed(seed); }

namespace detail {

using hmap::detail::seeded;

inline std::uint32_t random_seed() noexcept {
  return static_cast<std::uint32_t>(hmap::detail::random_u64());
}

}  // namespace detail
}  // namespace steady
