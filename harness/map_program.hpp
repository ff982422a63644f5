// The program of one map: only the generated main.cpp files include this, one for each binary.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/application.hpp"
#include "harness/catalogue.hpp"
#if defined(MAPSCOPE_WATCHED)
#include "harness/backends/sim/sim.hpp"
#endif
#include "maps/adapters/concept.hpp"
#include "mapscope/registry.hpp"
#include "workloads/hash.hpp"

namespace harness {

template <class Adapter>
map_info describe_map(std::string_view libraries, std::string_view header) {
  return {Adapter::name, Adapter::title, Adapter::version(),
          libraries,     header,         maps::has_own_hash<Adapter>};
}

template <class Adapter, class Part>
std::vector<workload_info> describe_workloads() {
  // Any payload will do: the words about a workload depend neither on it nor on the map.
  using payload = workloads::int_int;
  using map = typename Adapter::template map<std::uint64_t, std::uint64_t, workloads::shared_hash>;
  auto described = []<class... Workload>(std::tuple<Workload...>*) {
    return std::vector<workload_info>{
        {Workload::name, std::string(Workload::summary), Workload::operation}...};
  }(static_cast<typename Part::template workloads<map, payload>*>(nullptr));
  const auto add = [&]<class Workload>(Workload*) {
    for (const auto& one : workloads::states) {
      if (one.family != Workload::family) continue;
      described.push_back(
          {one.name, Workload::summary_of(one.state), Workload::operation, one.family, one.state});
    }
  };
  [&]<class... Workload>(std::tuple<Workload...>*) {
    (add(static_cast<Workload*>(nullptr)), ...);
  }(static_cast<typename Part::template families<map, payload>*>(nullptr));
  return described;
}

template <class Adapter>
auto memory_keeping_of() -> void (*)(bool) {
  if constexpr (maps::keeps_memory<Adapter>) {
    return &Adapter::keep_memory;
  } else {
    return nullptr;
  }
}

template <class Adapter, class Part>
int run_map_program(const map_info& map, std::vector<payload_entry> payloads, std::string_view hash,
                    int argc, char** argv) {
  catalogue known{map, describe_workloads<Adapter, Part>(), {hash}, std::move(payloads)};
  known.keep_memory = memory_keeping_of<Adapter>();
#if defined(MAPSCOPE_WATCHED)
  known.make_sim = &backends::make_sim;
#endif
  return run_application(known, argc, argv);
}

}  // namespace harness
