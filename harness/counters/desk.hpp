// The counting side of a process: which backends there are, whether they can be believed, and what
// they say of a benchmark.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/catalogue.hpp"
#include "harness/counters/backend.hpp"
#include "harness/counters/calibration.hpp"
#include "harness/counters/count.hpp"
#include "harness/counters/pristine.hpp"
#include "harness/options.hpp"

namespace harness {

class desk {
 public:
  /// Makes what the options ask for, and calibrates it where it is going to be used. `server` is
  /// there where passes are simulated or marked for callgrind.
  desk(const catalogue& known, const options& chosen, const pristine* server);

  /// Whether anything was asked for that is to be reported.
  bool is_open() const noexcept { return open_; }
  std::string report() const;

  /// Where the passes are not what a user would time: simulated, or run by valgrind.
  bool only_counts() const noexcept { return simulating_ != nullptr || callgrind_; }

  /// What one pass is like for each backend, the events' names with the backend's before them.
  counted count(std::size_t payload, std::size_t variant, std::size_t n, const std::string& name);

  /// Always on, around every timed pass.
  counters::backend& os() noexcept { return *os_; }

 private:
  void add(std::unique_ptr<counters::backend> one);
  void add_unavailable(std::string_view name, const std::string& reason);
  void open_backend(std::string_view name);
  void open_callgrind();
  void find_caches();
  counted count_with(counters::backend& one, const variant& what, std::size_t n) const;
  errand errand_for(std::size_t payload, std::size_t variant, std::size_t n,
                    const std::string& name) const;

  const catalogue& known_;
  const options& chosen_;
  const pristine* server_;
  std::optional<counters::geometry> caches_;
  std::string no_caches_;  // why not
  bool open_ = false, callgrind_ = false;
  std::unique_ptr<counters::backend> os_;
  std::vector<std::unique_ptr<counters::backend>> hardware_;
  std::unique_ptr<counters::backend> simulating_;
  std::vector<counters::capabilities> unavailable_;
  std::vector<counters::calibration> calibrations_;
};

}  // namespace harness
