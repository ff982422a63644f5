// hmap::hash and hmap::equal_to: the default hash and equality. Both are common/hash.hpp's, which
// describes what a table needs of any other hash. They are types of their own, so that a program
// may specialize them.
#pragma once

#include "../common/hash.hpp"
#include "../common/random.hpp"

namespace hmap {

template <class Key>
struct hash : maps::common::hash<Key> {};

template <class Key>
struct equal_to : maps::common::equal_to<Key> {};

using maps::common::fix_random_seed;

}  // namespace hmap
