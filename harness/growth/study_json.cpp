#include "harness/growth/study_json.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "harness/json.hpp"
#include "harness/latency/clock_json.hpp"
#include "harness/latency/open_loop.hpp"
#include "harness/machine.hpp"
#include "harness/result_check.hpp"

namespace harness::growth {
namespace {

constexpr const char* format = "1";

json whole_or_null(std::uint64_t n) { return n == never ? json() : json(n); }

json json_of(const summary& of) {
  return {{"count", of.count},
          {"total_ns", of.total_ns},
          {"max_ns", of.max_ns},
          {"percentiles_ns", of.percentiles},
          {"longer_than_10us_100us_1ms", of.longer}};
}

json json_of(const curve_point& point) { return json::array({point.share, point.ns}); }

json json_of(const span_of_time& one) {
  return json::array({static_cast<double>(one.first), one.p50, one.p99, one.max});
}

template <class Item>
json json_of(const std::vector<Item>& items) {
  return array_of(items, [](const Item& item) { return json_of(item); });
}

std::string mix_name(workloads::growth_mix mix) {
  switch (mix) {
    case workloads::growth_mix::insert: return "insert";
    case workloads::growth_mix::mixed: return "mixed";
    case workloads::growth_mix::churn: return "churn";
  }
  return {};
}

/// Where there is nothing of a kind (lookups in an insert-only run) there is no summary.
json summary_or_null(const summary& of) { return of.count == 0 ? json() : json_of(of); }

json json_of(const parts& of) {
  return {{"allocation_ns", of.allocation_ns},
          {"migration_ns", of.migration_ns},
          {"overflow_ns", of.overflow_ns},
          {"release_ns", of.release_ns},
          {"longest_release_ns", of.longest_release_ns},
          {"chains", of.chains},
          {"overflow_buckets", of.overflow_buckets},
          {"releases", of.releases}};
}

json memory_json(const event_memory& of, bool drained) {
  return {{"bytes_before", of.bytes_before},
          {"bytes_after", of.bytes_after},
          {"bytes_peak", of.bytes_peak},
          {"bytes_drained", drained ? json(of.bytes_drained) : json()},
          {"trigger_faults", of.trigger_faults},
          {"drain_faults", drained ? json(of.drain_faults) : json()}};
}

double time_between(std::span<const float> trace, std::uint64_t first, std::uint64_t last) {
  return std::accumulate(trace.begin() + static_cast<std::ptrdiff_t>(first),
                         trace.begin() + static_cast<std::ptrdiff_t>(last) + 1, 0.0);
}

/// The observer's first growth is the first that finds a table there.
json parts_of(const study_results& of, std::size_t index) {
  if (of.observed == nullptr) return {};
  std::size_t growths = 0, place = 0;
  for (std::size_t i = 0; i < of.first->events; ++i) {
    if (i == index) place = growths;
    growths += of.first->event_list[i].capacity_before > 0;
  }
  const bool is_growth = of.first->event_list[index].capacity_before > 0;
  if (!is_growth || growths != of.observed->observed) return {};
  return json_of(of.observed->part_list[place]);
}

float longest_between(std::span<const float> trace, std::uint64_t first, std::uint64_t last) {
  return *std::max_element(trace.begin() + static_cast<std::ptrdiff_t>(first),
                           trace.begin() + static_cast<std::ptrdiff_t>(last) + 1);
}

json event_json(const study_results& of, std::size_t index) {
  const event& one = of.first->event_list[index];
  const bool drained = one.drained_at != never;
  const std::uint64_t until = drained ? one.drained_at : of.denoised.size() - 1;
  const auto in_steps = [&](json value) { return of.grows_in_steps ? value : json(); };
  return {{"operation", one.operation},
          {"entries", one.entries},
          {"capacity_before", one.capacity_before},
          {"capacity_after", one.capacity_after},
          {"trigger_ns", static_cast<double>(of.denoised[one.operation])},
          {"trigger_raw_ns", static_cast<double>(of.raw[one.operation])},
          {"drained_at", in_steps(whole_or_null(one.drained_at))},
          {"drain_operations", in_steps(until - one.operation + 1)},
          {"drain_ns", in_steps(time_between(of.denoised, one.operation, until))},
          {"drain_max_ns",
           in_steps(static_cast<double>(longest_between(of.denoised, one.operation, until)))},
          {"memory", of.counted ? memory_json(of.counted->events[index], drained) : json()},
          {"parts", parts_of(of, index)}};
}

json events_json(const study_results& of) {
  json all = json::array();
  for (std::size_t i = 0; i < of.first->events; ++i) all.push_back(event_json(of, i));
  return all;
}

json resident_json(const pass_report& of, std::size_t n, bool warm) {
  // A warm heap holds what the table before this one has left: it says nothing of this one.
  if (warm) return {};
  const auto per_entry = [&](std::uint64_t bytes) {
    return static_cast<double>(bytes - std::min(bytes, of.resident_floor)) / static_cast<double>(n);
  };
  return {{"floor_bytes", of.resident_floor},
          {"peak_bytes", of.resident_peak},
          {"final_bytes", of.resident_final},
          {"peak_per_entry", per_entry(of.resident_peak)},
          {"final_per_entry", per_entry(of.resident_final)},
          {"huge_bytes", of.huge_bytes},
          {"minor_faults", of.minor_faults}};
}

json counted_json(const memory_report& of, std::size_t operations) {
  const std::span<const sample> samples(of.sawtooth.data(), of.samples);
  return {{"allocations", of.allocations},
          {"allocations_per_operation",
           static_cast<double>(of.allocations) / static_cast<double>(operations)},
          {"frees", of.frees},
          {"final_bytes", of.bytes_final},
          {"peak_bytes", of.bytes_peak},
          {"bytes_after_erasing", of.bytes_after_erasing},
          {"bytes_after_clearing", of.bytes_after_clearing},
          {"sawtooth", array_of(samples, [](const sample& one) {
             return json::array({one.entries, one.bytes});
           })}};
}

json drain_times_json(const study_results& of, std::size_t operation) {
  json states = json::object();
  for (std::size_t state = 0; state < drain_states; ++state) {
    states[drain_state_names[state]] = array_of(of.drains, [&](const drain_report* one) {
      const double ns = one->ns[operation][state];
      return ns > 0 ? json(ns) : json();
    });
  }
  return states;
}

json drain_json(const study_results& of) {
  if (of.drained == nullptr) return {};
  json operations = json::object(), resident = json::object();
  for (std::size_t i = 0; i < drain_operations.size(); ++i) {
    operations[drain_operations[i]] = drain_times_json(of, i);
  }
  for (std::size_t state = 0; state < drain_states; ++state) {
    resident[drain_state_names[state]] = array_of(of.drains, [state](const drain_report* one) {
      return one->resident[state] - std::min(one->resident[state], one->floor);
    });
  }
  return {{"entries", of.drained->entries},
          {"capacity_before", of.drained->capacity_before},
          {"capacity_after", of.drained->capacity_after},
          {"stuck_at", of.drains.front()->stuck_at},
          {"ns", operations},
          {"resident_bytes", resident}};
}

json open_loop_json(const study_results& of, std::string_view name, latency::arrivals kind,
                    double gap_ns) {
  const latency::histogram responses =
      latency::replay(of.denoised, {kind, gap_ns, of.what.set.seed});
  return {{"name", name},
          {"arrivals", kind == latency::arrivals::fixed ? "fixed" : "poisson"},
          {"per_second", 1e9 / gap_ns},
          {"responses", json_of(summarise(responses))},
          {"curve", json_of(curve_of(responses))}};
}

json open_loops_json(const study_results& of) {
  constexpr double million_a_second = 1000;
  const double mean = std::accumulate(of.denoised.begin(), of.denoised.end(), 0.0) /
                      static_cast<double>(of.denoised.size());
  using latency::arrivals;
  return json::array({open_loop_json(of, "1M/s", arrivals::fixed, million_a_second),
                      open_loop_json(of, "1M/s", arrivals::poisson, million_a_second),
                      open_loop_json(of, "half of its own", arrivals::fixed, 2 * mean),
                      open_loop_json(of, "half of its own", arrivals::poisson, 2 * mean)});
}

/// The settings and the machine.
json header_json(const study_results& of, const labels& names) {
  const settings& set = of.what.set;
  return {{"mapscope_growth", format},
          {"cpu_model", cpu_model()},
          {"kernel", kernel()},
          {"map", names.map},
          {"kv", names.payload},
          {"n", set.n},
          {"mix", mix_name(set.mix)},
          {"churn", set.mix == workloads::growth_mix::churn ? json(set.churn) : json()},
          {"reserved", set.reserved},
          {"memory", names.memory},
          {"pages", of.what.page_size == pages::small ? "small" : "huge"},
          {"seed", set.seed},
          {"repetitions", of.what.repetitions},
          {"operations", of.denoised.size()},
          {"checksum", hex(of.checksum)},
          {"clock", latency::json_of(of.clock)},
          {"need_bytes", of.need_bytes},
          {"available_bytes", of.available_bytes}};
}

}  // namespace

std::string to_json(const study_results& of, const labels& names) {
  const settings& set = of.what.set;
  const auto if_any = [](const summary& one) { return summary_or_null(one); };
  json all = header_json(of, names);
  all["null_loop"] = {{"denoised", json_of(of.null_denoised)}, {"raw", json_of(of.null_raw)}};
  all["denoised"] = {
      {"inserts", json_of(of.inserts)},       {"lookups", summary_or_null(of.lookups)},
      {"erases", summary_or_null(of.erases)}, {"halves", json_of(of.halves)},
      {"curve", json_of(of.curve)},           {"timeline", json_of(of.timeline)}};
  all["raw"] = {{"inserts", json_of(of.raw_inserts)},
                {"lookups", array_of(of.raw_lookups, if_any)},
                {"erases", array_of(of.raw_erases, if_any)},
                {"curve", json_of(of.raw_curve)}};
  all["reserve_ns"] = set.reserved ? json(of.first->reserve_ns) : json();
  all["grows_in_steps"] = of.grows_in_steps;
  all["events"] = events_json(of);
  all["drain"] = drain_json(of);
  all["open_loop"] = open_loops_json(of);
  all["involuntary_switches"] = of.switches;
  all["resident"] = resident_json(*of.first, set.n, set.warm);
  all["counted"] = of.counted ? counted_json(*of.counted, of.denoised.size()) : json();
  all["why_not_counted"] = of.counted ? json() : json(of.no_counts);
  return to_line(all);
}

}  // namespace harness::growth
