#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "hmap/map.hpp"
#include "hmap/version.hpp"
#include "maps/adapters/hmap_slots.hpp"

namespace adapters {

struct hmap_paired {
  static constexpr std::string_view name = "hmap_paired", title = "hmap::paired_map";

  static std::string version() { return HMAP_VERSION; }
  static void fix_seed(std::uint64_t seed) { ::hmap::fix_random_seed(seed); }

  template <class Key, class Value, class Hash>
  using map = ::hmap::paired_map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = ::hmap::paired_map<Key, Value>;

  template <class Map>
  static bool growth_in_progress(const Map& map) {
    return map.internals().growing();
  }
  template <class Map>
  static std::size_t slots(const Map& map) {
    return slots_of_buckets(map);
  }
};

}  // namespace adapters
