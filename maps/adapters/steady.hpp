#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "steady/map.hpp"
#include "steady/version.hpp"

namespace adapters {

struct steady {
  static constexpr std::string_view name = "steady", title = "steady::map";

  static std::string version() { return STEADY_VERSION; }
  static void fix_seed(::std::uint64_t seed) { ::steady::fix_random_seed(seed); }

  template <class Key, class Value, class Hash>
  using map = ::steady::map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = ::steady::map<Key, Value>;
};

}  // namespace adapters
