// Running a program from a test and reading the numbers in its JSON.
#pragma once

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include <sys/wait.h>

namespace harness {

/// Its exit status; `words` gets what it says on both streams.
inline int run(const std::string& command, std::string& words) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) words += static_cast<char>(c);
  return WEXITSTATUS(pclose(pipe));
}

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A folder that goes with the object.
class scratch {
 public:
  explicit scratch(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              ("mapscope_" + name + "_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~scratch() { std::filesystem::remove_all(path_); }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// The number behind `key` in the entry of the benchmark `name`.
inline double number_in(const std::string& json, const std::string& name, const std::string& key) {
  const auto entry = json.find("\"name\": \"" + name);
  const auto end = json.find('}', entry);
  const auto at = entry == json.npos ? entry : json.find("\"" + key + "\": ", entry);
  if (at == json.npos || at > end) throw std::runtime_error("no " + key + " of " + name);
  return std::stod(json.substr(at + key.size() + 4, 40));
}

/// All counters of one kind, as they are written.
inline std::string lines_with(const std::string& json, const std::string& part) {
  std::istringstream lines(json);
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(part) != line.npos) found += line + '\n';
  }
  return found;
}

}  // namespace harness
