// Tables of a workload: how many, how they are filled and read back, and how long a pass is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "workloads/keys.hpp"

namespace workloads {

/// A pass shorter than this would be measured against the clock's own cost (some 20 ns a reading).
inline constexpr std::size_t least_operations = 4096;

/// Enough for a random sample of a large table in each pass. Few enough that a pass is over before
/// the core's other thread gets busy, mostly, and that reading the keys leaves most of a
/// second-level cache to the table: 64 KB of integers.
inline constexpr std::size_t most_lookups = 8192;

constexpr std::size_t lookups_for(std::size_t n) noexcept {
  return std::clamp(n, least_operations, most_lookups);
}

/// Of a pass that changes a table, the keys of one step in so many are looked up again afterwards:
/// all of them would take as long as the pass. The counts of what changed check every step.
inline constexpr std::size_t checked_step = 8;

/// Small tables come in numbers, so that a pass is long enough.
constexpr std::size_t tables_for(std::size_t n) noexcept { return (least_operations + n - 1) / n; }

template <class Map>
std::vector<Map> make_tables(std::size_t count) {
  std::vector<Map> tables(count);
  observer::is_header(tables.data(), tables.size() * sizeof(Map));
  return tables;
}

/// Puts `n` entries into `table`, growing it as it goes, starting with the present id `first`.
template <class Payload, class Map>
void fill(Map& table, const key_pool& pool, std::size_t first = 0) {
  entry<Payload> slot;
  for (std::size_t i = first; i < first + pool.size(); ++i) {
    observer::entries_to_come(first + pool.size() - i);
    pool.encode(pool.present(i), slot);
    table.try_emplace(slot.key, slot.value);
  }
}

template <class Payload, class Map>
void fill(std::vector<Map>& tables, const key_pool& pool) {
  for (std::size_t t = 0; t < tables.size(); ++t) {
    fill<Payload>(tables[t], pool, t * pool.size());
  }
}

/// Reads every entry, each of them one operation; independent of their order.
template <class Map>
std::uint64_t sum_of_entries(const Map& table) {
  std::uint64_t sum = 0;
  for (auto&& [key, value] : table) {
    sum += entry_digest(key, value);
    observer::operation_done();
  }
  return sum;
}

/// What the entries present(0) .. present(count - 1) must add up to.
template <class Payload>
std::uint64_t expected_sum(const key_pool& pool, std::size_t count) {
  [[maybe_unused]] const observer::untracked_scope bookkeeping{};
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += pool.entry_digest<Payload>(pool.present(i));
  return sum;
}

}  // namespace workloads
