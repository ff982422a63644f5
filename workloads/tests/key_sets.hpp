// Every key set, for the tests.
#pragma once

#include <string>
#include <vector>

#include "workloads/key_set.hpp"

namespace workloads {

inline std::vector<key_set> sets_of_integers() {
  std::vector<key_set> all;
  for (const auto shape : {key_shape::random, key_shape::sequential, key_shape::low_masked,
                           key_shape::high_masked, key_shape::strided, key_shape::bits32}) {
    all.emplace_back(shape);
  }
  return all;
}

/// 300 lines, of one to three digits.
inline key_set some_lines() {
  static const line_list lines([] {
    std::vector<std::string> all;
    for (int i = 0; i < 300; ++i) all.push_back(std::to_string(i));
    return all;
  }());
  return key_set(lines);
}

inline std::vector<key_set> sets_of_strings() {
  return {key_set(), key_set(key_shape::uuid), some_lines()};
}

}  // namespace workloads
