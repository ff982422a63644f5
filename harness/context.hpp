#pragma once

#include <string>

#include "harness/catalogue.hpp"
#include "harness/options.hpp"

namespace harness {

/// Puts into every result what is needed to read it: which map, built how, run how. `memory` is
/// the memory mode in force, `counters` the report of what counts; empty when nothing does.
void add_context(const catalogue& known, const options& chosen, const std::string& memory,
                 const std::string& counters);

}  // namespace harness
