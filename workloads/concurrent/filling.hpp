// Filling a concurrent map before it is measured, and which workloads a map is left out of that
// copies itself for every write.
#pragma once

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

/// Throws inapplicable where every write copies the table and a pass would copy more entries than
/// take a second or two.
inline void refuse_too_many_copies(const crowd& given, double writes, double entries) {
  constexpr double most_copied = 1e8;
  if (!given.writes_copy || writes * entries <= most_copied) return;
  throw inapplicable("each write copies the table: a pass would copy " +
                     std::to_string(static_cast<std::uint64_t>(writes * entries / 1e6)) +
                     " million entries");
}

}  // namespace workloads
