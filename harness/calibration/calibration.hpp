// Has every backend count what is known beforehand, and believes no event that reads it wrong.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/backends/backend.hpp"
#include "harness/backends/geometry.hpp"

namespace harness::calibration {

/// Further off than this is wrong.
inline constexpr double tolerance = 0.05;

/// One event of one kernel under one backend.
struct result {
  std::string backend, kernel, event;
  std::string relation;  // "=" or ">=": what the reading must be to `expected`
  double expected = 0;
  std::size_t steps = 0;  // of the kernel
  std::optional<double> read;
  std::optional<double> error;  // relative to what was expected, or to the kernel's steps
  bool accepted = false;
};

/// Rejects the events that are off, and, on real hardware, those that no kernel can vouch for
/// (a user's own events excepted: nobody here knows what they should read).
std::vector<result> calibrate(backends::backend& counting, const backends::geometry& caches);

/// What callgrind must find in the dumps that calibrate_callgrind() makes it write, one for each
/// kernel, named "calibration/<kernel>". Reading them is the business of who started it.
std::vector<result> calibrate_callgrind(const backends::geometry& caches);

}  // namespace harness::calibration
