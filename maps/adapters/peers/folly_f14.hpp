#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <folly/container/F14Map.h>

namespace adapters {

struct folly_f14 {
  static constexpr std::string_view name = "folly_f14", title = "folly::F14ValueMap";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = folly::F14ValueMap<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = folly::F14ValueMap<Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    return map.bucket_count();
  }
};

}  // namespace adapters
