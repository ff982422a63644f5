// What a table leaves when it ends: its range, with the pages in it, for the next table of its kind.
//
// The pages of a new range are fetched as they are needed, a microsecond and more for each fault;
// a program that makes one table after another would pay that every time, while the tables that
// live on the heap do not: it keeps what is freed, glibc up to 32 MB in a piece. So does this: one
// range for the whole process, and of it what kept_pages_limit() allows.
//
// A table that takes the range must clear what it relies on; nothing is as it would be in a new
// one. The description lies in the range itself, so that one atomic pointer is all the state.
#pragma once

#include <atomic>
#include <cstddef>
#include <new>

#include "config.hpp"
#include "pages.hpp"

namespace steady::detail {

struct kept_range {
  std::size_t bytes;       // of address space
  std::size_t per_bucket;  // ranges of the same size divide alike if this is the same
  std::size_t touched;     // buckets that may have pages
  std::size_t warm;        // buckets all of whose pages are there, as far as is known
};

inline constexpr std::size_t default_kept_pages = std::size_t{32} << 20;
inline std::atomic<std::size_t> kept_pages{default_kept_pages};
inline std::atomic<void*> kept_range_at{nullptr};

inline void let_go(void* at) noexcept {
  if (at != nullptr) unreserve_pages(at, static_cast<const kept_range*>(at)->bytes);
}

/// Instead of unreserve_pages(). One that is kept already makes room.
inline void keep_range(void* at, const kept_range& what) noexcept {
  ::new (at) kept_range(what);
  let_go(kept_range_at.exchange(at, std::memory_order_acq_rel));
}

/// Instead of reserve_pages(); nullptr if none is kept or it is of another kind.
inline void* take_kept_range(std::size_t bytes, std::size_t per_bucket, kept_range& found) noexcept {
  if (kept_range_at.load(std::memory_order_relaxed) == nullptr) return nullptr;
  void* at = kept_range_at.exchange(nullptr, std::memory_order_acq_rel);
  if (at == nullptr) return nullptr;
  found = *static_cast<const kept_range*>(at);
  if (found.bytes == bytes && found.per_bucket == per_bucket) return at;
  void* none = nullptr;
  if (!kept_range_at.compare_exchange_strong(none, at, std::memory_order_acq_rel)) let_go(at);
  return nullptr;
}

}  // namespace steady::detail

namespace steady {

/// How many bytes of an ended table's pages stay with the process for the next table; 0: none, and
/// what is kept goes back now. Of tables with std::allocator that are larger than
/// default_traits::heap_bytes. To be called at any time, by any thread.
inline void set_kept_pages_limit(std::size_t bytes) noexcept {
  detail::kept_pages.store(bytes, std::memory_order_relaxed);
  if (bytes == 0) detail::let_go(detail::kept_range_at.exchange(nullptr, std::memory_order_acq_rel));
}
inline std::size_t kept_pages_limit() noexcept {
  return detail::kept_pages.load(std::memory_order_relaxed);
}

/// Gives back what an ended table has left.
inline void release_kept_pages() noexcept {
  detail::let_go(detail::kept_range_at.exchange(nullptr, std::memory_order_acq_rel));
}

}  // namespace steady
