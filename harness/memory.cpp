#include "harness/memory.hpp"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace harness {
namespace {

#if defined(__GLIBC__)

bool set(memory_mode mode) {
  constexpr int never = -1;
  constexpr int large = 128 * 1024;
  // Resident: everything comes from the heap, and the heap is never given back. First touch:
  // setting the threshold, even to its default, is what stops it from moving.
  return mode == memory_mode::resident
             ? mallopt(M_MMAP_MAX, 0) == 1 && mallopt(M_TRIM_THRESHOLD, never) == 1
             : mallopt(M_MMAP_THRESHOLD, large) == 1;
}

#else

bool set(memory_mode) { return false; }

#endif

}  // namespace

std::string set_memory_mode(memory_mode mode) {
  std::string name(memory_names[static_cast<std::size_t>(mode)]);
  return set(mode) ? name : name + " (not in force: this allocator cannot be told)";
}

}  // namespace harness
