// Where the compiler's address checks arrive. The parts of a bench_<map>_sim that hold the map and
// the workloads are compiled with outlined checks (cmake/Simulation.cmake); no sanitizer is linked,
// so that these functions are all there is to them. This file is compiled without.
#include "harness/backends/sim/hooks.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <malloc.h>
#include <unistd.h>

#include "workloads/observer.hpp"

namespace harness::backends::sim {
namespace {

simulator* watching = nullptr;

}  // namespace

void watch_with(simulator* one) noexcept { watching = one; }

namespace {

inline void access(std::uintptr_t address, std::size_t bytes, bool is_store) {
  if (watching != nullptr) watching->access(address, bytes, is_store);
}

inline void block(const void* begin, std::size_t bytes, bool is_store) {
  if (watching == nullptr || !watching->feeding()) return;
  watching->block(reinterpret_cast<std::uintptr_t>(begin), bytes, is_store);
}

/// As far as a comparison has to read.
std::size_t compared_bytes(const void* one, const void* other, std::size_t bytes) {
  const auto* a = static_cast<const unsigned char*>(one);
  const auto* b = static_cast<const unsigned char*>(other);
  std::size_t same = 0;
  while (same < bytes && a[same] == b[same]) ++same;
  return same < bytes ? same + 1 : bytes;
}

/// What glibc's malloc touches of its own, which lies between the blocks: it writes a block's size
/// before the block and that of the rest behind it; free reads both and links the block through its
/// first 16 bytes. Without this, erasing small nodes misses a tenth of its cache misses.
void allocated(void* block) {
  if (block == nullptr || watching == nullptr || !watching->feeding()) return;
  const auto at = reinterpret_cast<std::uintptr_t>(block);
  watching->access(at - 8, 8, true);
  watching->access(at + malloc_usable_size(block), 8, true);
}

/// As much of a fresh block as calloc has to clear: the kernel's memory is zero, and glibc knows
/// which of its own is the kernel's still, a mapping of its own or what lies beyond the heap's old
/// end.
std::size_t cleared_bytes(void* block, std::size_t bytes, const void* heap_end) {
  constexpr std::size_t is_mapping = 2;  // a flag beside the size
  if ((static_cast<const std::size_t*>(block)[-1] & is_mapping) != 0) return 0;
  const auto begin = reinterpret_cast<std::uintptr_t>(block);
  const auto end = reinterpret_cast<std::uintptr_t>(heap_end);
  return begin < end ? std::min<std::size_t>(bytes, end - begin) : 0;
}

void freeing(void* block) {
  if (block == nullptr || watching == nullptr || !watching->feeding()) return;
  const auto at = reinterpret_cast<std::uintptr_t>(block);
  watching->access(at - 8, 8, false);
  watching->access(at + malloc_usable_size(block), 8, false);
  watching->access(at, 16, true);
}

}  // namespace
}  // namespace harness::backends::sim

namespace workloads::observer {

void operation_done() noexcept {
  if (harness::backends::sim::watching != nullptr)
    harness::backends::sim::watching->operation_done();
}

void entries_to_come(std::size_t count) noexcept {
  if (harness::backends::sim::watching != nullptr)
    harness::backends::sim::watching->entries_to_come(count);
}

void is_stream(const void* begin, std::size_t bytes) noexcept {
  using namespace harness::backends::sim;
  if (watching != nullptr) watching->mark(begin, bytes, region::stream);
}

void is_header(const void* begin, std::size_t bytes) noexcept {
  using namespace harness::backends::sim;
  if (watching != nullptr) watching->mark(begin, bytes, region::header);
}

untracked_scope::untracked_scope() noexcept {
  if (harness::backends::sim::watching != nullptr)
    harness::backends::sim::watching->look_away(true);
}

untracked_scope::~untracked_scope() {
  if (harness::backends::sim::watching != nullptr)
    harness::backends::sim::watching->look_away(false);
}

}  // namespace workloads::observer

using harness::backends::sim::access;
using harness::backends::sim::allocated;
using harness::backends::sim::block;
using harness::backends::sim::cleared_bytes;
using harness::backends::sim::compared_bytes;
using harness::backends::sim::freeing;

extern "C" {

#define MAPSCOPE_ACCESS(bytes)                                                                     \
  void __asan_load##bytes##_noabort(std::uintptr_t at) { access(at, bytes, false); }               \
  void __asan_store##bytes##_noabort(std::uintptr_t at) { access(at, bytes, true); }
MAPSCOPE_ACCESS(1)
MAPSCOPE_ACCESS(2)
MAPSCOPE_ACCESS(4)
MAPSCOPE_ACCESS(8)
MAPSCOPE_ACCESS(16)
#undef MAPSCOPE_ACCESS

void __asan_loadN_noabort(std::uintptr_t at, std::size_t bytes) { access(at, bytes, false); }
void __asan_storeN_noabort(std::uintptr_t at, std::size_t bytes) { access(at, bytes, true); }
void __asan_handle_no_return() {}
void __asan_before_dynamic_init(const char*) {}
void __asan_after_dynamic_init() {}

// A library sees that its compiler checks addresses, and informs the sanitizer about its memory.
void __asan_poison_memory_region(const volatile void*, std::size_t) {}
void __asan_unpoison_memory_region(const volatile void*, std::size_t) {}

// The C library is not compiled with checks; the linker sends these calls here first (--wrap).

void* __real_memcpy(void*, const void*, std::size_t);
void* __real_memmove(void*, const void*, std::size_t);
void* __real_memset(void*, int, std::size_t);
int __real_memcmp(const void*, const void*, std::size_t);
int __real_bcmp(const void*, const void*, std::size_t);

void* __wrap_memcpy(void* to, const void* from, std::size_t bytes) {
  block(from, bytes, false);
  block(to, bytes, true);
  return __real_memcpy(to, from, bytes);
}

void* __wrap_memmove(void* to, const void* from, std::size_t bytes) {
  block(from, bytes, false);
  block(to, bytes, true);
  return __real_memmove(to, from, bytes);
}

void* __wrap_memset(void* to, int byte, std::size_t bytes) {
  block(to, bytes, true);
  return __real_memset(to, byte, bytes);
}

int __wrap_memcmp(const void* one, const void* other, std::size_t bytes) {
  const std::size_t read = compared_bytes(one, other, bytes);
  block(one, read, false);
  block(other, read, false);
  return __real_memcmp(one, other, bytes);
}

int __wrap_bcmp(const void* one, const void* other, std::size_t bytes) {
  return __wrap_memcmp(one, other, bytes);
}

// The allocator is the C library's as well. The operators by their linker's names: new(size),
// new(size, alignment), and delete with and without either.

#define MAPSCOPE_NEW(name, parameters, arguments)                                                  \
  void* __real_##name parameters;                                                                  \
  void* __wrap_##name parameters {                                                                 \
    void* block = __real_##name arguments;                                                         \
    allocated(block);                                                                              \
    return block;                                                                                  \
  }
MAPSCOPE_NEW(malloc, (std::size_t bytes), (bytes))
MAPSCOPE_NEW(_Znwm, (std::size_t bytes), (bytes))
MAPSCOPE_NEW(_ZnwmSt11align_val_t, (std::size_t bytes, std::size_t alignment), (bytes, alignment))
#undef MAPSCOPE_NEW

void* __real_calloc(std::size_t, std::size_t);
void* __wrap_calloc(std::size_t count, std::size_t bytes) {
  const void* heap_end = sbrk(0);
  void* block = __real_calloc(count, bytes);
  allocated(block);
  if (block != nullptr) ::block(block, cleared_bytes(block, count * bytes, heap_end), true);
  return block;
}

#define MAPSCOPE_DELETE(name, parameters, arguments)                                               \
  void __real_##name parameters;                                                                   \
  void __wrap_##name parameters {                                                                  \
    freeing(block);                                                                                \
    __real_##name arguments;                                                                       \
  }
MAPSCOPE_DELETE(free, (void* block), (block))
MAPSCOPE_DELETE(_ZdlPv, (void* block), (block))
MAPSCOPE_DELETE(_ZdlPvm, (void* block, std::size_t bytes), (block, bytes))
MAPSCOPE_DELETE(_ZdlPvSt11align_val_t, (void* block, std::size_t alignment), (block, alignment))
MAPSCOPE_DELETE(_ZdlPvmSt11align_val_t, (void* block, std::size_t bytes, std::size_t alignment),
                (block, bytes, alignment))
#undef MAPSCOPE_DELETE

}  // extern "C"
