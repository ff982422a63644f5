// Workload insert_reserved: inserts into an empty table that has reserved its final size.
#pragma once

#include <string_view>

#include "workloads/insertion.hpp"

namespace workloads {

/// The reservation itself is timed: it is work that insert_grow does as well, in pieces.
template <class Map, class Payload>
struct insert_reserved : insertion<Map, Payload, capacity::reserved> {
  static constexpr std::string_view name = "insert_reserved",
                                    summary = "reserve room for n entries, then fill the table",
                                    operation = "one insert";
  using insertion<Map, Payload, capacity::reserved>::insertion;
};

}  // namespace workloads
