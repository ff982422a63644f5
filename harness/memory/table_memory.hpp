// What a table of n entries takes in memory.
//
//   weigh_tables<Map, Payload>(pool, sizes)   at each size, in bytes:
//     grown      the table that inserting n entries has left
//     peak       the most while it was filled so far
//     reserved   a table that had room for n from the start
//     at_load    per entry: a table of at least n entries that is about to grow, its maximum load
//                factor set to so many percent; none where the map does not take that
//
// Bytes are what the process holds: chunks of the allocator with their headers, and resident pages
// of what the map has mapped itself. The table object and the blocks of strings are in them; keys
// and values that are not in the table are not. Exact, and the same each time, with glibc.
// Costs: as many inserts as the largest size, and as all sizes together for those that are
// reserved.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/memory/allocations.hpp"
#include "workloads/further/find_load.hpp"
#include "workloads/keys.hpp"
#include "workloads/tables.hpp"

namespace harness {

struct table_memory {
  std::size_t n;
  std::uint64_t grown, peak;
  std::optional<std::uint64_t> reserved = {};  // none of a map that has no room to reserve
  std::map<unsigned, double> at_load = {};
};

/// Bytes held since it was made, now and at most.
class held_meter {
 public:
  held_meter() noexcept : floor_(held_bytes()) {
    mapscope_allocations()->peak = mapscope_allocations()->bytes;
  }

  std::uint64_t now() const noexcept { return held_bytes() - floor_; }

  /// The most that was held, where `now` is: of the heap, where an array is copied, which is one
  /// chunk more than now.
  static std::uint64_t with_peak(std::uint64_t now) noexcept {
    const allocation_totals& totals = *mapscope_allocations();
    const std::uint64_t more = totals.peak - totals.bytes;
    return now + (more > 0 ? more + chunk_header_bytes : 0);
  }

 private:
  std::uint64_t floor_;
};

/// Puts present(first) .. present(last - 1) into a table, and leaves nothing else behind.
template <class Payload, class Map>
void fill_part(Map& table, const workloads::key_pool& pool, std::size_t first, std::size_t last) {
  workloads::entry<Payload> slot;
  for (std::size_t i = first; i < last; ++i) {
    pool.encode(pool.present(i), slot);
    table.try_emplace(slot.key, slot.value);
  }
}

/// Bytes per entry; none where the map cannot be set to such a load factor.
template <class Map, class Payload>
std::optional<double> weigh_at_load(const workloads::key_pool& pool, unsigned percent) {
  try {
    const std::size_t count = workloads::full_size<Payload, Map>(pool, percent);
    const held_meter meter;
    const auto table = std::make_unique<Map>();
    workloads::set_load(*table, percent);
    fill_part<Payload>(*table, pool, 0, count);
    return static_cast<double>(meter.now()) / static_cast<double>(count);
  } catch (const workloads::inapplicable&) {
    return {};
  }
}

/// `sizes` ascend. Only where allocations are counted.
template <class Map, class Payload>
std::vector<table_memory> weigh_tables(const workloads::key_pool& pool,
                                       std::span<const std::size_t> sizes,
                                       std::span<const unsigned> loads = {}) {
  std::vector<table_memory> found(sizes.size());
  {
    const held_meter meter;
    const auto table = std::make_unique<Map>();
    std::size_t filled = 0;
    for (std::size_t i = 0; i < sizes.size(); filled = sizes[i], ++i) {
      fill_part<Payload>(*table, pool, filled, sizes[i]);
      const std::uint64_t now = meter.now();
      found[i] = {sizes[i], now, held_meter::with_peak(now)};
    }
  }
  for (table_memory& one : found) {
    const held_meter meter;
    const auto table = std::make_unique<Map>();
    table->reserve(one.n);
    fill_part<Payload>(*table, pool, 0, one.n);
    one.reserved = meter.now();
  }
  for (table_memory& one : found) {
    for (const unsigned percent : loads) {
      const auto held = weigh_at_load<Map, Payload>(workloads::key_pool(one.n, pool), percent);
      if (held) one.at_load[percent] = *held;
    }
  }
  return found;
}

struct weighing_order {
  std::vector<std::size_t> sizes;
  std::uint64_t seed;
  workloads::key_set keys;
  std::vector<unsigned> loads;
};

using table_weigher = std::vector<table_memory> (*)(const weighing_order&);

/// Starts the program anew with the library that counts allocations, where it is not there yet.
/// Returns only once they are counted, or why that cannot be.
std::optional<std::string> why_not_counted(char** argv);

}  // namespace harness
