#pragma once

#include "harness/catalogue.hpp"

namespace harness {

/// Names to choose from; nothing in it can run.
inline catalogue fake_catalogue() {
  const auto no_check = [](std::uint64_t) { return std::string(); };
  return {{"fake", "a \"fake\" map", "1.2", "none", "maps/adapters/fake.hpp", true},
          {{"fill", "fills it", "one insert"},
           {"iterate", "iterates over it", "one entry"},
           {"iterate_cold", "", "one entry", "iterate", "cold"}},
          {"shared"},
          {{{"int_int", "uint64_t", "uint64_t"}, {}, no_check},
           {{"string_int", "std::string", "uint64_t"}, {}, no_check}}};
}

}  // namespace harness
