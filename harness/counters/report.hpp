#pragma once

#include <string>
#include <vector>

#include "harness/counters/backend.hpp"
#include "harness/counters/calibration.hpp"
#include "harness/counters/geometry.hpp"

namespace counters {

/// Everything about the counters that is the same for all benchmarks of a process, as one JSON
/// object: what each backend can count and what not and why, how calibration went, which caches.
std::string report(const std::vector<capabilities>& backends,
                   const std::vector<calibration>& calibrations, const geometry* caches);

}  // namespace counters
