#pragma once

#include "harness/backends/sim/simulator.hpp"

namespace harness::backends::sim {

/// Sends every checked access to `one`; nowhere while it is null.
void watch_with(simulator* one) noexcept;

}  // namespace harness::backends::sim
