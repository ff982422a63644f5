#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <absl/base/config.h>
#include <absl/container/node_hash_map.h>

namespace adapters {

struct absl_node {
  static constexpr std::string_view name = "absl_node", title = "absl::node_hash_map";

  static std::string version() { return std::to_string(ABSL_LTS_RELEASE_VERSION); }

  template <class Key, class Value, class Hash>
  using map = absl::node_hash_map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = absl::node_hash_map<Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    return map.bucket_count();
  }
};

}  // namespace adapters
