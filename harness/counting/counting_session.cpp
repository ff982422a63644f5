#include "harness/counting/counting_session.hpp"

#include <algorithm>

#include "harness/backends/callgrind.hpp"
#include "harness/backends/os.hpp"
#include "harness/backends/papi.hpp"
#include "harness/backends/perf_event.hpp"
#include "harness/counting/counting_report.hpp"
#include "harness/result_check.hpp"

namespace harness {
namespace {

/// `readings` go to `result` under names with their source; what a calibration has
/// rejected is withheld.
void collect(const backends::backend& from, const std::vector<backends::reading>& readings,
             counted& result) {
  for (backends::reading one : readings) {
    if (!from.counts(one.event)) continue;  // the report says why
    one.event = from.probe().name + '_' + one.event;
    result.readings.push_back(one);
  }
}

}  // namespace

counting_session::counting_session(const catalogue& known, const options& chosen,
                                   const fork_server* server)
    : known_(known),
      chosen_(chosen),
      server_(server),
      open_(!chosen.counters.empty() || chosen.callgrind),
      callgrind_(chosen.callgrind),
      os_(backends::make_os()) {
  if (!open_) return;
  find_caches();
  if (callgrind_) {
    open_callgrind();
    return;
  }
  for (std::string_view name : chosen.counters) open_backend(name);
}

/// Without any caches the kernels for real counters are made for some common ones.
void counting_session::find_caches() {
  try {
    caches_ = backends::geometry_of(chosen_.cache);
  } catch (const backends::no_geometry& error) {
    no_caches_ = error.what();
  }
}

void counting_session::add_unavailable(std::string_view name, const std::string& reason) {
  backends::capabilities none;
  none.name = name;
  none.reason = reason;
  unavailable_.push_back(none);
}

void counting_session::open_backend(std::string_view name) {
  const auto calibrated = [this](backends::backend& one) {
    if (chosen_.describe) return;
    const auto shape = caches_ ? *caches_ : backends::geometry_of("skylake");
    for (const auto& result : calibration::calibrate(one, shape)) calibrations_.push_back(result);
  };
  if (name == "os") calibrated(*os_);
  if (name == "papi") hardware_.push_back(backends::make_papi(chosen_.papi_events));
  if (name == "perf") hardware_.push_back(backends::make_perf_event());
  if (name == "papi" || name == "perf") calibrated(*hardware_.back());
  if (name != "sim") return;
  if (!caches_) {
    add_unavailable(name, no_caches_);
  } else if (known_.make_sim == nullptr) {
    add_unavailable(name, "this binary was not built to be watched; bench_" +
                              std::string(known_.map.name) + "_sim was");
  } else {
    simulating_ = known_.make_sim(*caches_);
    calibrated(*simulating_);
  }
}

void counting_session::open_callgrind() {
  const std::string reason = backends::callgrind::reason();
  backends::capabilities found;
  found.name = "callgrind";
  found.reason = reason;
  for (const char* name : {"instructions", "l1_misses", "ll_misses"}) {
    found.events.push_back(
        {name, "counted by valgrind, in the dump of the benchmark's name", reason});
  }
  unavailable_.push_back(found);
  if (reason.empty() && caches_ && !chosen_.describe)
    calibrations_ = calibration::calibrate_callgrind(*caches_);
}

std::string counting_session::report() const {
  std::vector<backends::capabilities> all;
  const auto asked = [&](std::string_view name) {
    return std::find(chosen_.counters.begin(), chosen_.counters.end(), name) !=
           chosen_.counters.end();
  };
  if (asked("os")) all.push_back(os_->probe());
  for (const auto& one : hardware_) all.push_back(one->probe());
  if (simulating_) all.push_back(simulating_->probe());
  all.insert(all.end(), unavailable_.begin(), unavailable_.end());
  return counting_report(all, calibrations_, caches_ ? &*caches_ : nullptr);
}

counting_job counting_session::job_for(std::size_t payload, std::size_t variant, std::size_t n,
                                       const std::string& name) const {
  counting_job what{};
  name.copy(what.name.data(), what.name.size() - 1);
  what.payload = payload, what.variant = variant, what.n = n;
  what.seed = chosen_.seed;
  chosen_.keys.copy(what.keys.data(), what.keys.size() - 1);
  if (chosen_.key_lines.copy(what.key_lines.data(), what.key_lines.size() - 1) <
      chosen_.key_lines.size()) {
    throw usage_error("--key-lines: the name of the file is too long: " + chosen_.key_lines);
  }
  const auto names = backends::geometry_names();
  what.cache = static_cast<std::size_t>(std::find(names.begin(), names.end(), chosen_.cache) -
                                        names.begin());
  what.memory = chosen_.memory;
  return what;
}

counted counting_session::count_with(backends::backend& one, const variant& what,
                                     std::size_t n) const {
  try {
    return harness::count(
        one, what,
        {.n = n, .seed = chosen_.seed, .cold_bytes = chosen_.cold_bytes, .keys = chosen_.key_set});
  } catch (const workloads::inapplicable& error) {
    counted none;
    none.wrong = not_applicable(error.what());
    return none;
  }
}

counted counting_session::count(std::size_t payload, std::size_t variant, std::size_t n,
                                const std::string& name) {
  counted result;
  if (only_counts()) {
    result = server_->run(job_for(payload, variant, n, name));
    std::vector<backends::reading> readings;
    readings.swap(result.readings);
    if (simulating_) collect(*simulating_, readings, result);
  }
  for (const auto& one : hardware_) {
    const auto& what = known_.payloads.at(payload).variants.at(variant);
    const counted more = count_with(*one, what, n);
    if (!more.wrong.empty()) return more;
    collect(*one, more.readings, result);
  }
  return result;
}

}  // namespace harness
