// Builds the part of the catalogue that belongs to one payload. Only the generated <payload>.cpp
// files include this: each instantiates all workloads for one map with one hash and one payload.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "harness/catalogue.hpp"
#include "harness/fixture.hpp"
#include "maps/adapters/answer_check.hpp"
#include "maps/adapters/growing.hpp"
#include "maps/adapters/slots.hpp"
#include "mapscope/registry.hpp"
#include "workloads/hash.hpp"
#include "workloads/state.hpp"
#include "workloads/workload.hpp"

namespace harness {

/// What a library draws at random belongs to the seed as well, where the library accepts one.
template <class Adapter>
void fix_seed(std::uint64_t seed) {
  if constexpr (maps::has_seed<Adapter>) Adapter::fix_seed(seed);
}

/// The full tables of this type in `shared`, where there is such a place and they are of this
/// order; else new ones, which are then put there.
template <class Tables>
std::shared_ptr<Tables> tables_for(const order& what, const workloads::key_pool& pool) {
  if (what.shared == nullptr) return std::make_shared<Tables>(pool);
  if (what.shared->tables == nullptr) what.shared->tables = std::make_shared<Tables>(pool);
  return std::static_pointer_cast<Tables>(what.shared->tables);
}

template <class Adapter, workloads::workload Workload, class Payload>
std::unique_ptr<fixture> build(const order& what) {
  fix_seed<Adapter>(what.seed);
  const workloads::key_pool pool(what.n, what.seed, what.keys);
  if constexpr (workloads::reads_full_tables<Workload>) {
    const auto tables = tables_for<typename Workload::tables>(what, pool);
    return std::make_unique<fixture_of<Workload, Payload>>(pool, tables, what.seed);
  } else {
    return std::make_unique<fixture_of<Workload, Payload>>(pool, pool, what.seed);
  }
}

template <class Adapter, class Map, class Payload>
std::vector<table_memory> weigh(const weighing_order& what) {
  fix_seed<Adapter>(what.seed);
  const workloads::key_pool pool(what.sizes.back(), what.seed, what.keys);
  return weigh_tables<Map, Payload>(pool, what.sizes, what.loads);
}

template <class Adapter, class Map>
workloads::setting<Map> setting_of(const order& what) {
  workloads::setting<Map> found{.state = what.state, .cold_bytes = what.cold_bytes};
  if constexpr (maps::has_bucket_count<Map>) found.capacity = &maps::capacity_of<Map>;
  if constexpr (maps::grows_in_steps<Adapter, Map>) {
    found.growing = &maps::growth_in_progress<Adapter, Map>;
  }
  found.never_half_grown = maps::why_never_half_grown<Adapter>();
  if constexpr (maps::reports_slots<Adapter, Map>) found.slots = &maps::slots_of<Adapter, Map>;
  found.no_slots = maps::why_no_slots<Adapter>();
  return found;
}

template <class Adapter, class Map, class Workload, class Payload>
std::unique_ptr<fixture> build_state(const order& what) {
  static_assert(workloads::workload_of_states<Workload, Map>);
  fix_seed<Adapter>(what.seed);
  const workloads::key_pool pool(what.n, what.seed, what.keys);
  return std::make_unique<fixture_of<Workload, Payload>>(pool, pool, what.seed,
                                                         setting_of<Adapter, Map>(what));
}

template <class Adapter, class Map, class Payload, class Part>
void add_variants(std::vector<variant>& variants, std::string_view hash) {
  const auto add = [&]<class... Workload>(std::tuple<Workload...>*) {
    (variants.push_back({Workload::name, hash, {}, false, &build<Adapter, Workload, Payload>}),
     ...);
  };
  add(static_cast<typename Part::template workloads<Map, Payload>*>(nullptr));

  const auto add_states = [&]<class Workload>(Workload*) {
    for (const auto& one : workloads::states) {
      if (one.family != Workload::family) continue;
      variants.push_back({one.name, hash, one.state, Workload::is_only_timed(one.state),
                          &build_state<Adapter, Map, Workload, Payload>});
    }
  };
  [&]<class... Workload>(std::tuple<Workload...>*) {
    (add_states(static_cast<Workload*>(nullptr)), ...);
  }(static_cast<typename Part::template families<Map, Payload>*>(nullptr));
}

template <class Adapter, class Payload>
using map_with_shared_hash =
    typename Adapter::template map<workloads::key_of<Payload>, workloads::value_of<Payload>,
                                   workloads::shared_hash>;

template <class Adapter, class Payload>
using map_with_own_hash = typename Adapter::template map_own_hash<workloads::key_of<Payload>,
                                                                  workloads::value_of<Payload>>;

/// `Map`: one of the above, whose hash has the name `hash`. `Part`: which workloads, of those in
/// mapscope/registry.hpp.
template <class Adapter, class Map, class Payload, class Part>
payload_entry make_payload_entry(std::string_view hash) {
  static_assert(maps::adapter<Adapter>, "an adapter has name, title and version()");
  if constexpr (std::same_as<Part, workloads::further_part>) {
    static_assert(maps::require_further_map<Map>());
  }
  payload_entry part{info_of<Payload>(), {}, &maps::answer_check<Map, Payload>};
  if constexpr (std::same_as<Part, workloads::main_part> && !workloads::observer::is_watched) {
    part.weigh = &weigh<Adapter, Map, Payload>;
  }
  add_variants<Adapter, Map, Payload, Part>(part.variants, hash);
  return part;
}

}  // namespace harness
