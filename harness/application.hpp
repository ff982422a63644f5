#pragma once

#include "harness/catalogue.hpp"

namespace harness {

/// The program behind main: 0 all fine, 1 a wrong answer or lost output, 2 wrongly called.
int run_application(const catalogue& known, int argc, char** argv);

}  // namespace harness
