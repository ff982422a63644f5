// How an old array leaves: a large one in pieces, so that no single write spends the time that the
// kernel takes to take back all of its pages (munmap of 64 MB that were touched takes 8 ms, of 512
// MB 75 ms; 64 KB take 6 us).
//
//   while it drains   the pages behind the evacuation mark, whose chains have all moved, are given
//                     back piece by piece. They read as zeroes from then on, so no code may look at
//                     the head of a chain below the mark: that it has moved is known by its index.
//   when it is empty  what is left (the spares, and what the mark has outrun) stays for a while as
//                     `leaving`. Each further overflow bucket, one in some dozens of inserts, takes
//                     one more piece of it along; then the block is freed, or with the next growth.
//
// Overflow buckets of such an array that were allocations of their own are kept for the next chains
// that need one (storage.hpp).
//
// A page is only given back from the inside of a block that is still allocated, so that is right
// for memory of any origin. It pays where the block has a mapping of its own and would be unmapped
// when freed; pages of a heap would only have to be fetched again. glibc's mapped blocks are
// recognized by where they begin in a page; with other libraries, and other allocators, arrays
// leave at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace hmap::detail {

#if defined(__linux__)
inline constexpr bool can_give_pages_back = true;

inline std::size_t page_bytes() noexcept {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}
inline void give_back(std::uintptr_t begin, std::uintptr_t end) noexcept {
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}
#else
inline constexpr bool can_give_pages_back = false;
inline std::size_t page_bytes() noexcept { return 1; }
inline void give_back(std::uintptr_t, std::uintptr_t) noexcept {}
#endif

/// Which arrays leave in pieces, and how large the pieces are: a part of a table's traits, so that
/// tests can have it happen in small tables.
struct page_release {
  /// 1 MiB is unmapped in 0.1 ms.
  static constexpr std::size_t from = std::size_t{1} << 20;
  static constexpr std::size_t piece = std::size_t{1} << 16;
  /// Of pieces a write takes at most so many: the mark may jump.
  static constexpr unsigned most = 2;

  static bool pays(const void* block) noexcept {
#if defined(__GLIBC__)
    constexpr std::size_t chunk_header = 2 * sizeof(std::size_t);
    return (reinterpret_cast<std::uintptr_t>(block) & (page_bytes() - 1)) == chunk_header;
#else
    static_cast<void>(block);
    return false;
#endif
  }
};

/// Gives back whole pieces of `block` between the offsets `released` and `limit`, up to `most` of
/// them, and moves `released`. Pieces begin and end where their multiples are in memory. Returns
/// how many bytes it were.
template <class Release>
std::size_t release_pieces(const void* block, std::size_t& released, std::size_t limit,
                           unsigned most) noexcept {
  const auto first = reinterpret_cast<std::uintptr_t>(block);
  const std::uintptr_t page = page_bytes();
  const std::uintptr_t piece = std::max<std::uintptr_t>(Release::piece, page);
  const std::uintptr_t begin = (first + released + page - 1) & ~(page - 1);
  const std::uintptr_t stop = (first + limit) & ~(piece - 1);
  if (begin >= stop) return 0;
  const std::uintptr_t end = std::min(stop, (begin & ~(piece - 1)) + most * piece);
  give_back(begin, end);
  released = end - first;
  return end - begin;
}

}  // namespace hmap::detail
