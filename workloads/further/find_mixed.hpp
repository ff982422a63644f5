// Workloads find_mixed_0 to find_mixed_100, but for find_mixed_50, which is run by default.
#pragma once

#include <string_view>

#include "workloads/find_mixed.hpp"

namespace workloads {

template <class Map, class Payload>
struct find_mixed_0 : find_mixed<Map, Payload, 0> {
  static constexpr std::string_view name = "find_mixed_0", summary = "look up keys, 0 % present";
  using find_mixed<Map, Payload, 0>::find_mixed;
};

template <class Map, class Payload>
struct find_mixed_25 : find_mixed<Map, Payload, 25> {
  static constexpr std::string_view name = "find_mixed_25", summary = "look up keys, 25 % present";
  using find_mixed<Map, Payload, 25>::find_mixed;
};

template <class Map, class Payload>
struct find_mixed_75 : find_mixed<Map, Payload, 75> {
  static constexpr std::string_view name = "find_mixed_75", summary = "look up keys, 75 % present";
  using find_mixed<Map, Payload, 75>::find_mixed;
};

template <class Map, class Payload>
struct find_mixed_100 : find_mixed<Map, Payload, 100> {
  static constexpr std::string_view name = "find_mixed_100",
                                    summary = "look up keys, 100 % present";
  using find_mixed<Map, Payload, 100>::find_mixed;
};

}  // namespace workloads
