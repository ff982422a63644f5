// The binary's own flags. Everything else goes on to Google Benchmark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/catalogue.hpp"
#include "harness/memory/memory_mode.hpp"
#include "harness/usage_error.hpp"

namespace harness {

struct options {
  std::vector<std::string_view> workloads, payloads, hashes;
  std::vector<std::size_t> sizes{1000, 100000};
  std::uint64_t seed = 1;
  std::string keys = "random";  // which set, as its rows name it
  std::string key_lines;        // the file of one that is lines
  workloads::key_set key_set;
  memory_mode memory = memory_mode::resident;
  std::size_t cold_bytes = workloads::cold_bytes_by_default;
  std::vector<std::string_view> counters;  // backends, besides os, which is always on
  std::vector<std::string> papi_events;    // native events, as PAPI names them
  std::string_view cache = "host";         // the processor whose caches are simulated
  bool callgrind = false;                  // one pass each, marked for callgrind, none timed
  std::optional<growth::request> growth;   // instead of benchmarks: one table, growing
  std::string table_memory;                // instead of benchmarks: tables weighed, into this file
  std::vector<unsigned> loads;             // percent: maximum load factors to weigh tables at
  std::string read_latency;          // instead of benchmarks: open-loop lookups, into this file
  bool turns = false;                // instead of benchmarks: answers commands
  std::optional<int> baton;          // a descriptor: each turn waits for a byte from it
  bool answers_are_checked = false;  // by an earlier process of the same run
  bool describe = false;
  bool check = false;
  std::string help;                 // what --help prints; empty unless it was asked for
  std::vector<std::string> others;  // not ours, in their order
};

/// Throws usage_error.
options parse_options(int argc, const char* const* argv, const catalogue& known);

}  // namespace harness
