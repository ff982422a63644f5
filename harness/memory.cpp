#include "harness/memory.hpp"

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

}  // namespace

void settle_heap() {
  constexpr std::size_t large = std::size_t{1} << 20, page = 4096, least = 64;
  // So large a block is cut from the end of the heap, and joins it again when it is freed.
  void* end = escaped(std::malloc(large));
  const std::size_t offset = reinterpret_cast<std::uintptr_t>(end) % page;
  std::free(end);
  // Meant to stay: what it keeps is the room up to the next page.
  escaped(std::malloc(page + page - offset - least));
}

std::string set_memory_mode(memory_mode mode) {
  std::string name(memory_names[static_cast<std::size_t>(mode)]);
  return set(mode) ? name : name + " (not in force: this allocator cannot be told)";
}

}  // namespace harness
