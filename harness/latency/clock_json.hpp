#pragma once

#include "harness/json.hpp"
#include "harness/latency/clock.hpp"

namespace harness::latency {

inline json json_of(const clock_facts& clock) {
  return {{"source", clock.source},
          {"ns_per_tick", clock.ns_per_tick},
          {"resolution_ns", clock.resolution_ns},
          {"overhead_ns", clock.overhead_ns}};
}

}  // namespace harness::latency
