#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "hmap/map.hpp"
#include "hmap/version.hpp"
#include "maps/adapters/hmap_slots.hpp"

namespace adapters {

struct hmap {
  static constexpr std::string_view name = "hmap", title = "hmap::map";

  static std::string version() { return HMAP_VERSION; }
  static void fix_seed(std::uint64_t seed) { ::hmap::fix_random_seed(seed); }

  template <class Key, class Value, class Hash>
  using map = ::hmap::map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = ::hmap::map<Key, Value>;

  template <class Map>
  static bool growth_in_progress(const Map& map) {
    return map.internals().growing();
  }

  template <class Map>
  static std::size_t slots(const Map& map) {
    return slots_of_buckets(map);
  }

  template <class Observer>
  struct observed_traits : ::hmap::split_traits {
    using observer = Observer;
  };
  template <class Key, class Value, class Hash, class Observer>
  using observed_map =
      ::hmap::basic_map<Key, Value, Hash, ::hmap::equal_to<Key>,
                        std::allocator<std::pair<const Key, Value>>, observed_traits<Observer>>;
};

}  // namespace adapters
