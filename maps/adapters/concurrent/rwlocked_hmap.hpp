#pragma once

#include <shared_mutex>
#include <string>
#include <string_view>

#include "hmap/map.hpp"
#include "hmap/version.hpp"
#include "maps/concurrent/locked.hpp"

namespace adapters {

struct rwlocked_hmap {
  static constexpr std::string_view name = "rwlocked_hmap";
  static constexpr std::string_view title = "concurrent::locked<hmap::map, std::shared_mutex>";

  static std::string version() { return HMAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = concurrent::locked<::hmap::map<Key, Value, Hash>, std::shared_mutex>;
};

}  // namespace adapters
