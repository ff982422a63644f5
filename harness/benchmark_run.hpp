// One run of Google Benchmark. It neither checks what it writes nor writes aside, so that its file
// (--benchmark_out, BENCHMARK_OUT) is collected in memory and written here, as a whole.
#pragma once

#include <cstddef>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "harness/output.hpp"

namespace harness {

/// What a reporter has written.
struct kept_text {
  std::ostringstream stream;
  bool is_whole = false;
};

class benchmark_run {
 public:
  /// `words` are Google Benchmark's own flags, in their order. Throws usage_error, and output_error
  /// when the file cannot be created.
  benchmark_run(char* program, std::vector<std::string> words);

  /// Returns how many benchmarks matched. Throws output_error.
  std::size_t run();

 private:
  std::unique_ptr<whole_file> file_;  // null without --benchmark_out
  kept_text text_;
  std::unique_ptr<benchmark::BenchmarkReporter> reporter_;
};

}  // namespace harness
