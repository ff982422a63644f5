// Runs benchmarks: builds the fixture that a name stands for, times its passes, checks them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "harness/catalogue.hpp"
#include "harness/options.hpp"

namespace harness {

class session {
 public:
  explicit session(std::uint64_t seed) noexcept : seed_(seed) {}

  /// Registers a benchmark for each chosen combination. The session must outlive their run.
  void add_benchmarks(catalogue const& known, options const& chosen);

  /// How many benchmarks ended with an error: a wrong answer, or not enough memory.
  std::size_t failures() const noexcept { return failures_; }

 private:
  /// A built fixture. Google Benchmark calls a benchmark's function several times over; the tables
  /// are built, and the first, untimed pass is made, only once.
  struct warm_fixture {
    std::string name;
    std::unique_ptr<fixture> work;
    std::string label;
    std::string wrong;  // empty when the warm-up's answer was right
  };

  void run(benchmark::State& state, std::string const& name, variant const& what, std::size_t n);
  void warm_up(std::string const& name, variant const& what, std::size_t n);
  void time_passes(benchmark::State& state);
  void fail(benchmark::State& state, std::string const& why);

  std::uint64_t seed_;
  warm_fixture current_;
  std::size_t failures_ = 0;
};

}  // namespace harness
