#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <absl/base/config.h>
#include <absl/container/flat_hash_map.h>

namespace adapters {

struct absl_flat {
  static constexpr std::string_view name = "absl_flat", title = "absl::flat_hash_map";

  static std::string version() { return std::to_string(ABSL_LTS_RELEASE_VERSION); }

  template <class Key, class Value, class Hash>
  using map = absl::flat_hash_map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = absl::flat_hash_map<Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    return map.bucket_count();
  }
};

}  // namespace adapters
