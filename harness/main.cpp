// The only main. It is compiled once for each map.
#include MAPSCOPE_ADAPTER_HEADER

#include <string>
#include <tuple>
#include <vector>

#include "harness/application.hpp"
#include "harness/catalogue.hpp"
#if defined(MAPSCOPE_WATCHED)
#include "harness/backends/sim/sim.hpp"
#endif
#include "maps/adapters/concept.hpp"
#include "mapscope/payloads.hpp"
#include "mapscope/registry.hpp"
#include "workloads/hash.hpp"

namespace {

using adapter = adapters::MAPSCOPE_ADAPTER;

harness::map_info describe_map() {
  return {adapter::name,          adapter::title,          adapter::version(),
          MAPSCOPE_MAP_LIBRARIES, MAPSCOPE_ADAPTER_HEADER, maps::has_own_hash<adapter>};
}

std::vector<harness::workload_info> describe_workloads() {
  // Any map and payload will do: the words about a workload depend on neither.
  using payload = workloads::int_int;
  using map = adapter::map<std::uint64_t, std::uint64_t, workloads::shared_hash>;
  auto described = []<class... Workload>(std::tuple<Workload...>*) {
    return std::vector<harness::workload_info>{
        {Workload::name, std::string(Workload::summary), Workload::operation}...};
  }(static_cast<workloads::all<map, payload>*>(nullptr));
  const auto add = [&]<class Workload>(Workload*) {
    for (const auto& one : workloads::states) {
      if (one.family != Workload::family) continue;
      described.push_back(
          {one.name, Workload::summary_of(one.state), Workload::operation, one.family, one.state});
    }
  };
  [&]<class... Workload>(std::tuple<Workload...>*) {
    (add(static_cast<Workload*>(nullptr)), ...);
  }(static_cast<workloads::families<map, payload>*>(nullptr));
  return described;
}

std::vector<std::string_view> describe_hashes() {
  if (maps::has_own_hash<adapter>) return {harness::shared_hash_name, harness::own_hash_name};
  return {harness::shared_hash_name};
}

template <class Adapter>
auto memory_keeping_of() -> void (*)(bool) {
  if constexpr (maps::keeps_memory<Adapter>) {
    return &Adapter::keep_memory;
  } else {
    return nullptr;
  }
}

}  // namespace

int main(int argc, char** argv) {
  harness::catalogue known{describe_map(), describe_workloads(), describe_hashes(),
                           harness::all_payloads()};
  known.keep_memory = memory_keeping_of<adapter>();
#if defined(MAPSCOPE_WATCHED)
  known.make_sim = &harness::backends::make_sim;
#endif
  return harness::run_application(known, argc, argv);
}
