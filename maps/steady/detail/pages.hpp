// Address space and the pages behind it. Everywhere else the functions say that there is none, and
// tables take their memory from the heap.
//
// A reservation is readable and writable from the start and counts nothing until it is touched
// (MAP_NORESERVE), also in a process that locks its memory. Huge pages are refused: the fault that
// fetches one takes milliseconds on a virtual machine, and the whole point is an insert that does
// not wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "config.hpp"

#if STEADY_RANGE
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace steady::detail {

inline constexpr std::size_t page_bytes = 4096;  // where it is another, there are no ranges

constexpr std::size_t align_up(std::size_t n, std::size_t alignment) noexcept {
  return (n + alignment - 1) / alignment * alignment;
}

#if STEADY_RANGE

/// A process that has called mlockall(MCL_FUTURE) would get all of a reservation's pages as soon as
/// they can be written: gigabytes. Whether it has shows in the first page, which is then there
/// once it is accessible. Such a reservation's pages are locked one by one, when they are touched.
/// False if that cannot be.
inline bool lock_when_touched(void* p, std::size_t bytes) noexcept {
  unsigned char is_there = 0;
  if (::mprotect(p, page_bytes, PROT_READ | PROT_WRITE) != 0) return false;
  if (::mincore(p, page_bytes, &is_there) != 0 || (is_there & 1U) == 0) return true;
#ifdef MLOCK_ONFAULT
  if (::mlock2(p, bytes, MLOCK_ONFAULT) == 0) return true;
#endif
  return ::munlock(p, bytes) == 0;
}

inline void* reserve_pages(std::size_t bytes) noexcept {
  static const bool fits = ::sysconf(_SC_PAGESIZE) == static_cast<long>(page_bytes);
  if (!fits) return nullptr;
  void* p = ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) return nullptr;
  if (!lock_when_touched(p, bytes) || ::mprotect(p, bytes, PROT_READ | PROT_WRITE) != 0) {
    ::munmap(p, bytes);
    return nullptr;
  }
#ifdef MADV_NOHUGEPAGE
  ::madvise(p, bytes, MADV_NOHUGEPAGE);
#endif
  return p;
}

inline void unreserve_pages(void* p, std::size_t bytes) noexcept { ::munmap(p, bytes); }

/// Gives whole pages back; they read as zeroes afterwards. Locked ones go only by another name, and
/// on older systems not at all.
inline void release_pages(std::byte* p, std::size_t bytes) noexcept {
  if (::madvise(p, bytes, MADV_DONTNEED) == 0) return;
#ifdef MADV_DONTNEED_LOCKED
  if (::madvise(p, bytes, MADV_DONTNEED_LOCKED) == 0) return;
#endif
  std::memset(p, 0, bytes);
}

/// Fetches one page; what it holds stays.
inline void touch_page(std::byte* p) noexcept {
  auto* byte = reinterpret_cast<volatile std::byte*>(p);
  *byte = *byte;
}

/// Fetches whole pages; what they hold stays.
inline void fetch_pages(std::byte* first, std::size_t bytes) noexcept {
#ifdef MADV_POPULATE_WRITE
  if (::madvise(first, bytes, MADV_POPULATE_WRITE) == 0) return;
#endif
  for (std::size_t at = 0; at < bytes; at += page_bytes) touch_page(first + at);
}

/// Makes pages resident, in huge pages where the system has them: this is not part of an insert.
inline void populate_pages(std::byte* p, std::size_t bytes) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(p);
  std::byte* first = p - address % page_bytes;
  bytes = align_up(bytes + address % page_bytes, page_bytes);
#ifdef MADV_HUGEPAGE
  ::madvise(first, bytes, MADV_HUGEPAGE);
#endif
  fetch_pages(first, bytes);
}

#else

inline void* reserve_pages(std::size_t) noexcept { return nullptr; }
inline void unreserve_pages(void*, std::size_t) noexcept {}
inline void release_pages(std::byte*, std::size_t) noexcept {}
inline void fetch_pages(std::byte*, std::size_t) noexcept {}
inline void populate_pages(std::byte*, std::size_t) noexcept {}

#endif

}  // namespace steady::detail
