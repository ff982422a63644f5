#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

#include "harness/fixture.hpp"

namespace harness {

/// 64 bits never travel as a number: not every reader of JSON has that many.
inline std::string hex(std::uint64_t number) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(number));
  return digits.data();
}

/// Begins the error of a benchmark whose state the map does not have.
inline std::string not_applicable(const std::string& why) { return "n/a: " + why; }

/// Empty when the last pass answered right.
inline std::string judge(const fixture& work) {
  const std::uint64_t answer = work.answer();
  const std::uint64_t expected = work.expected();
  if (answer == expected) return {};
  return "wrong answer: expected " + hex(expected) + ", got " + hex(answer);
}

}  // namespace harness
