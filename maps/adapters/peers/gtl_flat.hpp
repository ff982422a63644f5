#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <gtl/phmap.hpp>

namespace adapters {

struct gtl_flat {
  static constexpr std::string_view name = "gtl_flat", title = "gtl::flat_hash_map";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = gtl::flat_hash_map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = gtl::flat_hash_map<Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    return map.bucket_count();
  }
};

}  // namespace adapters
