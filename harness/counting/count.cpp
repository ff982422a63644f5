#include "harness/counting/count.hpp"

#include <chrono>
#include <cmath>
#include <memory>

#include "harness/result_check.hpp"

namespace harness {
namespace {

using clock = std::chrono::steady_clock;

/// Passes over the same operations differ by interrupts at most.
constexpr double most_difference = 0.01;

double timed_run(fixture& work) {
  const auto start = clock::now();
  work.run();
  return std::chrono::duration<double>(clock::now() - start).count();
}

/// Passes of one group; false when an answer was wrong.
bool count_group(backends::backend& counting, std::size_t group, fixture& work, counted& result) {
  std::size_t done = 0;
  while (done == 0 || done < counting.least_operations()) {
    work.prepare();
    counting.begin(group);
    result.seconds = timed_run(work);
    counting.end();
    result.wrong = check_result(work);
    if (!result.wrong.empty()) return false;
    done += work.operations();
  }
  for (auto& one : counting.take(done)) result.readings.push_back(one);
  return true;
}

/// Builds the tables and makes the first pass, which is not counted.
std::unique_ptr<fixture> warmed_up(const variant& what, const order& from, counted& result) {
  std::unique_ptr<fixture> work = what.build(from);
  work->prepare();
  work->run();
  result.wrong = check_result(*work);
  result.checksum = work->answer();
  result.operations = work->operations();
  result.payload_bytes = work->payload_bytes();
  return work;
}

const double* instructions_in(const std::vector<backends::reading>& readings, std::size_t from) {
  for (std::size_t i = from; i < readings.size(); ++i) {
    if (readings[i].event == "instructions" && readings[i].value) return &*readings[i].value;
  }
  return nullptr;
}

/// Compares the readings from `from` on, those of one group, with the first group's.
void reject_if_disturbed(std::vector<backends::reading>& readings, std::size_t from) {
  const double* first = instructions_in(readings, 0);
  const double* here = instructions_in(readings, from);
  if (first == nullptr || here == nullptr || *first == 0) return;
  const double difference = std::abs(*here - *first) / *first;
  for (std::size_t i = from; i < readings.size() && difference > most_difference; ++i) {
    readings[i].value.reset();
    readings[i].reason = "its pass ran other instructions than the first pass";
  }
}

/// Instructions and cycles are read in every group and reported once.
void keep_first_of_each(std::vector<backends::reading>& readings) {
  std::vector<backends::reading> kept;
  for (const auto& one : readings) {
    bool known = false;
    for (const auto& other : kept) known = known || other.event == one.event;
    if (!known) kept.push_back(one);
  }
  readings.swap(kept);
}

}  // namespace

counted count(backends::backend& counting, const variant& what, const order& wanted) {
  counted result;
  std::unique_ptr<fixture> work;
  for (std::size_t group = 0; group < counting.groups(); ++group) {
    const std::size_t from = result.readings.size();
    if (!work || !counting.probe().exact) {
      work.reset();  // the old tables go first, so that the new ones can have their memory
      counting.enter();
      work = warmed_up(what, wanted, result);
    }
    if (!result.wrong.empty() || !count_group(counting, group, *work, result)) return result;
    reject_if_disturbed(result.readings, from);
  }
  keep_first_of_each(result.readings);
  return result;
}

}  // namespace harness
