#pragma once

#include <memory>

#include "harness/backends/backend.hpp"

namespace harness::backends {

/// What the kernel keeps books of for every thread: faults, switches, time on a CPU.
std::unique_ptr<backend> make_os();

}  // namespace harness::backends
