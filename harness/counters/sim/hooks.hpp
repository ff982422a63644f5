#pragma once

#include "harness/counters/sim/simulator.hpp"

namespace counters::sim {

/// Sends every checked access to `one`; nowhere while it is null.
void watch_with(simulator* one) noexcept;

}  // namespace counters::sim
