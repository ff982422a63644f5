#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <flat_hash_map.hpp>

#include "maps/adapters/completed.hpp"

namespace adapters {

struct ska_flat {
  static constexpr std::string_view name = "ska_flat", title = "ska::flat_hash_map";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = maps::completed<ska::flat_hash_map<Key, Value, Hash>, Key, Value>;

  template <class Key, class Value>
  using map_own_hash = maps::completed<ska::flat_hash_map<Key, Value>, Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    return map.bucket_count();
  }
};

}  // namespace adapters
