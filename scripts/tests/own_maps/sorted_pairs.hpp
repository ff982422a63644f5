// A map of somebody else's, in none of our folders: the entries in the order of their keys.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "order.hpp"  // from a folder given by --include

namespace adapters {

struct sorted_pairs {
  static constexpr std::string_view name = "sorted_pairs", title = "std::map";

  static std::string version() { return library_version(); }  // from a library given by --link

  template <class Key, class Value, class Hash>
  struct map : std::map<Key, Value, order<Key>> {
    void reserve(std::size_t) {}  // a tree has nothing to reserve
  };
};

}  // namespace adapters
