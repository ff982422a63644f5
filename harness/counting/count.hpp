// Whole passes of a benchmark under one backend.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/backends/backend.hpp"
#include "harness/catalogue.hpp"

namespace harness {

struct counted {
  std::vector<backends::reading> readings;  // each for one operation
  std::string wrong;                        // why a pass is not to be believed; empty when all are
  std::uint64_t checksum = 0;
  std::size_t operations = 0;  // in one pass
  double payload_bytes = 0;
  double seconds = 0;  // of the last pass, as it ran: slowed down by being counted
};

/// Counts each group of events over passes of its own, all made from the same seed, so that they
/// are the same operations. Groups whose instructions differ were disturbed and are rejected.
counted count(backends::backend& counting, const variant& what, const order& wanted);

}  // namespace harness
