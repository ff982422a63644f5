// What the adapters of hmap's variants have in common: everything but a name and the map.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "hmap/inspect.hpp"
#include "hmap/map.hpp"
#include "hmap/version.hpp"

namespace adapters {

struct hmap_variant {
  static std::string version() { return HMAP_VERSION; }
  static void fix_seed(std::uint64_t seed) { ::hmap::fix_random_seed(seed); }

  template <class Map>
  static bool growth_in_progress(const Map& map) {
    return map.internals().growing();
  }

  /// The cells of every bucket that iteration reads: overflow buckets included, and in a growth of
  /// each chain the old or the new one.
  template <class Map>
  static std::size_t slots(const Map& map) {
    const std::size_t moved = ::hmap::inspect(map).nevacuate;
    std::size_t cells = 0;
    ::hmap::for_each_bucket(map, [&](const ::hmap::bucket_view& bucket) {
      const bool has_moved = bucket.index < moved || ::hmap::detail::is_evacuated(bucket.raw);
      if (bucket.old ? !has_moved : !bucket.waits) cells += ::hmap::detail::bucket_cells;
    });
    return cells;
  }
};

}  // namespace adapters
