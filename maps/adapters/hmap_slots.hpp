#pragma once

#include <cstddef>

#include "hmap/inspect.hpp"

namespace adapters {

/// The cells of every bucket that iteration reads: overflow buckets included, and in a growth of
/// each chain the old or the new one.
template <class Map>
std::size_t slots_of_buckets(const Map& map) {
  const std::size_t moved = ::hmap::inspect(map).nevacuate;
  std::size_t cells = 0;
  ::hmap::for_each_bucket(map, [&](const ::hmap::bucket_view& bucket) {
    const bool has_moved = bucket.index < moved || ::hmap::detail::is_evacuated(bucket.raw);
    if (bucket.old ? !has_moved : !bucket.waits) cells += ::hmap::detail::bucket_cells;
  });
  return cells;
}

}  // namespace adapters
