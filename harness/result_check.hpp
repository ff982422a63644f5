// Whether a pass gave the right answer, and the texts that say why it gave none.
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

/// Empty when the answer is right.
inline std::string wrong_answer(std::uint64_t expected, std::uint64_t answer) {
  if (answer == expected) return {};
  return "wrong answer: expected " + hex(expected) + ", got " + hex(answer);
}

/// Empty when the last pass answered right.
inline std::string check_result(const fixture& work) {
  return wrong_answer(work.expected(), work.answer());
}

}  // namespace harness
