// steady::hash and steady::equal_to: the default hash and equality. Both are common/hash.hpp's,
// which describes what a table needs of any other hash.
#pragma once

#include <cstdint>

#include "../common/hash.hpp"
#include "../common/random.hpp"

namespace steady {

template <class Key>
using hash = maps::common::hash<Key>;
template <class Key>
using equal_to = maps::common::equal_to<Key>;

using maps::common::fix_random_seed;

namespace detail {

using maps::common::seeded;

inline std::uint32_t random_seed() noexcept {
  return static_cast<std::uint32_t>(maps::common::random_u64());
}

}  // namespace detail
}  // namespace steady
