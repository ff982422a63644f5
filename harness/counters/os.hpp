#pragma once

#include <memory>

#include "harness/counters/backend.hpp"

namespace counters {

/// What the kernel keeps books of for every thread: faults, switches, time on a CPU.
std::unique_ptr<backend> make_os();

}  // namespace counters
