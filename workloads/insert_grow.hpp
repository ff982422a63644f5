// Workload insert_grow: inserts into an empty table that grows as it fills.
#pragma once

#include <string_view>

#include "workloads/insertion.hpp"

namespace workloads {

template <class Map, class Payload>
struct insert_grow : insertion<Map, Payload, capacity::grown> {
  static constexpr std::string_view name = "insert_grow",
                                    summary = "fill an empty table that grows as it goes",
                                    operation = "one insert";
  using insertion<Map, Payload, capacity::grown>::insertion;
};

}  // namespace workloads
