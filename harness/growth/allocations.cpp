// A library to be named in LD_PRELOAD: glibc's allocator with a counter at its door. For processes
// of one thread.
#include "harness/growth/allocations.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include <malloc.h>

extern "C" {

void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* block, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
void __libc_free(void* block);
}

namespace {

constinit harness::growth::allocation_totals totals{};

void* came(void* block) {
  if (block != nullptr) {
    ++totals.allocations;
    totals.bytes += malloc_usable_size(block);
    totals.peak = std::max(totals.peak, totals.bytes);
  }
  return block;
}

void goes(void* block) {
  if (block == nullptr) return;
  ++totals.frees;
  totals.bytes -= std::min<std::uint64_t>(totals.bytes, malloc_usable_size(block));
}

}  // namespace

extern "C" {

harness::growth::allocation_totals* mapscope_allocations() noexcept { return &totals; }

void* malloc(std::size_t bytes) { return came(__libc_malloc(bytes)); }
void* calloc(std::size_t count, std::size_t bytes) { return came(__libc_calloc(count, bytes)); }
void* memalign(std::size_t alignment, std::size_t bytes) {
  return came(__libc_memalign(alignment, bytes));
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) { return memalign(alignment, bytes); }
int posix_memalign(void** block, std::size_t alignment, std::size_t bytes) {
  *block = memalign(alignment, bytes);
  return *block != nullptr ? 0 : ENOMEM;
}
void* realloc(void* block, std::size_t bytes) {
  goes(block);
  return came(__libc_realloc(block, bytes));
}
void free(void* block) {
  goes(block);
  __libc_free(block);
}
}
