#pragma once

#include <string>
#include <string_view>

#include "maps/concurrent/sharded.hpp"
#include "steady/map.hpp"
#include "steady/version.hpp"

namespace adapters {

struct sharded_steady {
  static constexpr std::string_view name = "sharded_steady";
  static constexpr std::string_view title = "concurrent::sharded<steady::map>";

  static std::string version() { return STEADY_VERSION; }

  template <class Key, class Value, class Hash>
  using map = concurrent::sharded<::steady::map<Key, Value, Hash>>;
};

}  // namespace adapters
