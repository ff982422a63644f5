#pragma once

#include <memory>

#include "harness/backends/backend.hpp"

namespace harness::backends {

/// The kernel's own generic hardware events, for processors that PAPI does not know.
std::unique_ptr<backend> make_perf_event();

}  // namespace harness::backends
