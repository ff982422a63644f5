#include "harness/memory/memory_mode.hpp"

#include <cstdint>
#include <cstdlib>

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

/// Keeps the compiler from seeing that a block is never used.
void* escaped(void* block) {
  __asm__ volatile("" : "+r"(block) : : "memory");
  return block;
}

/// Larger than what is ever freed before a table is built, and smaller than what gets a mapping of
/// its own.
constexpr std::size_t large_block = 120 * 1024;

/// Where the next large block would be cut from: the end of the used heap.
std::uintptr_t end_of_heap() {
  void* end = escaped(std::malloc(large_block));
  const auto address = reinterpret_cast<std::uintptr_t>(end);
  std::free(end);
  return address;
}

/// Takes all that was freed below `end`, so that nothing is built in those holes.
void fill_holes(std::uintptr_t end) {
  constexpr std::size_t step = 16, coarse = 2048;
  for (std::size_t size = large_block; size >= step;
       size -= size > coarse ? size / 8 / step * step : step) {
    while (reinterpret_cast<std::uintptr_t>(escaped(std::malloc(size))) < end) {
    }
  }
}

}  // namespace

void settle_heap() {
  constexpr std::size_t page = 4096, least = 64;
  fill_holes(end_of_heap());
  // Meant to stay, like what fills the holes: it keeps the room up to the next page.
  escaped(std::malloc(page + page - end_of_heap() % page - least));
}

std::string set_memory_mode(memory_mode mode, void (*keep)(bool all)) {
  if (keep != nullptr) keep(mode == memory_mode::resident);
  std::string name(memory_names[static_cast<std::size_t>(mode)]);
  return set(mode) ? name : name + " (not in force: this allocator has no such setting)";
}

}  // namespace harness
