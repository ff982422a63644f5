#include "harness/counters/desk.hpp"

#include <algorithm>

#include "harness/counters/callgrind.hpp"
#include "harness/counters/os.hpp"
#include "harness/counters/papi.hpp"
#include "harness/counters/perf_event.hpp"
#include "harness/counters/report.hpp"
#include "harness/judge.hpp"

namespace harness {
namespace {

/// `readings` go to `result` under names that tell where they are from; what a calibration has
/// rejected is withheld.
void collect(const counters::backend& from, const std::vector<counters::reading>& readings,
             counted& result) {
  for (counters::reading one : readings) {
    if (!from.counts(one.event)) continue;  // the report says why
    one.event = from.probe().name + '_' + one.event;
    result.readings.push_back(one);
  }
}

}  // namespace

desk::desk(const catalogue& known, const options& chosen, const pristine* server)
    : known_(known),
      chosen_(chosen),
      server_(server),
      open_(!chosen.counters.empty() || chosen.callgrind),
      callgrind_(chosen.callgrind),
      os_(counters::make_os()) {
  if (!open_) return;
  find_caches();
  if (callgrind_) {
    open_callgrind();
    return;
  }
  for (std::string_view name : chosen.counters) open_backend(name);
}

/// Without any caches the kernels for real counters are made for some common ones.
void desk::find_caches() {
  try {
    caches_ = counters::geometry_of(chosen_.cache);
  } catch (const counters::no_geometry& error) {
    no_caches_ = error.what();
  }
}

void desk::add_unavailable(std::string_view name, const std::string& reason) {
  counters::capabilities none;
  none.name = name;
  none.reason = reason;
  unavailable_.push_back(none);
}

void desk::open_backend(std::string_view name) {
  const auto calibrated = [this](counters::backend& one) {
    if (chosen_.describe) return;
    const auto shape = caches_ ? *caches_ : counters::geometry_of("skylake");
    for (const auto& result : counters::calibrate(one, shape)) calibrations_.push_back(result);
  };
  if (name == "os") calibrated(*os_);
  if (name == "papi") hardware_.push_back(counters::make_papi(chosen_.papi_events));
  if (name == "perf") hardware_.push_back(counters::make_perf_event());
  if (name == "papi" || name == "perf") calibrated(*hardware_.back());
  if (name != "sim") return;
  if (known_.make_sim == nullptr) {
    add_unavailable(name, "this binary was not built to be watched; bench_" +
                              std::string(known_.map.name) + "_sim was");
  } else if (!caches_) {
    add_unavailable(name, no_caches_);
  } else {
    simulating_ = known_.make_sim(*caches_);
    calibrated(*simulating_);
  }
}

void desk::open_callgrind() {
  const std::string reason = counters::callgrind::reason();
  counters::capabilities found;
  found.name = "callgrind";
  found.reason = reason;
  for (const char* name : {"instructions", "l1_misses", "ll_misses"}) {
    found.events.push_back(
        {name, "counted by valgrind, in the dump of the benchmark's name", reason});
  }
  unavailable_.push_back(found);
  if (reason.empty() && caches_ && !chosen_.describe)
    calibrations_ = counters::calibrate_callgrind(*caches_);
}

std::string desk::report() const {
  std::vector<counters::capabilities> all;
  const auto asked = [&](std::string_view name) {
    return std::find(chosen_.counters.begin(), chosen_.counters.end(), name) !=
           chosen_.counters.end();
  };
  if (asked("os")) all.push_back(os_->probe());
  for (const auto& one : hardware_) all.push_back(one->probe());
  if (simulating_) all.push_back(simulating_->probe());
  all.insert(all.end(), unavailable_.begin(), unavailable_.end());
  return counters::report(all, calibrations_, caches_ ? &*caches_ : nullptr);
}

errand desk::errand_for(std::size_t payload, std::size_t variant, std::size_t n,
                        const std::string& name) const {
  errand what{};
  name.copy(what.name.data(), what.name.size() - 1);
  what.payload = payload, what.variant = variant, what.n = n;
  what.seed = chosen_.seed;
  const auto names = counters::geometry_names();
  what.cache = static_cast<std::size_t>(std::find(names.begin(), names.end(), chosen_.cache) -
                                        names.begin());
  what.memory = chosen_.memory;
  return what;
}

counted desk::count_with(counters::backend& one, const variant& what, std::size_t n) const {
  try {
    return harness::count(one, what, {n, chosen_.seed, chosen_.cold_bytes});
  } catch (const workloads::inapplicable& error) {
    counted none;
    none.wrong = not_applicable(error.what());
    return none;
  }
}

counted desk::count(std::size_t payload, std::size_t variant, std::size_t n,
                    const std::string& name) {
  counted result;
  if (only_counts()) {
    result = server_->run(errand_for(payload, variant, n, name));
    std::vector<counters::reading> readings;
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
