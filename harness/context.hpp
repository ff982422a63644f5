#pragma once

#include <string>

#include "harness/catalogue.hpp"
#include "harness/options.hpp"

namespace harness {

/// Puts into every result what is needed to read it: which map, built how, run how. `memory` is
/// the memory mode in force.
void add_context(catalogue const& known, options const& chosen, std::string const& memory);

}  // namespace harness
