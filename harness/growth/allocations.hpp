// What the process has allocated. The counting is done by a library that is loaded before the
// allocator (allocations.cpp), so that the very binary that is timed can be counted as well, and
// that nothing of it is there when it is timed.
#pragma once

#include <cstdint>

namespace harness::growth {

struct allocation_totals {
  std::uint64_t allocations, frees;
  std::uint64_t bytes;  // in use, as the allocator rounds them
  std::uint64_t peak;   // the most since it was last set to `bytes`
};

}  // namespace harness::growth

/// Null when the library is not loaded.
extern "C" [[gnu::weak]] harness::growth::allocation_totals* mapscope_allocations() noexcept;
