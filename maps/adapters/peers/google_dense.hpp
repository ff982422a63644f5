#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sparsehash/dense_hash_map>

#include "maps/adapters/completed.hpp"

namespace adapters {

/// dense_hash_map marks empty and erased slots by two keys that no entry may have.
inline std::uint64_t empty_key(std::uint64_t) { return ~std::uint64_t{0}; }
inline std::uint64_t erased_key(std::uint64_t) { return ~std::uint64_t{1}; }
inline std::string empty_key(const std::string&) { return {}; }
inline std::string erased_key(const std::string&) { return std::string(1, '\0'); }

template <class Key, class Value, class... Hash>
class dense_map : public google::dense_hash_map<Key, Value, Hash...> {
  using base = google::dense_hash_map<Key, Value, Hash...>;

 public:
  dense_map() {
    this->set_empty_key(empty_key(Key()));
    this->set_deleted_key(erased_key(Key()));
  }

  void reserve(std::size_t n) { this->resize(n); }

  auto emplace(const Key& key, const Value& value) { return this->insert({key, value}); }

  auto insert_or_assign(const Key& key, const Value& value) {
    const auto result = this->insert({key, value});
    if (!result.second) result.first->second = value;
    return result;
  }
};

struct google_dense {
  static constexpr std::string_view name = "google_dense", title = "google::dense_hash_map";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  template <class Key, class Value, class Hash>
  using map = maps::completed<dense_map<Key, Value, Hash>, Key, Value>;

  template <class Key, class Value>
  using map_own_hash = maps::completed<dense_map<Key, Value>, Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    return map.bucket_count();
  }
};

}  // namespace adapters
