// Builds the part of the catalogue that belongs to one payload. Only the generated part_*.cpp
// files include this: each instantiates all workloads for one map and one payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "harness/catalogue.hpp"
#include "harness/fixture.hpp"
#include "maps/adapters/answer_check.hpp"
#include "mapscope/registry.hpp"
#include "workloads/hash.hpp"

namespace harness {

/// What a library draws at random belongs to the seed as well, where it can be told.
template <class Adapter, class Workload, class Payload>
std::unique_ptr<fixture> build(std::size_t n, std::uint64_t seed) {
  if constexpr (maps::has_seed<Adapter>) Adapter::fix_seed(seed);
  return fixture_of<Workload, Payload>::build(n, seed);
}

template <class Adapter, class Map, class Payload>
void add_variants(std::vector<variant>& variants, std::string_view hash) {
  const auto add = [&]<class... Workload>(std::tuple<Workload...>*) {
    (variants.push_back({Workload::name, hash, &build<Adapter, Workload, Payload>}), ...);
  };
  add(static_cast<workloads::all<Map, Payload>*>(nullptr));
}

template <class Adapter, class Payload>
using map_with_shared_hash =
    typename Adapter::template map<workloads::key_of<Payload>, workloads::value_of<Payload>,
                                   workloads::shared_hash>;

template <class Adapter, class Payload>
using map_with_own_hash = typename Adapter::template map_own_hash<workloads::key_of<Payload>,
                                                                  workloads::value_of<Payload>>;

template <class Adapter, class Payload>
std::string check_both(std::uint64_t seed) {
  std::string wrong = maps::answer_check<map_with_shared_hash<Adapter, Payload>, Payload>(seed);
  if constexpr (maps::has_own_hash<Adapter>) {
    if (wrong.empty()) {
      wrong = maps::answer_check<map_with_own_hash<Adapter, Payload>, Payload>(seed);
    }
  }
  return wrong;
}

template <class Adapter, class Payload>
payload_part make_part() {
  static_assert(maps::adapter<Adapter>, "an adapter has name, title and version()");
  payload_part part{
      {Payload::name, Payload::key_name, Payload::value_name}, {}, &check_both<Adapter, Payload>};
  add_variants<Adapter, map_with_shared_hash<Adapter, Payload>, Payload>(part.variants, shared_hash_name);
  if constexpr (maps::has_own_hash<Adapter>) {
    add_variants<Adapter, map_with_own_hash<Adapter, Payload>, Payload>(part.variants, own_hash_name);
  }
  return part;
}

}  // namespace harness
