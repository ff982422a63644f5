#pragma once

#include <string>
#include <vector>

#include "harness/json.hpp"
#include "harness/memory/table_memory.hpp"

namespace harness {

/// The version of what --table-memory writes.
inline constexpr const char* table_memory_format = "1";

inline json json_of(const std::vector<table_memory>& tables) {
  return array_of(tables, [](const table_memory& one) {
    json at_load = json::object();
    for (const auto& [percent, bytes] : one.at_load) at_load[std::to_string(percent)] = bytes;
    return json{{"n", one.n},
                {"grown_bytes", one.grown},
                {"peak_bytes", one.peak},
                {"reserved_bytes", one.reserved ? json(*one.reserved) : json()},
                {"bytes_per_entry_at_load", at_load}};
  });
}

}  // namespace harness
