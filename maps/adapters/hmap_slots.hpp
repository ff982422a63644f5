#pragma once

#include <cstddef>

#include "hmap/inspect.hpp"

namespace adapters {

/// The cells of every bucket that a walk reads: overflow buckets, and in a growth the old chains
/// that still wait, included.
template <class Map>
std::size_t slots_of_buckets(Map const& map) {
  const std::size_t moved = ::hmap::inspect(map).nevacuate;
  std::size_t cells = 0;
  ::hmap::for_each_bucket(map, [&](::hmap::bucket_view const& bucket) {
    const bool waits = bucket.index >= moved && !::hmap::detail::is_evacuated(bucket.raw);
    if (!bucket.old || waits) cells += ::hmap::detail::bucket_cells;
  });
  return cells;
}

}  // namespace adapters
