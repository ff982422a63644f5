// Workload life_reserved: insert_reserved, and the end of the table is timed too.
#pragma once

#include <string_view>

#include "workloads/insertion.hpp"

namespace workloads {

/// reserve(n) on an empty table, not a constructor's argument: what that means differs. To some it
/// is entries, to others buckets that may hold fewer.
template <class Map, class Payload>
struct life_reserved : insertion<Map, Payload, capacity::reserved, ending::destroyed> {
  static constexpr std::string_view name = "life_reserved",
                                    summary =
                                        "reserve room for n entries, fill the table, destroy it",
                                    operation = "an entry's share of a table's life";
  using insertion<Map, Payload, capacity::reserved, ending::destroyed>::insertion;
};

}  // namespace workloads
