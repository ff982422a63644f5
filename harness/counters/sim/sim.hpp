#pragma once

#include <memory>

#include "harness/counters/backend.hpp"
#include "harness/counters/geometry.hpp"

namespace counters {

/// Counts in a model of `shape`. Only in a binary that was built to be watched.
std::unique_ptr<backend> make_sim(const geometry& shape);

}  // namespace counters
