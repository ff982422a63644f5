// The results of a study, and their JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/growth/study.hpp"
#include "harness/growth/summary.hpp"

namespace harness::growth {

struct study_results {
  const request& what;
  latency::clock_facts clock;
  std::uint64_t need_bytes, available_bytes;
  std::span<const float> denoised, raw;
  summary null_denoised{}, inserts{}, lookups{}, erases{};
  std::vector<summary> halves{};  // inserts of every second repetition, and of those between
  std::vector<summary> null_raw{}, raw_inserts{}, raw_lookups{},
      raw_erases{};  // of each repetition
  std::vector<curve_point> curve{}, raw_curve{};
  std::vector<span_of_time> timeline{};
  const pass_report* first = nullptr;     // of the timed passes
  const pass_report* observed = nullptr;  // null where the map has no observer
  const memory_report* counted = nullptr;
  std::string no_counts{};
  std::vector<const drain_report*> drains{};  // of each repetition; none where nothing drains
  const event* drained = nullptr;             // the growth that these are of
  std::uint64_t checksum = 0, switches = 0;
  bool grows_in_steps = false;
};

std::string to_json(const study_results& of, const labels& names);

}  // namespace harness::growth
