#pragma once

#include "harness/concurrent/read_latency.hpp"
#include "harness/json.hpp"

namespace harness {

/// The version of what --read-latency writes.
inline constexpr const char* read_latency_format = "1";

inline json json_of(const latency::histogram& responses) {
  return {{"p50", responses.percentile(0.5)},       {"p90", responses.percentile(0.9)},
          {"p99", responses.percentile(0.99)},      {"p99.9", responses.percentile(0.999)},
          {"p99.99", responses.percentile(0.9999)}, {"max", responses.max()}};
}

inline json json_of(const read_latency& found) {
  return {{"n", found.n},
          {"readers", 1},
          {"writers", 1},
          {"rate", reads_a_second},
          {"reads", found.reads},
          {"writes", found.writes},
          {"alone", json_of(found.alone)},
          {"written", json_of(found.written)}};
}

}  // namespace harness
