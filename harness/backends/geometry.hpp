// The caches that are simulated: this machine's, or those of a processor that one does not have.
#pragma once

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace harness::backends {

struct cache_level {
  std::size_t bytes, ways;
};

/// Set-associative as well; as many ways as entries: fully associative.
struct tlb_level {
  std::size_t entries, ways;
};

struct geometry {
  std::string name;    // as in --cache
  std::string source;  // where the numbers are from
  std::size_t line, page;
  std::array<cache_level, 3> caches;  // data caches, nearest first
  std::array<tlb_level, 2> tlbs;
};

/// Thrown for a name that is not known and for a host that does not report its caches.
struct no_geometry : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// "host" and the processors of the table.
std::vector<std::string_view> geometry_names();

geometry geometry_of(std::string_view name);

/// "LRU 48K/12 1M/16 32M/16, TLB 96/96 4096/16": sizes and ways.
std::string describe(const geometry& caches);

}  // namespace harness::backends
