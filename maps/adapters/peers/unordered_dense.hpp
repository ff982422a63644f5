#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <ankerl/unordered_dense.h>

namespace adapters {

struct unordered_dense {
  static constexpr std::string_view name = "unordered_dense",
                                    title = "ankerl::unordered_dense::map";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = ankerl::unordered_dense::map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = ankerl::unordered_dense::map<Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    return map.size();
  }
};

}  // namespace adapters
