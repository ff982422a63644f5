#include "harness/growth/study_json.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "harness/json.hpp"
#include "harness/judge.hpp"
#include "harness/latency/clock_json.hpp"
#include "harness/latency/open_loop.hpp"
#include "harness/machine.hpp"

namespace growth {
namespace {

using harness::json::array, harness::json::boolean, harness::json::number, harness::json::object,
    harness::json::quoted;

constexpr const char* format = "1";
constexpr const char* null = "null";

std::string whole(std::uint64_t n) { return std::to_string(n); }
std::string whole_or_null(std::uint64_t n) { return n == never ? null : whole(n); }

std::string mix_name(workloads::growth_mix mix) {
  switch (mix) {
    case workloads::growth_mix::insert: return "insert";
    case workloads::growth_mix::mixed: return "mixed";
    case workloads::growth_mix::churn: return "churn";
  }
  return {};
}

/// Where there is nothing of a kind (lookups in an insert-only run) there is no summary.
std::string summary_or_null(const summary& of) { return of.count == 0 ? null : to_json(of); }

std::string parts_json(const parts& of) {
  return object({{"allocation_ns", number(of.allocation_ns)},
                 {"migration_ns", number(of.migration_ns)},
                 {"overflow_ns", number(of.overflow_ns)},
                 {"release_ns", number(of.release_ns)},
                 {"longest_release_ns", number(of.longest_release_ns)},
                 {"chains", whole(of.chains)},
                 {"overflow_buckets", whole(of.overflow_buckets)},
                 {"releases", whole(of.releases)}});
}

std::string memory_json(const event_memory& of, bool drained) {
  return object({{"bytes_before", whole(of.bytes_before)},
                 {"bytes_after", whole(of.bytes_after)},
                 {"bytes_peak", whole(of.bytes_peak)},
                 {"bytes_drained", drained ? whole(of.bytes_drained) : null},
                 {"trigger_faults", whole(of.trigger_faults)},
                 {"drain_faults", drained ? whole(of.drain_faults) : null}});
}

double time_between(std::span<const float> trace, std::uint64_t first, std::uint64_t last) {
  return std::accumulate(trace.begin() + static_cast<std::ptrdiff_t>(first),
                         trace.begin() + static_cast<std::ptrdiff_t>(last) + 1, 0.0);
}

/// The observer's first growth is the first that finds a table there.
std::string parts_of(const study_results& of, std::size_t index) {
  if (of.observed == nullptr) return null;
  std::size_t growths = 0, place = 0;
  for (std::size_t i = 0; i < of.first->events; ++i) {
    if (i == index) place = growths;
    growths += of.first->event_list[i].capacity_before > 0;
  }
  const bool is_growth = of.first->event_list[index].capacity_before > 0;
  if (!is_growth || growths != of.observed->observed) return null;
  return parts_json(of.observed->part_list[place]);
}

std::string event_json(const study_results& of, std::size_t index) {
  const event& one = of.first->event_list[index];
  const bool drained = one.drained_at != never;
  const std::uint64_t until = drained ? one.drained_at : of.denoised.size() - 1;
  const bool in_steps = of.grows_in_steps;
  return object(
      {{"operation", whole(one.operation)},
       {"entries", whole(one.entries)},
       {"capacity_before", whole(one.capacity_before)},
       {"capacity_after", whole(one.capacity_after)},
       {"trigger_ns", number(static_cast<double>(of.denoised[one.operation]))},
       {"trigger_raw_ns", number(static_cast<double>(of.raw[one.operation]))},
       {"drained_at", in_steps ? whole_or_null(one.drained_at) : null},
       {"drain_operations", in_steps ? whole(until - one.operation + 1) : null},
       {"drain_ns", in_steps ? number(time_between(of.denoised, one.operation, until)) : null},
       {"drain_max_ns", in_steps
                            ? number(static_cast<double>(*std::max_element(
                                  of.denoised.begin() + static_cast<std::ptrdiff_t>(one.operation),
                                  of.denoised.begin() + static_cast<std::ptrdiff_t>(until) + 1)))
                            : null},
       {"memory", of.counted ? memory_json(of.counted->events[index], drained) : null},
       {"parts", parts_of(of, index)}});
}

std::string events_json(const study_results& of) {
  std::vector<std::size_t> indices(of.first->events);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return array(indices, [&](std::size_t i) { return event_json(of, i); });
}

std::string resident_json(const pass_report& of, std::size_t n, bool warm) {
  // A warm heap holds what the table before this one has left: it says nothing of this one.
  if (warm) return null;
  const auto per_entry = [&](std::uint64_t bytes) {
    return number(static_cast<double>(bytes - std::min(bytes, of.resident_floor)) /
                  static_cast<double>(n));
  };
  return object({{"floor_bytes", whole(of.resident_floor)},
                 {"peak_bytes", whole(of.resident_peak)},
                 {"final_bytes", whole(of.resident_final)},
                 {"peak_per_entry", per_entry(of.resident_peak)},
                 {"final_per_entry", per_entry(of.resident_final)},
                 {"huge_bytes", whole(of.huge_bytes)},
                 {"minor_faults", whole(of.minor_faults)}});
}

std::string counted_json(const memory_report& of, std::size_t operations) {
  const std::span<const sample> samples(of.sawtooth.data(), of.samples);
  return object({{"allocations", whole(of.allocations)},
                 {"allocations_per_operation",
                  number(static_cast<double>(of.allocations) / static_cast<double>(operations))},
                 {"frees", whole(of.frees)},
                 {"final_bytes", whole(of.bytes_final)},
                 {"peak_bytes", whole(of.bytes_peak)},
                 {"bytes_after_erasing", whole(of.bytes_after_erasing)},
                 {"bytes_after_clearing", whole(of.bytes_after_clearing)},
                 {"sawtooth", array(samples, [](const sample& one) {
                    return array(std::array{one.entries, one.bytes}, whole);
                  })}});
}

std::string or_null(double ns) { return ns > 0 ? number(ns) : null; }

std::string drain_times_json(const study_results& of, std::size_t operation) {
  std::vector<std::pair<std::string_view, std::string>> states;
  for (std::size_t state = 0; state < drain_states; ++state) {
    states.emplace_back(drain_state_names[state], array(of.drains, [&](const drain_report* one) {
                          return or_null(one->ns[operation][state]);
                        }));
  }
  return object(states);
}

std::string drain_json(const study_results& of) {
  if (of.drained == nullptr) return null;
  std::vector<std::pair<std::string_view, std::string>> operations;
  for (std::size_t i = 0; i < drain_operations.size(); ++i) {
    operations.emplace_back(drain_operations[i], drain_times_json(of, i));
  }
  const auto bytes = [&](std::size_t state) {
    return array(of.drains, [state](const drain_report* one) {
      return whole(one->resident[state] - std::min(one->resident[state], one->floor));
    });
  };
  std::vector<std::pair<std::string_view, std::string>> resident;
  for (std::size_t state = 0; state < drain_states; ++state) {
    resident.emplace_back(drain_state_names[state], bytes(state));
  }
  return object({{"entries", whole(of.drained->entries)},
                 {"capacity_before", whole(of.drained->capacity_before)},
                 {"capacity_after", whole(of.drained->capacity_after)},
                 {"stuck_at", whole(of.drains.front()->stuck_at)},
                 {"ns", object(operations)},
                 {"resident_bytes", object(resident)}});
}

std::string open_loop_json(const study_results& of, std::string_view name, latency::arrivals kind,
                           double gap_ns) {
  const latency::histogram responses =
      latency::replay(of.denoised, {kind, gap_ns, of.what.set.seed});
  return object({{"name", quoted(name)},
                 {"arrivals", quoted(kind == latency::arrivals::fixed ? "fixed" : "poisson")},
                 {"per_second", number(1e9 / gap_ns)},
                 {"responses", to_json(summarise(responses))},
                 {"curve", to_json(curve_of(responses))}});
}

std::string open_loops_json(const study_results& of) {
  constexpr double million_a_second = 1000;
  const double mean = std::accumulate(of.denoised.begin(), of.denoised.end(), 0.0) /
                      static_cast<double>(of.denoised.size());
  using latency::arrivals;
  const std::array texts{open_loop_json(of, "1M/s", arrivals::fixed, million_a_second),
                         open_loop_json(of, "1M/s", arrivals::poisson, million_a_second),
                         open_loop_json(of, "half of its own", arrivals::fixed, 2 * mean),
                         open_loop_json(of, "half of its own", arrivals::poisson, 2 * mean)};
  return array(texts, [](const std::string& text) { return text; });
}

}  // namespace

std::string to_json(const study_results& of, const labels& names) {
  const settings& set = of.what.set;
  const auto written = [](const summary& one) { return to_json(one); };
  const auto if_any = [&](const summary& one) { return summary_or_null(one); };
  return object({{"mapscope_growth", quoted(format)},
                 {"cpu_model", harness::json::quoted(harness::cpu_model())},
                 {"kernel", harness::json::quoted(harness::kernel())},
                 {"map", quoted(names.map)},
                 {"kv", quoted(names.payload)},
                 {"n", whole(set.n)},
                 {"mix", quoted(mix_name(set.mix))},
                 {"churn", set.mix == workloads::growth_mix::churn ? whole(set.churn) : null},
                 {"reserved", boolean(set.reserved)},
                 {"memory", quoted(names.memory)},
                 {"pages", quoted(of.what.page_size == pages::small ? "small" : "huge")},
                 {"seed", whole(set.seed)},
                 {"repetitions", whole(of.what.repetitions)},
                 {"operations", whole(of.denoised.size())},
                 {"checksum", quoted(harness::hex(of.checksum))},
                 {"clock", latency::to_json(of.clock)},
                 {"need_bytes", whole(of.need_bytes)},
                 {"available_bytes", whole(of.available_bytes)},
                 {"null_loop", object({{"denoised", to_json(of.null_denoised)},
                                       {"raw", array(of.null_raw, written)}})},
                 {"denoised", object({{"inserts", to_json(of.inserts)},
                                      {"lookups", summary_or_null(of.lookups)},
                                      {"erases", summary_or_null(of.erases)},
                                      {"halves", array(of.halves, written)},
                                      {"curve", to_json(of.curve)},
                                      {"timeline", to_json(of.timeline)}})},
                 {"raw", object({{"inserts", array(of.raw_inserts, written)},
                                 {"lookups", array(of.raw_lookups, if_any)},
                                 {"erases", array(of.raw_erases, if_any)},
                                 {"curve", to_json(of.raw_curve)}})},
                 {"reserve_ns", set.reserved ? number(of.first->reserve_ns) : null},
                 {"grows_in_steps", boolean(of.grows_in_steps)},
                 {"events", events_json(of)},
                 {"drain", drain_json(of)},
                 {"open_loop", open_loops_json(of)},
                 {"involuntary_switches", whole(of.switches)},
                 {"resident", resident_json(*of.first, set.n, set.warm)},
                 {"counted", of.counted ? counted_json(*of.counted, of.denoised.size()) : null},
                 {"why_not_counted", of.counted ? null : quoted(of.no_counts)}});
}

}  // namespace growth
