#include "harness/session.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string_view>

namespace harness {
namespace {

using clock = std::chrono::steady_clock;

template <class Names>
bool has(Names const& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string hex(std::uint64_t number) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(number));
  return digits.data();
}

/// Empty when the last pass answered right.
std::string judge(fixture const& work) {
  const std::uint64_t answer = work.answer();
  const std::uint64_t expected = work.expected();
  if (answer == expected) return {};
  return "wrong answer: expected " + hex(expected) + ", got " + hex(answer);
}

std::string benchmark_name(variant const& what, std::string_view payload, std::size_t n) {
  std::string name(what.workload);
  name.append("/kv:").append(payload).append("/hash:").append(what.hash);
  return name.append("/n:").append(std::to_string(n));
}

}  // namespace

void session::add_benchmarks(catalogue const& known, options const& chosen) {
  for (auto const& part : known.payloads) {
    if (!has(chosen.payloads, part.info.name)) continue;
    for (const std::size_t n : chosen.sizes) {
      for (variant const& what : part.variants) {
        if (!has(chosen.workloads, what.workload) || !has(chosen.hashes, what.hash)) continue;
        const std::string name = benchmark_name(what, part.info.name, n);
        benchmark::RegisterBenchmark(
            name.c_str(),
            [this, name, what, n](benchmark::State& state) { run(state, name, what, n); })
            ->UseManualTime()
            ->Unit(benchmark::kNanosecond);
      }
    }
  }
}

void session::run(benchmark::State& state, std::string const& name, variant const& what,
                  std::size_t n) {
  try {
    if (current_.name != name) warm_up(name, what, n);
    if (!current_.wrong.empty()) return fail(state, current_.wrong);
    time_passes(state);
  } catch (std::exception const& error) {  // most likely no memory for a table this large
    current_ = {};
    fail(state, error.what());
  }
}

void session::warm_up(std::string const& name, variant const& what, std::size_t n) {
  current_ = {};  // frees the last tables before the next ones are built
  current_.work = what.build(n, seed_);
  current_.work->prepare();
  current_.work->run();
  current_.wrong = judge(*current_.work);
  current_.label = "checksum=" + hex(current_.work->answer());
  current_.name = name;
}

void session::time_passes(benchmark::State& state) {
  fixture& work = *current_.work;
  for ([[maybe_unused]] auto iteration : state) {
    work.prepare();
    const auto start = clock::now();
    work.run();
    const auto stop = clock::now();
    state.SetIterationTime(std::chrono::duration<double>(stop - start).count());
    if (const std::string wrong = judge(work); !wrong.empty()) return fail(state, wrong);
  }
  state.counters["ops"] = static_cast<double>(work.operations());
  state.counters["payload_bytes"] = work.payload_bytes();
  state.SetLabel(current_.label);
}

void session::fail(benchmark::State& state, std::string const& why) {
  ++failures_;
  state.SkipWithError(why.c_str());
}

}  // namespace harness
