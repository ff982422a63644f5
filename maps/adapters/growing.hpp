// What a map reports of its growth besides bucket_count(). All of it is optional in an adapter:
//
//     template <class Map> static bool growth_in_progress(const Map&);
//         whether a growth that was started is not over: for maps that grow step by step
//     template <class Key, class Value, class Hash, class Observer> using observed_map;
//         the same map with hmap's observer (hmap/observer.hpp) of that type
#pragma once

#include <concepts>
#include <cstddef>

namespace maps {

template <class Map>
concept has_bucket_count = requires(const Map& map) {
  { map.bucket_count() } -> std::convertible_to<std::size_t>;
};

template <class Adapter, class Map>
concept grows_in_steps = requires(const Map& map) {
  { Adapter::growth_in_progress(map) } -> std::convertible_to<bool>;
};

template <class Adapter, class Key, class Value, class Hash, class Observer>
concept can_be_observed =
    requires { typename Adapter::template observed_map<Key, Value, Hash, Observer>; };

/// A table's capacity in the map's own units (buckets, slots or groups); 0 where it does not report
/// it.
template <class Map>
std::size_t capacity_of(const Map& map) noexcept {
  if constexpr (has_bucket_count<Map>) {
    return map.bucket_count();
  } else {
    return 0;
  }
}

template <class Adapter, class Map>
bool growth_in_progress(const Map& map) noexcept {
  if constexpr (grows_in_steps<Adapter, Map>) {
    return Adapter::growth_in_progress(map);
  } else {
    return false;
  }
}

}  // namespace maps
