#include "harness/calibration/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "harness/backends/callgrind.hpp"
#include "harness/calibration/calibration_exercises.hpp"

namespace harness::calibration {
namespace {

/// A lower bound is missed only from below; what should be nothing is measured against the steps.
double error_of(const expectation& wanted, double read, std::size_t steps) {
  const double off = wanted.at_least ? std::max(0.0, wanted.value - read) : read - wanted.value;
  return off / (wanted.value > 0 ? wanted.value : static_cast<double>(steps));
}

result entry(const std::string& backend, const exercise& what, const expectation& wanted) {
  result made;
  made.backend = backend;
  made.kernel = what.kernel;
  made.event = wanted.event;
  made.relation = wanted.at_least ? ">=" : "=";
  made.expected = wanted.value;
  made.steps = what.steps;
  return made;
}

std::string describe(const result& wrong) {
  char text[160];
  std::snprintf(text, sizeof text, "rejected: calibration kernel %s should read %s %.0f, read %.0f",
                wrong.kernel.c_str(), wrong.relation.c_str(), wrong.expected,
                wrong.read.value_or(0));
  return text;
}

std::vector<backends::reading> readings_of(backends::backend& counting, const exercise& what,
                                           std::size_t group) {
  counting.enter();
  what.warm();
  counting.begin(group);
  what.run();
  counting.end();
  return counting.take(1);
}

/// A kernel runs once for each group of events.
void run(backends::backend& counting, const exercise& what, std::vector<result>& results) {
  const auto& name = counting.probe().name;
  for (std::size_t group = 0; group < counting.groups(); ++group) {
    for (const backends::reading& got : readings_of(counting, what, group)) {
      for (const expectation& wanted : what.expected) {
        if (wanted.event != got.event || !got.value) continue;
        result made = entry(name, what, wanted);
        made.read = got.value;
        made.error = error_of(wanted, *got.value, what.steps);
        made.accepted = std::abs(*made.error) <= tolerance;
        results.push_back(made);
      }
    }
  }
}

}  // namespace

std::vector<result> calibrate(backends::backend& counting, const backends::geometry& caches) {
  std::vector<result> results;
  for (const exercise& what : exercises(caches, counting.probe().exact)) {
    const bool concerned =
        std::any_of(what.expected.begin(), what.expected.end(),
                    [&](const expectation& wanted) { return counting.counts(wanted.event); });
    if (concerned) run(counting, what, results);
  }
  for (const result& one : results) {
    if (!one.accepted) counting.reject(one.event, describe(one));
  }
  for (const backends::event& one : counting.probe().events) {
    const bool vouched = std::any_of(results.begin(), results.end(),
                                     [&](const result& r) { return r.event == one.name; });
    if (one.needs_control && !vouched) {
      counting.reject(one.name, "no calibration kernel has vouched for it");
    }
  }
  return results;
}

std::vector<result> calibrate_callgrind(const backends::geometry& caches) {
  static constexpr std::string_view simulated[] = {"l1_misses", "l2_misses", "l3_misses",
                                                   "instructions"};
  std::vector<result> wanted;
  for (const exercise& what : exercises(caches, true)) {
    bool concerned = false;
    for (const expectation& one : what.expected) {
      if (std::find(std::begin(simulated), std::end(simulated), one.event) == std::end(simulated)) {
        continue;
      }
      wanted.push_back(entry("callgrind", what, one));
      concerned = true;
    }
    if (!concerned) continue;
    what.warm();
    backends::callgrind::start();
    what.run();
    backends::callgrind::stop_and_dump("calibration/" + std::string(what.kernel));
  }
  return wanted;
}

}  // namespace harness::calibration
