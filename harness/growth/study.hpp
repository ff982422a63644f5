// All that is measured of the growth of one map with one payload at one size: what a run of the
// binary with --growth does.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#include "harness/growth/fixture.hpp"

namespace harness::growth {

enum class pages { small, huge };

struct request {
  settings set;
  pages page_size;
  std::size_t repetitions;
  std::string output;   // JSON; empty: standard output
  std::string trace;    // all denoised and then all raw durations, as floats; empty: not kept
  int count_into = -1;  // a descriptor: this process only counts memory, for its parent
  bool interleaved =
      false;  // stops itself after each repetition but the last, until it is continued
};

/// What the words before the numbers are.
struct labels {
  std::string map, payload, memory;
};

using builder = std::unique_ptr<fixture> (*)(const settings&);

/// What is asked for can be measured, but not here.
struct will_not_fit : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Returns what went wrong, or nothing. Throws will_not_fit before anything is measured, and
/// harness::output_error.
std::string study(builder build, const request& what, const labels& names, char** argv);

/// Where huge pages cannot be had, the reason. To be asked in the process that will measure.
std::string no_huge_pages();

/// Starts the program anew where that is needed for what is asked: the same addresses every time,
/// and an allocator that asks for huge pages.
void prepare_process(char** argv, pages page_size);

}  // namespace harness::growth
