#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tsl/hopscotch_map.h>

namespace adapters {

struct tsl_hopscotch {
  static constexpr std::string_view name = "tsl_hopscotch", title = "tsl::hopscotch_map";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = tsl::hopscotch_map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = tsl::hopscotch_map<Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    return map.bucket_count();
  }
};

}  // namespace adapters
