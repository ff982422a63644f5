// An oracle for lines: the trace of every access of a binary that nobody instrumented, as
// valgrind's lackey writes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace harness::backends {

struct traced_lines {
  std::size_t operations = 0;
  double heap_lines = 0;  // distinct ones, the mean over the operations
};

/// Runs `program` under lackey and looks at its last pass of `operations` lookups of integers. The
/// binary does not say where an operation begins, but it reads its keys front to back: the last
/// 8-byte words that are read in a row, as many as there are operations, are the keys.
traced_lines trace_lookups(const std::string& program, const std::string& arguments,
                           std::size_t operations);

}  // namespace harness::backends
