#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/catalogue.hpp"
#include "harness/options.hpp"

namespace harness {

/// What is needed to read a result: which map, built how, run how, by name. `memory` is the memory
/// mode in force, `counters` the report of what counts; empty when nothing does.
std::vector<std::pair<std::string, std::string>> context_of(const catalogue& known,
                                                            const options& chosen,
                                                            const std::string& memory,
                                                            const std::string& counters);

/// Puts it into Google Benchmark's results.
void add_context(const catalogue& known, const options& chosen, const std::string& memory,
                 const std::string& counters);

}  // namespace harness
