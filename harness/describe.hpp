#pragma once

#include <ostream>

#include "harness/catalogue.hpp"

namespace harness {

/// What this binary can run and what it was built with, as one JSON object.
void describe(std::ostream& out, catalogue const& known);

}  // namespace harness
