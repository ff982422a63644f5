#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "hmap/version.hpp"
#include "maps/adapters/hmap_slots.hpp"
#include "maps/adapters/on_lines.hpp"

namespace adapters {

struct hmap_split_aligned {
  static constexpr std::string_view name = "hmap_split_aligned", title = "hmap::map, aligned";

  static std::string version() { return HMAP_VERSION; }
  static void fix_seed(std::uint64_t seed) { ::hmap::fix_random_seed(seed); }

  template <class Key, class Value, class Hash>
  using map = aligned_hmap<Key, Value, Hash, ::hmap::split_traits>;

  template <class Key, class Value>
  using map_own_hash = aligned_hmap<Key, Value, ::hmap::hash<Key>, ::hmap::split_traits>;

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
