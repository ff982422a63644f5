// The page cache of ended tables: their address ranges, with the pages in them, are kept for the
// next tables of the kind.
//
// The pages of a new range are fetched as they are needed, a microsecond and more for each fault;
// a program that makes one table after another would pay that every time, while tables that live
// on the heap do not: it keeps what is freed, glibc up to 32 MB in a piece. So does this: a few
// ranges for the whole process, and of their pages what kept_pages_limit() allows.
//
// A table that takes a range must clear what it relies on; nothing is as it would be in a new one.
// The description lies in the range itself, so that an atomic pointer for each is all the state,
// and the thread that has exchanged it for nullptr owns the range.
#pragma once

#include <algorithm>
#include <array>
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

  std::size_t kept_bytes() const noexcept { return touched * per_bucket; }
};

class page_cache {
 public:
  static constexpr std::size_t default_limit = std::size_t{32} << 20;

  std::size_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }
  void set_limit(std::size_t bytes) noexcept { limit_.store(bytes, std::memory_order_relaxed); }

  /// How many bytes of another range's pages may stay.
  std::size_t room() const noexcept {
    return limit() - std::min(limit(), kept_.load(std::memory_order_relaxed));
  }

  /// Instead of unreserve_pages().
  void keep(void* at, const kept_range& what) noexcept {
    ::new (at) kept_range(what);
    kept_.fetch_add(what.kept_bytes(), std::memory_order_relaxed);
    put(at);
  }

  /// Instead of reserve_pages(); nullptr if none of this kind is kept.
  void* take(std::size_t bytes, std::size_t per_bucket, kept_range& found) noexcept {
    for (auto& slot : slots_) {
      void* at = taken_from(slot);
      if (at == nullptr) continue;
      found = *static_cast<const kept_range*>(at);
      if (found.bytes == bytes && found.per_bucket == per_bucket) {
        kept_.fetch_sub(found.kept_bytes(), std::memory_order_relaxed);
        return at;
      }
      put(at);
    }
    return nullptr;
  }

  void release() noexcept {
    for (auto& slot : slots_) let_go(taken_from(slot));
  }

  /// How many ranges are kept.
  std::size_t count() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(slots_.begin(), slots_.end(), [](const auto& slot) {
          return slot.load(std::memory_order_relaxed) != nullptr;
        }));
  }

 private:
  static void* taken_from(std::atomic<void*>& slot) noexcept {
    if (slot.load(std::memory_order_relaxed) == nullptr) return nullptr;
    return slot.exchange(nullptr, std::memory_order_acq_rel);
  }

  /// Into an empty slot; where there is none, the range goes.
  void put(void* at) noexcept {
    for (auto& slot : slots_) {
      void* none = nullptr;
      if (slot.compare_exchange_strong(none, at, std::memory_order_acq_rel)) return;
    }
    let_go(at);
  }

  void let_go(void* at) noexcept {
    if (at == nullptr) return;
    const kept_range what = *static_cast<const kept_range*>(at);
    kept_.fetch_sub(what.kept_bytes(), std::memory_order_relaxed);
    unreserve_pages(at, what.bytes);
  }

  std::array<std::atomic<void*>, 16> slots_{};
  std::atomic<std::size_t> kept_{0};
  std::atomic<std::size_t> limit_{default_limit};
};

inline constinit page_cache kept_pages;

}  // namespace steady::detail

namespace steady {

/// How many bytes of ended tables' pages stay with the process for the next tables; 0: none, and
/// what is kept goes back now. Of tables with std::allocator that are larger than
/// default_traits::heap_bytes. To be called at any time, by any thread.
inline void set_kept_pages_limit(std::size_t bytes) noexcept {
  detail::kept_pages.set_limit(bytes);
  if (bytes == 0) detail::kept_pages.release();
}
inline std::size_t kept_pages_limit() noexcept { return detail::kept_pages.limit(); }

/// Gives back what ended tables have left.
inline void release_kept_pages() noexcept { detail::kept_pages.release(); }

}  // namespace steady
