#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "maps/concurrent/sharded.hpp"
#include "steady/map.hpp"
#include "steady/version.hpp"

namespace adapters {

struct sharded_steady {
  static constexpr std::string_view name = "sharded_steady";
  static constexpr std::string_view title = "concurrent::sharded<steady::map>";

  static std::string version() { return STEADY_VERSION; }

  /// A shard's table stays in the heap until 1 MB instead of 96 KB. Hundreds of tables in address
  /// ranges of gigabytes each have hundreds of page tables with a few entries each: at a million
  /// entries that cost lookups a tenth to a quarter (DESIGN.md of maps/concurrent).
  struct shard_traits : ::steady::default_traits {
    static constexpr std::size_t heap_bytes = std::size_t{1} << 20;
  };

  template <class Key, class Value, class Hash>
  using map =
      concurrent::sharded<::steady::map<Key, Value, Hash, ::steady::equal_to<Key>,
                                        std::allocator<std::pair<const Key, Value>>, shard_traits>>;
};

}  // namespace adapters
