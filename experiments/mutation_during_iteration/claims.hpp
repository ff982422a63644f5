// What each library documents. Whatever is not `invalid` is also tried, and must come out as
// documented (mutation_test.cpp).
#pragma once

#include <array>

#include "experiments/mutation_during_iteration/outcomes.hpp"

namespace mutation {

inline constexpr auto all_claims = [] {
  using enum outcome;
  return std::array{
      claims{"hmap::map, range() (Go's cursor)",
             {safe, safe, safe, safe, safe, safe, safe, ends, ends, safe},
             "maps/hmap/range.hpp"},
      claims{"hmap::map, begin() to end()",
             {invalid, invalid, invalid, safe, safe, safe, invalid, invalid, invalid, invalid},
             "maps/hmap/map.hpp"},
      claims{"steady::map",
             {invalid, invalid, safe, safe, safe, safe, invalid, invalid, invalid, invalid},
             "maps/steady/map.hpp"},
      claims{"std::unordered_map",
             {safe, invalid, safe, safe, safe, safe, invalid, invalid, invalid, safe},
             "https://eel.is/c++draft/unord.req.general"},
      claims{"boost::unordered_map",
             {safe, invalid, safe, safe, safe, safe, invalid, invalid, invalid, safe},
             "https://www.boost.org/doc/libs/1_81_0/libs/unordered/doc/html/unordered.html"},
      claims{"boost::unordered_flat_map",
             {safe, invalid, safe, safe, safe, safe, invalid, invalid, invalid, safe},
             "https://www.boost.org/doc/libs/1_81_0/libs/unordered/doc/html/unordered.html"},
      claims{"absl::flat_hash_map",
             {safe, invalid, safe, safe, safe, safe, invalid, invalid, invalid, safe},
             "https://abseil.io/docs/cpp/guides/container"},
      claims{"absl::node_hash_map",
             {safe, invalid, safe, safe, safe, safe, invalid, invalid, invalid, safe},
             "https://abseil.io/docs/cpp/guides/container"},
      claims{
          "tsl::robin_map",
          {invalid, invalid, safe, repeated, invalid, invalid, invalid, invalid, invalid, invalid},
          "https://github.com/Tessil/robin-map (robin_map.h: iterators invalidation)"},
  };
}();

}  // namespace mutation
