// Everything one binary can run, as plain data: what the options are checked against, what
// --describe prints and what is registered with Google Benchmark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/backends/backend.hpp"
#include "harness/backends/geometry.hpp"
#include "harness/concurrent/read_latency.hpp"
#include "harness/fixture.hpp"
#include "harness/growth/study.hpp"
#include "harness/memory/table_memory.hpp"

namespace harness {

struct map_info {
  std::string_view name, title;
  std::string version;
  std::string_view library;  // what the binary is linked with
  std::string_view header;   // the adapter
  bool has_own_hash;
  bool is_concurrent = false;
};

struct workload_info {
  std::string_view name;
  std::string summary;
  std::string_view operation;
  /// Of a benchmark that is one state of many: which, of what. Such are run only where named.
  std::string_view family = {}, state = {};
};

struct payload_info {
  std::string_view name, key, value;
};

/// Where the fixtures of one payload, hash, size and seed find the tables that all of them read.
struct shared_tables {
  std::shared_ptr<void> tables;  // a workloads::full_tables; null until one is needed
};

template <class Payload>
payload_info info_of() {
  return {Payload::name, Payload::key_name, Payload::value_name};
}

/// What a fixture is built from.
struct order {
  std::size_t n;
  std::uint64_t seed;
  std::size_t cold_bytes = workloads::cold_bytes_by_default;
  std::string_view state = {};
  shared_tables* shared = nullptr;  // null: the fixture has tables of its own
  workloads::key_set keys = {};
};

/// One workload, or one state of one, on one payload with one hash: a benchmark for each size.
struct variant {
  std::string_view workload, hash, state;
  bool only_timed;  // too large to be simulated
  std::unique_ptr<fixture> (*make)(const order&);

  /// Throws workloads::inapplicable.
  std::unique_ptr<fixture> build(order what) const {
    what.state = state;
    return make(what);
  }
};

/// All that one payload brings, from a translation unit of its own: they compile side by side.
struct payload_entry {
  payload_info info;
  std::vector<variant> variants;
  /// What is wrong with the map's answers; null where only growth is timed.
  std::string (*answer_check)(std::uint64_t seed) = nullptr;
  /// Passes over one growing table; null in every other binary.
  growth::builder build_growth = nullptr;
  /// Of tables of some sizes; null in a binary of further workloads, or where only growth is timed.
  table_weigher weigh = nullptr;
  /// Lookups beside a thread that writes; null of maps that are not concurrent.
  read_latency (*measure_read_latency)(const workloads::key_pool&) = nullptr;
};

struct catalogue {
  map_info map;
  std::vector<workload_info> workloads;
  std::vector<std::string_view> hashes;  // of a map, one: each has a binary of its own
  std::vector<payload_entry> payloads;
  /// Of a map that keeps the pages of ended tables for the next: all of them, or none.
  void (*keep_memory)(bool all) = nullptr;
  /// Counts in a model of the caches; only there in a binary that was built to be watched.
  std::unique_ptr<backends::backend> (*make_sim)(const backends::geometry&) = nullptr;
};

inline constexpr std::string_view shared_hash_name = "shared";
inline constexpr std::string_view own_hash_name = "own";

}  // namespace harness
