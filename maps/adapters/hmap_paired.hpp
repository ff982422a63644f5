#pragma once

#include <string_view>

#include "hmap/map.hpp"
#include "maps/adapters/hmap_variant.hpp"

namespace adapters {

struct hmap_paired : hmap_variant {
  static constexpr std::string_view name = "hmap_paired", title = "hmap::paired_map";

  template <class Key, class Value, class Hash>
  using map = ::hmap::paired_map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = ::hmap::paired_map<Key, Value>;
};

}  // namespace adapters
