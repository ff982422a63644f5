// Filling a concurrent map before it is measured, and which workloads a map is left out of that
// copies itself for every write.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "workloads/concurrent/workload.hpp"
#include "workloads/keys.hpp"
#include "workloads/state.hpp"

namespace workloads {

/// Puts `count` entries in, of the ids id_of(0) .. id_of(count - 1): in one change, where the map
/// has such (snapshot).
template <class Payload, class Map, class IdOf>
void fill_concurrent(Map& map, const key_pool& pool, std::size_t count, IdOf id_of) {
  entry<Payload> slot;
  const auto each = [&](auto&& put) {
    for (std::size_t i = 0; i < count; ++i) {
      pool.encode(id_of(i), slot);
      put(slot.key, slot.value);
    }
  };
  if constexpr (requires { map.update([](auto&) {}); }) {
    map.update([&](auto& next) {
      each([&](const auto& key, const auto& value) { next.try_emplace(key, value); });
    });
  } else {
    each([&](const auto& key, const auto& value) { map.insert(key, value); });
  }
}

/// So many entries take a map that copies itself some ten milliseconds.
inline constexpr double usual_copies = 1e6;

/// Throws inapplicable where every write copies the table and a pass would copy so many entries
/// that it takes a fifth of a second or more.
inline void refuse_too_many_copies(const crowd& given, double writes, double entries) {
  if (!given.writes_copy || writes * entries <= 20 * usual_copies) return;
  throw inapplicable("each write copies the table: a pass would copy " +
                     std::to_string(static_cast<std::uint64_t>(writes * entries / 1e6)) +
                     " million entries");
}

/// How many operations a thread makes in a pass: fewer than `usual` where writes, a share of them,
/// copy the table.
inline std::size_t operations_of(const crowd& given, std::size_t usual, double share_of_writes,
                                 double entries) {
  if (given.operations > 0) return given.operations;
  if (!given.writes_copy || share_of_writes <= 0) return usual;
  constexpr double least = 64;
  const double fitting =
      usual_copies / (share_of_writes * entries * static_cast<double>(given.threads));
  return static_cast<std::size_t>(std::clamp(fitting, least, static_cast<double>(usual)));
}

}  // namespace workloads
