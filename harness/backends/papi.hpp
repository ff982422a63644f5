#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/backends/backend.hpp"

namespace harness::backends {

/// PAPI's presets for what we count, and native events that the user names.
std::unique_ptr<backend> make_papi(const std::vector<std::string>& native_events);

}  // namespace harness::backends
