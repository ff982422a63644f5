// The kernels with the memory they run over, and what each must read.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/backends/geometry.hpp"

namespace harness::calibration {

struct expectation {
  std::string_view event;
  double value;
  bool at_least = false;  // a lower bound: how much more depends on the processor
};

struct exercise {
  std::string_view kernel;
  std::size_t steps;           // what an error is measured against when nothing is expected
  std::function<void()> warm;  // uncounted, first
  std::function<void()> run;
  std::vector<expectation> expected;
};

/// Address space without memory behind it until it is touched, in small pages.
class arena {
 public:
  explicit arena(std::size_t bytes);
  ~arena();
  arena(const arena&) = delete;
  arena& operator=(const arena&) = delete;

  std::byte* data() const noexcept { return data_; }
  std::size_t bytes() const noexcept { return bytes_; }
  /// Gives all of it back, so that it can be touched for the first time again.
  void release() const noexcept;

 private:
  std::byte* data_;
  std::size_t bytes_;
};

/// What can be said exactly of a model (`exact`), or within the tolerance of a real processor.
std::vector<exercise> exercises(const backends::geometry& caches, bool exact);

}  // namespace harness::calibration
