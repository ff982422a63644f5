#pragma once

#include <string_view>

#include "maps/adapters/hmap_variant.hpp"
#include "maps/adapters/on_lines.hpp"

namespace adapters {

struct hmap_split_aligned : hmap_variant {
  static constexpr std::string_view name = "hmap_split_aligned", title = "hmap::map, aligned";

  template <class Key, class Value, class Hash>
  using map = aligned_hmap<Key, Value, Hash, ::hmap::split_traits>;

  template <class Key, class Value>
  using map_own_hash = aligned_hmap<Key, Value, ::hmap::hash<Key>, ::hmap::split_traits>;
};

}  // namespace adapters
