// Address space and the pages behind it. Everywhere else the functions say that there is none, and
// tables take their memory from the heap.
//
// A reservation is readable and writable from the start and counts nothing until it is touched
// (MAP_NORESERVE). Huge pages are refused: the fault that fetches one takes milliseconds on a
// virtual machine, and the whole point is an insert that does not wait.
#pragma once

#include <cstddef>
#include <cstdint>

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

inline void* reserve_pages(std::size_t bytes) noexcept {
  static const bool fits = ::sysconf(_SC_PAGESIZE) == static_cast<long>(page_bytes);
  if (!fits) return nullptr;
  void* p = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) return nullptr;
#ifdef MADV_NOHUGEPAGE
  ::madvise(p, bytes, MADV_NOHUGEPAGE);
#endif
  return p;
}

inline void unreserve_pages(void* p, std::size_t bytes) noexcept { ::munmap(p, bytes); }

/// Gives whole pages back; they read as zeroes afterwards.
inline void release_pages(std::byte* p, std::size_t bytes) noexcept {
  ::madvise(p, bytes, MADV_DONTNEED);
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

/// Makes pages resident, in huge pages where the system has them: nobody is waiting now.
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
