// What one pass over a growing table leaves behind, without pointers: a child process writes it
// where its parent reads it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace harness::growth {

/// Enough for a table that doubles at every size there is, and for churn that compacts often.
inline constexpr std::size_t most_events = 128;
inline constexpr std::size_t most_samples = 512;

inline constexpr std::uint64_t never = ~std::uint64_t{0};

/// One growth of one table. Operations are counted from 0; entries are those in the table.
struct event {
  std::uint64_t operation;  // the one that set it off
  std::uint64_t entries;    // before that
  std::uint64_t capacity_before, capacity_after;
  std::uint64_t drained_at;  // the operation after which it was over; `never` if it was not
};

/// Where the time of the observed table's growth went: nanoseconds between the observer's calls,
/// and how often each came.
struct parts {
  double allocation_ns, migration_ns, overflow_ns, release_ns;
  double longest_release_ns;
  std::uint64_t chains, overflow_buckets, releases;
};

/// Memory at one growth; bytes as the table asked for them.
struct event_memory {
  std::uint64_t bytes_before, bytes_after, bytes_peak, bytes_drained;
  std::uint64_t trigger_faults, drain_faults;
};

struct sample {
  std::uint64_t entries, bytes;
};

struct memory_report {
  bool counted;  // else all but the resident sizes below is unknown
  std::uint64_t allocations, frees;
  std::uint64_t bytes_final, bytes_peak;
  std::uint64_t bytes_after_erasing, bytes_after_clearing;
  std::size_t samples;
  std::array<sample, most_samples> sawtooth;
  std::array<event_memory, most_events> events;
};

/// What is measured at the largest growth of a table that drains: in the table that is full, in the
/// midst of the growth, and when it is over. A table of its own for each.
enum class drain_pass { reads, inserts, updates, erases };
inline constexpr std::size_t drain_passes = 4, drain_states = 3;
inline constexpr std::array<std::string_view, drain_states> drain_state_names{"before", "draining",
                                                                              "after"};
/// In the order of drain_report::ns.
inline constexpr std::array<std::string_view, 6> drain_operations{"find_hit", "find_miss", "range",
                                                                  "insert",   "update",    "erase"};

struct drain_report {
  /// Per operation, by operation and state; 0 where the table was not in that state (any more).
  std::array<std::array<double, drain_states>, drain_operations.size()> ns;
  /// Bytes of the process; of `draining`, when its migration stops half-way.
  std::array<std::uint64_t, drain_states> resident;
  std::uint64_t floor;     // before there was a table
  std::uint64_t stuck_at;  // entries, half-way
};

struct pass_report {
  bool filled;
  std::array<char, 256> wrong;
  std::uint64_t answer;
  double reserve_ns;
  double total_ns;  // of all operations together, spelling of keys and clock readings left out
  std::uint64_t minor_faults, involuntary_switches;
  std::uint64_t resident_floor, resident_peak, resident_final;  // bytes
  std::uint64_t huge_bytes;                                     // of these, in huge pages
  std::size_t events;
  std::array<event, most_events> event_list;
  std::size_t observed;  // growths
  std::array<parts, most_events> part_list;
  memory_report memory;
};

}  // namespace harness::growth
