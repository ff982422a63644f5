// What the process has allocated. The counting is done by a library that is loaded before the
// allocator (allocations.cpp), so that the very binary that is timed can be counted as well, and
// that nothing of it is there when it is timed.
//
//   mapscope_allocations()    of the allocator: how often, how many bytes
//   mapscope_mapped_bytes()   resident pages of what the program has mapped itself, past the
//   allocator held_bytes()              both: the chunks with their headers, and the pages
#pragma once

#include <cstddef>
#include <cstdint>

namespace harness {

struct allocation_totals {
  std::uint64_t allocations, frees;
  std::uint64_t bytes;  // in use, as the allocator rounds them
  std::uint64_t peak;   // the most since it was last set to `bytes`
};

}  // namespace harness

/// Null when the library is not loaded; so is the other one.
extern "C" [[gnu::weak]] harness::allocation_totals* mapscope_allocations() noexcept;
extern "C" [[gnu::weak]] std::uint64_t mapscope_mapped_bytes() noexcept;

namespace harness {

inline bool allocations_are_counted() noexcept { return mapscope_allocations != nullptr; }

/// Of each chunk, before what is handed out (glibc).
inline constexpr std::size_t chunk_header_bytes = sizeof(std::size_t);

/// Only where allocations are counted.
inline std::uint64_t held_bytes() noexcept {
  const allocation_totals& now = *mapscope_allocations();
  return now.bytes + (now.allocations - now.frees) * chunk_header_bytes + mapscope_mapped_bytes();
}

}  // namespace harness
