#include "harness/growth/study.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <limits>
#include <new>
#include <optional>
#include <stdexcept>
#include <vector>

#include <sys/prctl.h>
#include <unistd.h>

#include "harness/growth/shared_memory.hpp"
#include "harness/growth/study_json.hpp"
#include "harness/latency/open_loop.hpp"
#include "harness/output.hpp"
#include "harness/process.hpp"
#include "harness/result_check.hpp"

namespace harness::growth {
namespace {

using workloads::action;

constexpr const char* count_argument = "--growth-count-into=";
constexpr const char* tunables = "GLIBC_TUNABLES";
constexpr const char* with_huge_pages = "glibc.malloc.hugetlb=1";

/// hmap draws its seeds once a process, and others from where their memory lies: after this, all
/// children draw alike.
void draw_seeds(builder build, settings set) {
  constexpr std::size_t few = 64;
  set.n = few, set.warm = false;
  const auto work = build(set);
  pass_report report{};
  std::vector<float> trace(work->operations());
  recorder record({"", false, 1, 0, 0}, trace);
  work->run(record, report);
}

class measurement {
 public:
  measurement(builder build, const request& what, char** argv)
      : what_(what),
        build_(build),
        argv_(argv),
        facts_(latency::calibrate()),
        work_(build(what.set)),
        operations_(work_->operations()) {
    draw_seeds(build, what.set);
  }

  /// Throws will_not_fit when the memory is not there.
  void check_memory() {
    const std::uint64_t arrays = 5 * operations_ * sizeof(float);
    need_ = arrays + table_need() * 115 / 100;
    available_ = available_memory();
    if (available_ != 0 && need_ > available_) {
      throw will_not_fit("n = " + std::to_string(what_.set.n) + " needs about " +
                         std::to_string(need_ / megabyte) + " MB and only " +
                         std::to_string(available_ / megabyte) +
                         " MB can be had; measure fewer entries");
    }
    std::cerr << "growth: will use about " << need_ / megabyte << " MB of " << available_ / megabyte
              << " MB\n";
  }

  study_results run() {
    make_shared_memory();
    for (std::size_t i = 0; i < what_.repetitions; ++i) {
      if (i > 0 && what_.interleaved) std::raise(SIGSTOP);
      repeat(i);
    }
    if (work_->can_be_observed()) observe();
    if (drains()) measure_drains();
    count_memory();
    return results();
  }

 private:
  static constexpr std::uint64_t megabyte = 1'000'000;

  struct shared_part {
    summary null_raw;
    summary inserts, lookups, erases;
    drain_report drain;
    pass_report report;
  };

  /// Peak bytes of the table, from a smaller one at the same point of its octave.
  std::uint64_t table_need() {
    constexpr std::size_t least = 8192, most = 1'000'000, scale = 64;
    settings small = what_.set;
    small.warm = false, small.churn = std::min<std::size_t>(small.churn, 2);
    std::size_t factor = 1;
    for (; (factor < scale || small.n > most) && small.n / 2 >= least; factor *= 2) small.n /= 2;
    const shared_memory shared(sizeof(pass_report));
    auto& report = shared.as<pass_report>()[0];
    in_child([&] {
      const auto work = build_(small);
      const ready_memory trace(work->operations() * sizeof(float));
      pass(*work, trace.as<float>(), report);
    });
    const std::uint64_t once = (report.resident_peak - report.resident_floor) * factor;
    return what_.set.warm ? once * 2 : once;  // what the first table leaves is not all used again
  }

  void make_shared_memory() {
    for (auto& half : halves_) {
      half.emplace(operations_ * sizeof(float));
      fill_with_longest(half->as<float>());
    }
    raw_.emplace(operations_ * sizeof(float));
    null_.emplace(operations_ * sizeof(float));
    parts_.emplace((what_.repetitions + 2) * sizeof(shared_part));
    fill_with_longest(null_->as<float>());
  }

  shared_part& part(std::size_t i) { return parts_->as<shared_part>()[i]; }
  shared_part& observed_part() { return part(what_.repetitions); }
  shared_part& counted_part() { return part(what_.repetitions + 1); }

  static void fill_with_longest(std::span<float> least) {
    std::fill(least.begin(), least.end(), std::numeric_limits<float>::max());
  }

  static void copy(std::span<const float> from, std::span<float> to) {
    std::copy(from.begin(), from.end(), to.begin());
  }

  static void merge(std::span<float> least, std::span<const float> trace) {
    for (std::size_t i = 0; i < trace.size(); ++i) least[i] = std::min(least[i], trace[i]);
  }

  void repeat(std::size_t i) {
    in_child([&] {
      const ready_memory trace(operations_ * sizeof(float));
      recorder record(facts_, trace.as<float>());
      work_->run_empty(record);
      merge(null_->as<float>(), trace.as<float>());
      part(i).null_raw = summarise(trace.as<float>(), {});
    });
    in_child([&] {
      const ready_memory trace(operations_ * sizeof(float));
      pass(*work_, trace.as<float>(), part(i).report);
      check(part(i).report);
      merge(halves_[i % 2]->as<float>(), trace.as<float>());
      if (i == 0) copy(trace.as<float>(), raw_->as<float>());
      part(i).inserts = summarise(trace.as<float>(), only(action::insert));
      part(i).lookups = summarise(trace.as<float>(), only(action::look_up));
      part(i).erases = summarise(trace.as<float>(), only(action::erase));
    });
  }

  chosen only(action kind) const {
    return [this, kind](std::size_t i) { return work_->what(i) == kind; };
  }

  void pass(fixture& work, std::span<float> trace, pass_report& report) {
    recorder record(facts_, trace);
    work.prepare();
    const residence before = measure_residence();
    const std::uint64_t faults = minor_faults(), switches = involuntary_switches();
    work.run(record, report);
    report.minor_faults = minor_faults() - faults;
    report.involuntary_switches = involuntary_switches() - switches;
    const residence after = measure_residence();
    report.resident_floor = before.now;
    report.resident_peak = after.peak;
    report.resident_final = after.now;
    report.huge_bytes = after.huge;
    report.filled = true;
  }

  void check(const pass_report& report) const {
    const std::string wrong = wrong_answer(work_->expected(), report.answer);
    if (!wrong.empty()) throw std::runtime_error(wrong);
  }

  /// The last growth that was over when the pass was; null if there was none.
  const event* last_drained() {
    const pass_report& first = part(0).report;
    const event* last = nullptr;
    for (std::size_t i = 0; i < first.events; ++i) {
      const event& one = first.event_list[i];
      if (one.capacity_before > 0 && one.drained_at != never) last = &one;
    }
    return last;
  }

  /// Where the keys are inserted one after the other into a table that grows in steps.
  bool drains() {
    return work_->grows_in_steps() && what_.set.mix == workloads::growth_mix::insert &&
           !what_.set.reserved && last_drained() != nullptr;
  }

  void measure_drains() {
    for (std::size_t i = 0; i < what_.repetitions; ++i) {
      for (std::size_t k = 0; k < drain_passes; ++k) {
        in_child([&] {
          work_->measure_drain(*last_drained(), static_cast<drain_pass>(k), facts_, part(i).drain);
        });
      }
    }
  }

  void observe() {
    in_child([&] {
      work_->observe(facts_, observed_part().report);
      check(observed_part().report);
    });
  }

  /// In a program of its own, as the counter must be there before the allocator is.
  void count_memory() {
    const std::string library = program_directory() + MAPSCOPE_ALLOCATIONS;
    if (access(library.c_str(), R_OK) != 0) {
      no_counts_ = MAPSCOPE_ALLOCATIONS " is not built";
      return;
    }
    try {
      const auto shared = shared_memory::to_pass_on(2 * sizeof(pass_report));
      shared.as<pass_report>()[0] = part(0).report;
      in_new_program(argv_, count_argument + std::to_string(shared.descriptor()), library);
      counted_part().report = shared.as<pass_report>()[1];
    } catch (const std::runtime_error& error) {
      no_counts_ = std::string("counting allocations: ") + error.what();
      return;
    }
    if (!counted_part().report.memory.counted) no_counts_ = "the allocator cannot be counted here";
  }

  study_results results();

  const request& what_;
  builder build_;
  char** argv_;
  latency::clock_facts facts_;
  std::unique_ptr<fixture> work_;
  std::size_t operations_;
  std::uint64_t need_ = 0, available_ = 0;
  /// The shortest times, of every second repetition and of those between.
  std::array<std::optional<shared_memory>, 2> halves_;
  std::optional<shared_memory> raw_, null_, parts_;
  std::string no_counts_;
};

study_results measurement::results() {
  const auto denoised = halves_[0]->as<float>(), other = halves_[1]->as<float>();
  study_results all{what_, facts_, need_, available_, denoised, raw_->as<float>()};
  if (what_.repetitions > 1) {
    for (const auto half : {denoised, other}) {
      all.halves.push_back(summarise(half, only(action::insert)));
    }
  }
  merge(denoised, other);
  all.null_denoised = summarise(null_->as<float>(), {});
  for (std::size_t i = 0; i < what_.repetitions; ++i) {
    all.null_raw.push_back(part(i).null_raw);
    all.raw_inserts.push_back(part(i).inserts);
    all.raw_lookups.push_back(part(i).lookups);
    all.raw_erases.push_back(part(i).erases);
    if (drains()) all.drains.push_back(&part(i).drain);
  }
  if (drains()) all.drained = last_drained();
  const latency::histogram times = histogram_of(denoised, only(action::insert));
  all.inserts = summarise(times);
  all.lookups = summarise(denoised, only(action::look_up));
  all.erases = summarise(denoised, only(action::erase));
  all.curve = curve_of(times);
  all.raw_curve = curve_of(histogram_of(raw_->as<float>(), only(action::insert)));
  all.timeline = timeline_of(denoised);
  all.first = &part(0).report;
  for (std::size_t i = 0; i < what_.repetitions; ++i) {
    all.switches += part(i).report.involuntary_switches;
  }
  all.checksum = part(0).report.answer;
  all.grows_in_steps = work_->grows_in_steps();
  all.observed = work_->can_be_observed() ? &observed_part().report : nullptr;
  all.counted = no_counts_.empty() ? &counted_part().report.memory : nullptr;
  all.no_counts = no_counts_;
  return all;
}

/// Where the results go: opened before anything is measured, there when all of it is.
class destination {
 public:
  explicit destination(const request& what) {
    if (!what.trace.empty()) trace_.emplace(what.trace);
    if (!what.output.empty()) json_.emplace(what.output);
  }

  void write(const study_results& results, const std::string& json) {
    if (trace_) {
      for (const auto durations : {results.denoised, results.raw}) {
        trace_->write({reinterpret_cast<const char*>(durations.data()), durations.size_bytes()});
      }
      trace_->commit();
    }
    if (!json_) {
      std::cout << json << '\n';
      return;
    }
    json_->write(json + '\n');
    json_->commit();
  }

 private:
  std::optional<harness::whole_file> trace_, json_;  // none where nothing was asked for
};

/// The child of count_memory().
void only_count_memory(builder build, const request& what) {
  const shared_memory shared(what.count_into, 2 * sizeof(pass_report));
  const auto reports = shared.as<pass_report>();
  build(what.set)->count_memory(reports[0], reports[1]);
}

}  // namespace

std::string study(builder build, const request& what, const labels& names, char** argv) {
  try {
    if (what.count_into >= 0) {
      only_count_memory(build, what);
      return {};
    }
    destination place(what);
    measurement measured(build, what, argv);
    measured.check_memory();
    const study_results results = measured.run();
    if (what.page_size == pages::huge && results.first->huge_bytes == 0) {
      return "huge pages: the kernel gave none";
    }
    place.write(results, to_json(results, names));
    return {};
  } catch (const will_not_fit&) {
    throw;
  } catch (const harness::output_error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw will_not_fit("n = " + std::to_string(what.set.n) +
                       " is more than memory can be had for; measure fewer entries");
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string no_huge_pages() {
  const std::string path = "/sys/kernel/mm/transparent_hugepage/enabled";
  std::ifstream file(path);
  std::string setting;
  std::getline(file, setting);
  if (setting.empty()) return "huge pages: " + path + " cannot be read";
  if (setting.find("[never]") != setting.npos) return "huge pages: " + path + " says never";
  return {};
}

void prepare_process(char** argv, pages page_size) {
  bool anew = !has_fixed_addresses() && request_fixed_addresses();
  const char* set = std::getenv(tunables);
  if (page_size == pages::huge && (set == nullptr || std::strcmp(set, with_huge_pages) != 0)) {
    setenv(tunables, with_huge_pages, 1);
    anew = true;
  }
  if (anew) execute_again(argv);
  if (page_size == pages::small) prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

}  // namespace harness::growth
