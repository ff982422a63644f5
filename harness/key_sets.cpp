#include "harness/key_sets.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <fstream>
#include <unordered_set>
#include <utility>

#include "harness/usage_error.hpp"

namespace harness {
namespace {

using workloads::key_shape;

constexpr std::array<std::pair<std::string_view, key_shape>, 7> shapes{{
    {random_keys, key_shape::random},
    {"sequential", key_shape::sequential},
    {"low_masked", key_shape::low_masked},
    {"high_masked", key_shape::high_masked},
    {"strided", key_shape::strided},
    {"bits32", key_shape::bits32},
    {"uuid", key_shape::uuid},
}};
constexpr std::size_t least_lines = 30;

workloads::line_list read_lines(const std::string& name) {
  std::ifstream file(name);
  if (!file) throw usage_error("--key-lines: " + name + " cannot be read");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.size() < least_lines) {
    throw usage_error("--key-lines: " + name + " has " + std::to_string(lines.size()) +
                      " lines; at least " + std::to_string(least_lines) + " are needed");
  }
  std::unordered_set<std::string_view> seen;
  for (const std::string& line : lines) {
    if (line.empty() || line.find(workloads::line_list::mark) != std::string::npos ||
        line.size() > workloads::longest_string) {
      throw usage_error("--key-lines: " + name +
                        ": a line is empty, has a '~', or is longer than " +
                        std::to_string(workloads::longest_string) + " bytes: '" +
                        line.substr(0, workloads::longest_string) + "'");
    }
    if (!seen.insert(line).second) {
      throw usage_error("--key-lines: " + name + " has a line twice: '" + line + "'");
    }
  }
  return workloads::line_list(std::move(lines));
}

}  // namespace

std::vector<std::string_view> key_set_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, shape] : shapes) names.push_back(name);
  return names;
}

workloads::key_set key_set_named(const std::string& name, const std::string& lines) {
  static std::deque<workloads::line_list> all_lines;  // until the process ends
  if (!lines.empty()) return workloads::key_set(all_lines.emplace_back(read_lines(lines)));
  const auto found = std::find_if(shapes.begin(), shapes.end(),
                                  [&](const auto& one) { return one.first == name; });
  if (found != shapes.end()) return workloads::key_set(found->second);
  std::string known;
  for (const auto& [each, shape] : shapes) known.append(each).append(", ");
  throw usage_error("unknown keys '" + name + "'; available: " + known +
                    "and any name with --key-lines");
}

bool fits(const workloads::key_set& keys, std::string_view key_type) {
  if (keys.shape() == key_shape::random) return true;
  const bool are_texts = keys.shape() == key_shape::uuid || keys.shape() == key_shape::lines;
  return are_texts == (key_type == "std::string");
}

}  // namespace harness
