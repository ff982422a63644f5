#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "hmap/map.hpp"
#include "maps/adapters/hmap_variant.hpp"

namespace adapters {

struct hmap : hmap_variant {
  static constexpr std::string_view name = "hmap", title = "hmap::map";

  template <class Key, class Value, class Hash>
  using map = ::hmap::map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = ::hmap::map<Key, Value>;

  template <class Observer>
  struct observed_traits : ::hmap::split_traits {
    using observer = Observer;
  };
  template <class Key, class Value, class Hash, class Observer>
  using observed_map =
      ::hmap::basic_map<Key, Value, Hash, ::hmap::equal_to<Key>,
                        std::allocator<std::pair<const Key, Value>>, observed_traits<Observer>>;
};

}  // namespace adapters
