// One hash for every map, so that maps are compared and not their hashes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "workloads/random.hpp"

namespace workloads {

struct shared_hash {
  /// Informs Boost and hmap that every bit is well mixed; without it they would mix again.
  using is_avalanching = void;

  /// A 128-bit product folded in half: each bit of the key reaches each half of the result.
  std::size_t operator()(std::uint64_t key) const noexcept {
    const uint128 product = uint128{key ^ golden_ratio} * 0xD6E8FEB86659FD93;
    return static_cast<std::size_t>(product ^ (product >> 64));
  }

  std::size_t operator()(const std::string& key) const noexcept {
    return XXH3_64bits(key.data(), key.size());
  }
};

}  // namespace workloads
