#include "harness/session.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <string_view>

#include "harness/key_sets.hpp"
#include "harness/result_check.hpp"

namespace harness {
namespace {

using clock = std::chrono::steady_clock;

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string benchmark_name(const variant& what, std::string_view payload, const std::string& keys,
                           std::size_t n) {
  std::string name(what.workload);
  name.append("/kv:").append(payload);
  if (keys != random_keys) name.append(".").append(keys);
  name.append("/hash:").append(what.hash);
  return name.append("/n:").append(std::to_string(n));
}

}  // namespace

void session::add_benchmarks(const catalogue& known, const options& chosen) {
  for (std::size_t p = 0; p < known.payloads.size(); ++p) {
    const auto& part = known.payloads[p];
    if (!has(chosen.payloads, part.info.name)) continue;
    for (const std::size_t n : chosen.sizes) {
      for (std::size_t v = 0; v < part.variants.size(); ++v) {
        const variant& what = part.variants[v];
        if (!has(chosen.workloads, what.workload) || !has(chosen.hashes, what.hash)) continue;
        const task one{benchmark_name(what, part.info.name, chosen.keys, n), p, v, n, &what};
        benchmark::RegisterBenchmark(one.name.c_str(),
                                     [this, one](benchmark::State& state) { run(state, one); })
            ->UseManualTime()
            ->Unit(benchmark::kNanosecond);
      }
    }
  }
}

void session::run(benchmark::State& state, const task& what) {
  try {
    if (current_.name != what.name) start(what);
    if (!current_.wrong.empty()) return fail(state, current_.wrong);
    if (current_.work) {
      time_passes(state);
    } else {
      pretend(state);
    }
  } catch (const std::exception& error) {  // most likely no memory for a table this large
    current_ = {};
    fail(state, error.what());
  }
}

void session::start(const task& what) {
  current_ = {};  // frees the last tables before the next ones are built
  if (counting_.only_counts() && what.what->only_timed) {
    current_.wrong = not_applicable("so much memory is not simulated: " + what.name);
  } else if (counting_.is_open()) {
    current_.counts = counting_.count(what.payload, what.variant, what.n, what.name);
    current_.wrong = current_.counts.wrong;
    current_.label = "checksum=" + hex(current_.counts.checksum);
  }
  if (!counting_.only_counts() && current_.wrong.empty()) warm_up(what);
  for (const auto& one : current_.counts.readings) {
    if (!one.value) current_.label += "; without " + one.event + ": " + one.reason;
  }
  current_.name = what.name;
}

void session::warm_up(const task& what) {
  try {
    current_.work =
        what.what->build({.n = what.n, .seed = seed_, .cold_bytes = cold_bytes_, .keys = keys_});
  } catch (const workloads::inapplicable& error) {
    current_.wrong = not_applicable(error.what());
    return;
  }
  current_.work->prepare();
  current_.work->run();
  current_.wrong = check_result(*current_.work);
  current_.label = "checksum=" + hex(current_.work->answer());
  if (const auto found = current_.work->slots(); !found.reason.empty()) {
    current_.label.append("; without slots: ").append(found.reason);
  }
}

void session::time_passes(benchmark::State& state) {
  fixture& work = *current_.work;
  backends::backend& os = counting_.os();
  os.enter();
  for ([[maybe_unused]] auto iteration : state) {
    work.prepare();
    os.begin(0);
    const auto start = clock::now();
    work.run();
    const auto stop = clock::now();
    os.end();
    state.SetIterationTime(std::chrono::duration<double>(stop - start).count());
    if (const std::string wrong = check_result(work); !wrong.empty()) return fail(state, wrong);
  }
  state.counters["ops"] = static_cast<double>(work.operations());
  state.counters["payload_bytes"] = work.payload_bytes();
  const workloads::scanned scanned = work.slots();
  if (scanned.slots > 0) state.counters["slots"] = static_cast<double>(scanned.slots);
  for (const auto& one : os.take(1)) {  // of all timed passes together
    if (one.value) state.counters["os_" + one.event] = *one.value;
  }
  report_counts(state);
}

/// Times nothing: start() has made the pass, slowly. Reports its duration to Google Benchmark as
/// often as that asks.
void session::pretend(benchmark::State& state) const {
  for ([[maybe_unused]] auto iteration : state) state.SetIterationTime(current_.counts.seconds);
  state.counters["ops"] = static_cast<double>(current_.counts.operations);
  state.counters["payload_bytes"] = current_.counts.payload_bytes;
  report_counts(state);
}

void session::report_counts(benchmark::State& state) const {
  for (const auto& one : current_.counts.readings) {
    if (!one.value) continue;
    state.counters[one.event] = *one.value;
    if (one.coverage < 1) state.counters[one.event + "_coverage"] = one.coverage;
  }
  state.SetLabel(current_.label);
}

void session::fail(benchmark::State& state, const std::string& why) {
  failures_ += why.starts_with(not_applicable("")) ? 0 : 1;
  state.SkipWithError(why.c_str());
}

}  // namespace harness
