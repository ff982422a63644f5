#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/version.hpp>

namespace adapters {

struct boost_flat {
  static constexpr std::string_view name = "boost_flat", title = "boost::unordered_flat_map";

  static std::string version() {
    return std::to_string(BOOST_VERSION / 100000) + '.' +
           std::to_string(BOOST_VERSION / 100 % 1000);
  }

  template <class Key, class Value, class Hash>
  using map = boost::unordered_flat_map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = boost::unordered_flat_map<Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    return map.bucket_count();
  }
};

}  // namespace adapters
