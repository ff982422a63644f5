#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tsl/robin_map.h>

namespace adapters {

struct tsl_robin {
  static constexpr std::string_view name = "tsl_robin", title = "tsl::robin_map";

  // Its headers do not say which release they are; the package does.
  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = tsl::robin_map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = tsl::robin_map<Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    return map.bucket_count();
  }
};

}  // namespace adapters
