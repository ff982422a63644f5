// Builds the part of the catalogue that belongs to one payload of a concurrent map. Only generated
// files include this (cmake/Concurrent.cmake).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/catalogue.hpp"
#include "harness/concurrent/read_latency.hpp"
#include "harness/fixture.hpp"
#include "maps/adapters/concurrent/answer_check.hpp"
#include "maps/adapters/concurrent/concept.hpp"
#include "mapscope/concurrent_registry.hpp"
#include "workloads/concurrent/filling.hpp"
#include "workloads/concurrent/workload.hpp"
#include "workloads/hash.hpp"

namespace harness {

/// More threads than this are not offered.
inline constexpr std::size_t most_threads = 256;

/// A benchmark is a workload with a number of threads, a power of two: <workload>_t<threads>.
struct concurrent_benchmark {
  std::string name, state;
  std::string_view workload;
  std::size_t threads;
};

/// In the order of the workloads, then of the threads. Names stay where they are.
inline const std::vector<concurrent_benchmark>& concurrent_benchmarks() {
  static const std::vector<concurrent_benchmark> all = [] {
    std::vector<concurrent_benchmark> made;
    for (const std::string_view workload : workloads::concurrent_names) {
      for (std::size_t threads = 1; threads <= most_threads; threads *= 2) {
        std::string state("t");
        state.append(std::to_string(threads));
        std::string name(workload);
        name.append("_").append(state);
        made.push_back({std::move(name), std::move(state), workload, threads});
      }
    }
    return made;
  }();
  return all;
}

/// The one that a variant's name and state are those of.
inline const concurrent_benchmark& concurrent_benchmark_of(const order& what) {
  return *std::find_if(concurrent_benchmarks().begin(), concurrent_benchmarks().end(),
                       [&](const auto& one) { return one.name == what.state; });
}

template <class Adapter, class Payload>
using concurrent_map_of =
    typename Adapter::template map<workloads::key_of<Payload>, workloads::value_of<Payload>,
                                   workloads::shared_hash>;

template <class Adapter, class Payload, class Workload>
std::unique_ptr<fixture> build_concurrent(const order& what) {
  static_assert(workloads::concurrent_workload<Workload>);
  const concurrent_benchmark& named = concurrent_benchmark_of(what);
  const workloads::key_pool pool(what.n, what.seed, what.keys);
  const workloads::crowd given{named.workload, named.threads, what.seed,
                               maps::why_no_range<Adapter>(), maps::writes_copy<Adapter>()};
  std::shared_ptr<void> own;
  std::shared_ptr<void>& shared = what.shared != nullptr ? what.shared->tables : own;
  return std::make_unique<fixture_of<Workload, Payload>>(pool, pool, given, shared);
}

/// Bytes of a table that grew; there is no room to reserve.
template <class Adapter, class Payload>
std::vector<table_memory> weigh_concurrent(const weighing_order& what) {
  using map = concurrent_map_of<Adapter, Payload>;
  workloads::enter_thread<typename maps::thread_scope_of<Adapter>::type>();
  const workloads::key_pool pool(what.sizes.back(), what.seed, what.keys);
  std::vector<table_memory> found;
  const held_meter meter;
  const auto table = std::make_unique<map>();
  std::size_t filled = 0;
  for (const std::size_t n : what.sizes) {
    workloads::fill_concurrent<Payload>(*table, pool, n - filled,
                                        [&](std::size_t i) { return pool.present(filled + i); });
    filled = n;
    const std::uint64_t now = meter.now();
    found.push_back({n, now, held_meter::with_peak(now), {}});
  }
  return found;
}

template <class Adapter, class Payload>
payload_entry make_concurrent_entry() {
  static_assert(maps::adapter<Adapter>, "an adapter has name, title and version()");
  using map = concurrent_map_of<Adapter, Payload>;
  static_assert(maps::require_concurrent_map<map, workloads::key_of<Payload>,
                                             workloads::value_of<Payload>>());
  using scope = typename maps::thread_scope_of<Adapter>::type;
  payload_entry part{info_of<Payload>(), {}, &maps::concurrent_answer_check<map, Payload, scope>};
  part.weigh = &weigh_concurrent<Adapter, Payload>;
  part.measure_read_latency = [](const workloads::key_pool& pool) {
    return read_latency_measurement<map, Payload, scope>(pool).run();
  };
  for (const concurrent_benchmark& one : concurrent_benchmarks()) {
    workloads::with_concurrent_class<map, Payload, scope>(one.workload, [&]<class Workload>() {
      part.variants.push_back({one.name, shared_hash_name, one.name, false,
                               &build_concurrent<Adapter, Payload, Workload>});
    });
  }
  return part;
}

template <class Adapter>
std::vector<workload_info> describe_concurrent_workloads() {
  using payload = workloads::int_int;
  using map = concurrent_map_of<Adapter, payload>;
  std::vector<workload_info> described;
  for (const concurrent_benchmark& one : concurrent_benchmarks()) {
    workloads::with_concurrent_class<map, payload, maps::no_thread_scope>(
        one.workload, [&]<class Workload>() {
          std::string summary = Workload::summary_of(one.workload);
          summary.append(", ").append(std::to_string(one.threads));
          summary.append(one.threads == 1 ? " thread" : " threads");
          described.push_back(
              {one.name, std::move(summary), Workload::operation, one.workload, one.state});
        });
  }
  return described;
}

}  // namespace harness
