// Workload life_grow: insert_grow, and the end of the table is timed too.
#pragma once

#include <string_view>

#include "workloads/insertion.hpp"

namespace workloads {

template <class Map, class Payload>
struct life_grow : insertion<Map, Payload, capacity::grown, ending::destroyed> {
  static constexpr std::string_view name = "life_grow",
                                    summary =
                                        "fill an empty table that grows as it goes, destroy it",
                                    operation = "an entry's share of a table's life";
  using insertion<Map, Payload, capacity::grown, ending::destroyed>::insertion;
};

}  // namespace workloads
