#pragma once

#include <string>

#include "harness/json.hpp"
#include "harness/latency/clock.hpp"

namespace latency {

inline std::string to_json(const clock_facts& clock) {
  using harness::json::number, harness::json::object;
  return object(
      {{"source", harness::json::quoted(clock.source)},  // std::quoted takes a string, too
       {"ns_per_tick", number(clock.ns_per_tick)},
       {"resolution_ns", number(clock.resolution_ns)},
       {"overhead_ns", number(clock.overhead_ns)}});
}

}  // namespace latency
