#pragma once

#include <string>
#include <string_view>

#include "hmap/map.hpp"
#include "hmap/version.hpp"
#include "maps/concurrent/locked.hpp"

namespace adapters {

struct locked_hmap {
  static constexpr std::string_view name = "locked_hmap", title = "concurrent::locked<hmap::map>";

  static std::string version() { return HMAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = concurrent::locked<::hmap::map<Key, Value, Hash>>;
};

}  // namespace adapters
