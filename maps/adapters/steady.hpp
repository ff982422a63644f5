#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "steady/inspect.hpp"
#include "steady/map.hpp"
#include "steady/version.hpp"

namespace adapters {

struct steady {
  static constexpr std::string_view name = "steady", title = "steady::map";

  static std::string version() { return STEADY_VERSION; }
  static void fix_seed(std::uint64_t seed) { ::steady::fix_random_seed(seed); }

  /// As the heap does in the same mode: all that tables leave, or nothing.
  static void keep_memory(bool all) {
    ::steady::set_kept_pages_limit(all ? std::numeric_limits<std::size_t>::max() : 0);
  }

  template <class Key, class Value, class Hash>
  using map = ::steady::map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = ::steady::map<Key, Value>;

  template <class Map>
  static std::size_t slots(const Map& map) {
    const auto counts = ::steady::inspect(map);
    return counts.buckets * ::steady::detail::bucket_slots + counts.in_nodes;
  }
  static constexpr std::string_view never_half_grown =
      "an insert splits one bucket completely, so iteration never meets a split half done";
};

}  // namespace adapters
