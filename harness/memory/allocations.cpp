// A library to be named in LD_PRELOAD: glibc's allocator with a counter at its door, and a list of
// what is mapped past it. For processes of one thread.
#include "harness/memory/allocations.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>

#include <malloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" {

void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* block, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
void __libc_free(void* block);
}

namespace {

constinit harness::allocation_totals totals{};

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

/// Address ranges that the program has mapped itself: glibc's own calls do not come by here. A map
/// has few; what is beyond the list is not counted.
class mapped_ranges {
 public:
  void add(void* at, std::size_t bytes) noexcept {
    for (range& one : ranges_) {
      if (one.bytes != 0) continue;
      one = {static_cast<std::byte*>(at), bytes};
      return;
    }
  }

  /// What overlaps keeps its larger part: a table gives back a whole range, or an end of it.
  void remove(void* at, std::size_t bytes) noexcept {
    auto* const first = static_cast<std::byte*>(at);
    std::byte* const last = first + bytes;
    for (range& one : ranges_) {
      std::byte* const end = one.at + one.bytes;
      if (one.bytes == 0 || last <= one.at || end <= first) continue;
      const std::size_t before = first > one.at ? static_cast<std::size_t>(first - one.at) : 0;
      const std::size_t after = end > last ? static_cast<std::size_t>(end - last) : 0;
      one = before >= after ? range{one.at, before} : range{last, after};
    }
  }

  std::uint64_t resident_bytes() const noexcept {
    std::uint64_t bytes = 0;
    for (const range& one : ranges_) bytes += resident_of(one);
    return bytes;
  }

 private:
  static constexpr std::size_t page = 4096, pages_at_once = std::size_t{1} << 14;

  struct range {
    std::byte* at;
    std::size_t bytes;
  };

  static std::uint64_t resident_of(const range& one) noexcept {
    static std::array<unsigned char, pages_at_once> there;
    std::uint64_t pages = 0;
    for (std::size_t from = 0; from < one.bytes; from += page * pages_at_once) {
      const std::size_t length = std::min(one.bytes - from, page * pages_at_once);
      if (mincore(one.at + from, length, there.data()) != 0) continue;
      pages += count({there.data(), (length + page - 1) / page});
    }
    return pages * page;
  }

  /// A reservation is gigabytes of which little is there: from one page that is to the next.
  static std::uint64_t count(std::span<const unsigned char> there) noexcept {
    std::uint64_t pages = 0;
    const auto* const end = there.data() + there.size();
    for (const auto* at = there.data(); at != end; ++at) {
      at =
          static_cast<const unsigned char*>(std::memchr(at, 1, static_cast<std::size_t>(end - at)));
      if (at == nullptr) break;
      ++pages;
    }
    return pages;
  }

  std::array<range, 256> ranges_{};
};

constinit mapped_ranges mapped{};

void* map_pages(void* wanted, std::size_t bytes, int protection, int flags, int file, long offset) {
#if defined(SYS_mmap2)
  const long at = syscall(SYS_mmap2, wanted, bytes, protection, flags, file, offset / 4096);
#else
  const long at = syscall(SYS_mmap, wanted, bytes, protection, flags, file, offset);
#endif
  if (at == -1) return MAP_FAILED;
  auto* const place = reinterpret_cast<void*>(at);
  if ((flags & MAP_ANONYMOUS) != 0) mapped.add(place, bytes);
  return place;
}

}  // namespace

extern "C" {

harness::allocation_totals* mapscope_allocations() noexcept { return &totals; }
std::uint64_t mapscope_mapped_bytes() noexcept { return mapped.resident_bytes(); }

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

void* mmap(void* wanted, std::size_t bytes, int protection, int flags, int file, off_t offset) {
  return map_pages(wanted, bytes, protection, flags, file, static_cast<long>(offset));
}
#if defined(__USE_LARGEFILE64)
void* mmap64(void* wanted, std::size_t bytes, int protection, int flags, int file, off64_t offset) {
  return map_pages(wanted, bytes, protection, flags, file, static_cast<long>(offset));
}
#endif
int munmap(void* at, std::size_t bytes) {
  mapped.remove(at, bytes);
  return static_cast<int>(syscall(SYS_munmap, at, bytes));
}
}
