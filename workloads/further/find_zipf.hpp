// Workload find_zipf: find_hit, but that some keys are far more popular.
#pragma once

#include <string_view>

#include "workloads/find_hit.hpp"
#include "workloads/popularity.hpp"

namespace workloads {

template <class Map, class Payload>
struct find_zipf : lookups_of_present<Map, Payload, zipf> {
  static constexpr std::string_view
      name = "find_zipf",
      summary = "look up present keys, independently, by Zipf's law with exponent 0.99";
  using lookups_of_present<Map, Payload, zipf>::lookups_of_present;
};

}  // namespace workloads
