#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <emhash/hash_table8.hpp>

#include "maps/adapters/completed.hpp"

namespace adapters {

struct emhash8 {
  static constexpr std::string_view name = "emhash8", title = "emhash8::HashMap";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = maps::completed<::emhash8::HashMap<Key, Value, Hash>, Key, Value>;

  template <class Key, class Value>
  using map_own_hash = maps::completed<::emhash8::HashMap<Key, Value>, Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    return map.size();
  }
};

}  // namespace adapters
