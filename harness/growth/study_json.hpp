// The results of a study, and their JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/growth/study.hpp"
#include "harness/growth/summary.hpp"

namespace growth {

struct study_results {
  request const& what;
  latency::clock_facts clock;
  std::uint64_t need_bytes, available_bytes;
  std::span<const float> denoised, raw;
  summary null_denoised{}, inserts{}, lookups{}, erases{};
  std::vector<summary> halves{};  // inserts of every second repetition, and of those between
  std::vector<summary> null_raw{}, raw_inserts{}, raw_lookups{},
      raw_erases{};  // of each repetition
  std::vector<curve_point> curve{}, raw_curve{};
  std::vector<span_of_time> timeline{};
  pass_report const* first = nullptr;     // of the timed passes
  pass_report const* observed = nullptr;  // null where the map has no observer
  memory_report const* counted = nullptr;
  std::string no_counts{};
  std::vector<drain_report const*> drains{};  // of each repetition; none where nothing drains
  event const* drained = nullptr;             // the growth that these are of
  std::uint64_t checksum = 0, switches = 0;
  bool grows_in_steps = false;
};

std::string to_json(study_results const& of, labels const& names);

}  // namespace growth
