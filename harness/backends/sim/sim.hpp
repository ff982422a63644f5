#pragma once

#include <memory>

#include "harness/backends/backend.hpp"
#include "harness/backends/geometry.hpp"

namespace harness::backends {

/// Counts in a model of `shape`. Only in a binary that was built to be watched.
std::unique_ptr<backend> make_sim(const geometry& shape);

}  // namespace harness::backends
