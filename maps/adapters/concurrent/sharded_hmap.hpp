#pragma once

#include <string>
#include <string_view>

#include "hmap/map.hpp"
#include "hmap/version.hpp"
#include "maps/concurrent/sharded.hpp"

namespace adapters {

struct sharded_hmap {
  static constexpr std::string_view name = "sharded_hmap", title = "concurrent::sharded<hmap::map>";

  static std::string version() { return HMAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = concurrent::sharded<::hmap::map<Key, Value, Hash>>;
};

}  // namespace adapters
