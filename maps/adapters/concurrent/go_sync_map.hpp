#pragma once

#include <string>
#include <string_view>

#include "hmap/version.hpp"
#include "maps/concurrent/go_sync_map.hpp"

namespace adapters {

struct go_sync_map {
  static constexpr std::string_view name = "go_sync_map", title = "concurrent::go_sync_map";

  static std::string version() { return HMAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = concurrent::go_sync_map<Key, Value, Hash>;
};

}  // namespace adapters
