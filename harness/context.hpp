#pragma once

#include <string>

#include "harness/catalogue.hpp"
#include "harness/options.hpp"

namespace harness {

/// Puts into every result what is needed to read it: which map, built how, run how. `memory` is
/// the memory mode in force, `counters` the report of what counts; empty when nothing does.
void add_context(catalogue const& known, options const& chosen, std::string const& memory,
                 std::string const& counters);

}  // namespace harness
