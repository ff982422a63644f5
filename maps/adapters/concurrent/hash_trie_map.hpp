#pragma once

#include <string>
#include <string_view>

#include "hmap/version.hpp"
#include "maps/concurrent/hash_trie_map.hpp"

namespace adapters {

struct hash_trie_map {
  static constexpr std::string_view name = "hash_trie_map", title = "concurrent::hash_trie_map";

  static std::string version() { return HMAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = concurrent::hash_trie_map<Key, Value, Hash>;
};

}  // namespace adapters
