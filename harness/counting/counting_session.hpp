// The counting side of a process: which backends there are, whether they can be believed, and what
// they say of a benchmark.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/backends/backend.hpp"
#include "harness/calibration/calibration.hpp"
#include "harness/catalogue.hpp"
#include "harness/counting/count.hpp"
#include "harness/counting/fork_server.hpp"
#include "harness/options.hpp"

namespace harness {

class counting_session {
 public:
  /// Makes what the options ask for, and calibrates it where it is going to be used. `server` is
  /// there where passes are simulated or marked for callgrind.
  counting_session(const catalogue& known, const options& chosen, const fork_server* server);

  /// Whether anything was asked for that is to be reported.
  bool is_open() const noexcept { return open_; }
  std::string report() const;

  /// Where the passes are not what a user would time: simulated, or run by valgrind.
  bool only_counts() const noexcept { return simulating_ != nullptr || callgrind_; }

  /// What one pass is like for each backend, the events' names with the backend's before them.
  counted count(std::size_t payload, std::size_t variant, std::size_t n, const std::string& name);

  /// Always on, around every timed pass.
  backends::backend& os() noexcept { return *os_; }

 private:
  void add(std::unique_ptr<backends::backend> one);
  void add_unavailable(std::string_view name, const std::string& reason);
  void open_backend(std::string_view name);
  void open_callgrind();
  void find_caches();
  counted count_with(backends::backend& one, const variant& what, std::size_t n) const;
  counting_job job_for(std::size_t payload, std::size_t variant, std::size_t n,
                       const std::string& name) const;

  const catalogue& known_;
  const options& chosen_;
  const fork_server* server_;
  std::optional<backends::geometry> caches_;
  std::string no_caches_;  // why not
  bool open_ = false, callgrind_ = false;
  std::unique_ptr<backends::backend> os_;
  std::vector<std::unique_ptr<backends::backend>> hardware_;
  std::unique_ptr<backends::backend> simulating_;
  std::vector<backends::capabilities> unavailable_;
  std::vector<calibration::result> calibrations_;
};

}  // namespace harness
