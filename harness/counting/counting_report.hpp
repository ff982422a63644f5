// The JSON about the counters of a process: the same for all of its benchmarks.
#pragma once

#include <string>
#include <vector>

#include "harness/backends/backend.hpp"
#include "harness/backends/geometry.hpp"
#include "harness/calibration/calibration.hpp"

namespace harness {

/// One JSON object: what each backend can count and what not and why, the results of the
/// calibration, and the caches; `caches` may be null.
std::string counting_report(const std::vector<backends::capabilities>& found,
                            const std::vector<calibration::result>& calibrations,
                            const backends::geometry* caches);

}  // namespace harness
