// Writing JSON: what the standard library does not have.
#pragma once

#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace harness::json {

inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 7> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
      out += code.data();
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
  return out;
}

/// JSON has no infinities and no NaN.
inline std::string number(double value) {
  if (!std::isfinite(value)) return "null";
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%.17g", value);
  return digits.data();
}

inline std::string boolean(bool value) { return value ? "true" : "false"; }

/// What `write` makes of each item, with commas between.
template <class Items, class Write>
std::string list(char open, const Items& items, char close, Write write) {
  std::string out(1, open);
  for (const auto& item : items) {
    if (out.size() > 1) out += ", ";
    out += write(item);
  }
  out += close;
  return out;
}

template <class Items, class Write>
std::string array(const Items& items, Write write) {
  return list('[', items, ']', write);
}

/// Members whose values are JSON already.
inline std::string object(const std::vector<std::pair<std::string_view, std::string>>& members) {
  return list('{', members, '}', [](const auto& member) {
    return quoted(member.first).append(": ").append(member.second);
  });
}

}  // namespace harness::json
