#pragma once

#include <ostream>
#include <string>

#include "harness/catalogue.hpp"

namespace harness {

/// What this binary can run, what it was built with, and `counters`, which is what it can count
/// with and is JSON already, as one JSON object.
void describe(std::ostream& out, const catalogue& known, const std::string& counters);

}  // namespace harness
