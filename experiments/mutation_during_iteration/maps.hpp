// The ways to iterate, in the order of the table's rows.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "hmap/map.hpp"
#include "steady/map.hpp"
#if defined(MUTATION_HAS_BOOST)
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered_map.hpp>
#endif
#if defined(MUTATION_HAS_ABSL)
#include <absl/container/flat_hash_map.h>
#include <absl/container/node_hash_map.h>
#endif
#if defined(MUTATION_HAS_TSL)
#include <tsl/robin_map.h>
#endif

#include "experiments/mutation_during_iteration/claims.hpp"
#include "experiments/mutation_during_iteration/trial.hpp"

namespace mutation {

struct subject {
  const claims* claimed;
  /// Null where the library is missing.
  outcome (*found)(change);
};

template <class Map, template <class> class Iteration = by_iterator>
constexpr subject subject_of(const claims& claimed) {
  return {&claimed, &worst_of<Map, Iteration>};
}

inline std::vector<subject> subjects() {
  using value = std::uint64_t;
  std::vector<subject> all{
      subject_of<hmap::map<key, value>, by_cursor>(all_claims[0]),
      subject_of<hmap::map<key, value>>(all_claims[1]),
      subject_of<steady::map<key, value>>(all_claims[2]),
      subject_of<std::unordered_map<key, value>>(all_claims[3]),
  };
#if defined(MUTATION_HAS_BOOST)
  all.push_back(subject_of<boost::unordered_map<key, value>>(all_claims[4]));
  all.push_back(subject_of<boost::unordered_flat_map<key, value>>(all_claims[5]));
#else
  all.push_back({&all_claims[4], nullptr});
  all.push_back({&all_claims[5], nullptr});
#endif
#if defined(MUTATION_HAS_ABSL)
  all.push_back(subject_of<absl::flat_hash_map<key, value>>(all_claims[6]));
  all.push_back(subject_of<absl::node_hash_map<key, value>>(all_claims[7]));
#else
  all.push_back({&all_claims[6], nullptr});
  all.push_back({&all_claims[7], nullptr});
#endif
#if defined(MUTATION_HAS_TSL)
  all.push_back(subject_of<tsl::robin_map<key, value>>(all_claims[8]));
#else
  all.push_back({&all_claims[8], nullptr});
#endif
  return all;
}

}  // namespace mutation
