// Runs benchmarks: builds the fixture of a name, times and counts its passes, checks
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "harness/catalogue.hpp"
#include "harness/counting/counting_session.hpp"
#include "harness/options.hpp"

namespace harness {

class session {
 public:
  session(const options& chosen, counting_session& counting) noexcept
      : seed_(chosen.seed),
        cold_bytes_(chosen.cold_bytes),
        keys_(chosen.key_set),
        counting_(counting) {}

  /// Registers a benchmark for each chosen combination. The session must outlive their run.
  void add_benchmarks(const catalogue& known, const options& chosen);

  /// How many benchmarks ended with an error: a wrong answer, or not enough memory. Not among them
  /// is one of a state that the map does not have.
  std::size_t failures() const noexcept { return failures_; }

 private:
  /// A benchmark, and where its parts are in the catalogue.
  struct task {
    std::string name;
    std::size_t payload, variant, n;
    struct variant const* what;
  };

  /// A built fixture. Google Benchmark calls a benchmark's function several times over; the tables
  /// are built, the first, untimed pass is made, and passes are counted, only once.
  struct warm_fixture {
    std::string name;
    std::unique_ptr<fixture> work;  // null where nothing is timed
    std::string label;
    std::string wrong;  // empty when the warm-up's answer was right
    counted counts;
  };

  void run(benchmark::State& state, const task& what);
  void start(const task& what);
  void warm_up(const task& what);
  void time_passes(benchmark::State& state);
  void pretend(benchmark::State& state) const;
  void report_counts(benchmark::State& state) const;
  void fail(benchmark::State& state, const std::string& why);

  std::uint64_t seed_;
  std::size_t cold_bytes_;
  workloads::key_set keys_;
  counting_session& counting_;
  warm_fixture current_;
  std::size_t failures_ = 0;
};

}  // namespace harness
