#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/counters/backend.hpp"

namespace counters {

/// PAPI's presets for what we count, and native events that the user names.
std::unique_ptr<backend> make_papi(std::vector<std::string> const& native_events);

}  // namespace counters
