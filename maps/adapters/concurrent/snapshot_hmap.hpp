#pragma once

#include <string>
#include <string_view>

#include "hmap/map.hpp"
#include "hmap/version.hpp"
#include "maps/concurrent/snapshot.hpp"

namespace adapters {

struct snapshot_hmap {
  static constexpr std::string_view name = "snapshot_hmap";
  static constexpr std::string_view title = "concurrent::snapshot<hmap::map>";

  static constexpr bool writes_copy = true;

  static std::string version() { return HMAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = concurrent::snapshot<::hmap::map<Key, Value, Hash>>;
};

}  // namespace adapters
