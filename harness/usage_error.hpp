#pragma once

#include <stdexcept>

namespace harness {

/// One line that says what is wrong and what is known.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace harness
