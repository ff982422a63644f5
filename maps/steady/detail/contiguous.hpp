// Buckets in one piece: the memory of tables with std::allocator.
//
// A small table has a block of the heap, just as large as it is; growing takes another one, and
// each split carries one bucket over. From Traits::heap_bytes on, the block is a reservation of
// address space, gigabytes wide, of which only what is used costs anything: growing takes nothing
// at all, and both halves of a split stay in the block. (Should a reservation be outgrown, the
// table moves to a wider one in the same way, and the old one's pages go back as they empty.) When
// the table ends, the next one may have its reservation, with the pages (keeper.hpp).
//
// So there are two views of the buckets: `lower` for those that a growth has not reached, `upper`
// for the others. They differ only while a table moves to another block.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

#include "bucket.hpp"
#include "config.hpp"
#include "hmap/detail/fail.hpp"
#include "keeper.hpp"
#include "pages.hpp"

namespace steady::detail {

template <class Geometry, class Traits>
class contiguous {
  using arrays_type = arrays<Geometry>;
  using division = typename arrays_type::division;

 public:
  using bucket_type = bucket<Geometry>;
  static constexpr bool moves = true;

  STEADY_ALWAYS_INLINE bucket_type lower(std::size_t i) const noexcept { return {views_[0], i}; }
  STEADY_ALWAYS_INLINE bucket_type upper(std::size_t i) const noexcept { return {views_[1], i}; }
  /// One of the two. An index, because compilers turn ?: into a branch here.
  STEADY_ALWAYS_INLINE bucket_type either(bool is_upper, std::size_t i) const noexcept {
    return {views_[is_upper ? 1 : 0], i};
  }

  bool exists() const noexcept { return block_.at != nullptr; }
  bool is_moving() const noexcept { return next_.at != nullptr; }
  bool is_range() const noexcept { return block_.is_range; }

  /// The first 2^level buckets, all of them empty.
  template <class Alloc>
  void start(const Alloc&, unsigned level) {
    const std::size_t n = std::size_t{1} << level;
    block_ = allocate(n);
    if (!block_.is_range || block_.touched != 0) std::memset(block_.at, 0, n * tag_bytes);
    views_[0] = views_[1] = arrays_type::in_block(block_.at, block_.parts);
    touched_ = std::max(n, block_.touched);
    full_ = 0;
  }

  /// Room for as many buckets again as there are, or for 2^target; nothing of it is cleared.
  template <class Alloc>
  void extend(const Alloc&, unsigned level, unsigned target) {
    const std::size_t n = std::size_t{2} << level;
    if (n > block_.buckets) {
      next_ = allocate(std::max(n, std::size_t{1} << target));
      views_[1] = arrays_type::in_block(next_.at, next_.parts);
      vacated_ = 0;
      touched_ = next_.touched;
    }
    full_ = is_moving() ? 0 : n / 2;
    touched_ = std::max(touched_, n);
    start_runners(n / 2);
  }

  /// Fetches the pages that the split of bucket i, or one soon after it, will write to; false if
  /// there are none to fetch. A fault costs as much as many splits, and several at once (tags,
  /// heads and slots, all of them on new pages) were the longest wait of all; asked for in one
  /// call, four pages cost what two faults do.
  bool touch_ahead(std::size_t i) noexcept {
    for (unsigned r = 0; r < running_; ++r) {
      runner& ahead = runners_[r];
      const std::byte* wanted = ahead.first + (i + 1) * ahead.bytes + page_bytes;
      if (ahead.at >= std::min<const std::byte*>(wanted, ahead.end)) continue;
      const auto left = align_up(static_cast<std::size_t>(ahead.end - ahead.at), page_bytes);
      const std::size_t piece = std::min(left, Traits::fetch_bytes);
      fetch_pages(ahead.at, piece);
      ahead.at += piece;
      return true;
    }
    return false;
  }

  /// A smaller block, just for n buckets.
  void resettle(std::size_t n) {
    next_ = allocate(n);
    views_[1] = arrays_type::in_block(next_.at, next_.parts);
    touched_ = std::max(n, next_.touched);
    full_ = 0;
  }

  /// Every bucket has been split, or moved.
  template <class Alloc>
  void extended(const Alloc&) noexcept {
    if (!is_moving()) return;
    deallocate(std::exchange(block_, std::exchange(next_, {})));
    views_[0] = views_[1];
  }

  /// Gives up what extend() has taken.
  template <class Alloc>
  void abandon(const Alloc&) noexcept {
    if (!is_moving()) return;
    deallocate(std::exchange(next_, {}));
    views_[1] = views_[0];
    touched_ = std::min(touched_, block_.buckets);
  }

  /// While the table moves: buckets below i of the old block are dead.
  void vacate(std::size_t i) noexcept {
    if (!is_moving() || !block_.is_range) return;
    if ((i - vacated_) * Geometry::stride < release_bytes) return;
    release(vacated_, i);
    vacated_ = i;
  }

  /// Buckets from n on are dead. Their pages go back in pieces, the last ones first: there may be
  /// more of them than this table ever had buckets, from the table before.
  template <class Alloc>
  void shrink(const Alloc&, std::size_t n) noexcept {
    if (!block_.is_range || (touched_ - n) * Geometry::stride < release_bytes) return;
    release_piece(n);
  }
  /// The table has halved: also a small rest.
  template <class Alloc>
  void shrunk(const Alloc&, std::size_t n) noexcept {
    if (block_.is_range && touched_ > n) release_piece(n);
  }
  /// And all of them at once.
  template <class Alloc>
  void trim(const Alloc&, std::size_t n) noexcept {
    if (block_.is_range && touched_ > n) release_end(block_, n);
  }

  template <class Alloc>
  void drop(const Alloc& alloc) noexcept {
    extended(alloc);  // what a table leaves is the block that it was moving to
    leave(std::exchange(block_, {}));
    views_[0] = views_[1] = nothing();
  }

  /// Makes the first n buckets resident.
  void populate(std::size_t n) noexcept {
    if (!block_.is_range) return;
    block_.has_huge_pages = true;
    for_each_part(block_, [&](std::size_t offset, std::size_t size) {
      populate_pages(at(offset), n * size);
    });
  }

  /// Bytes that n buckets keep busy, without what was only reserved.
  std::size_t bytes(std::size_t n) const noexcept {
    if (!exists()) return 0;
    if (!block_.is_range) return block_.parts.bytes + (is_moving() ? next_.parts.bytes : 0);
    return std::max(n, touched_) * Geometry::bytes_per_bucket;
  }

  /// Whether a smaller block would do for n buckets.
  bool is_wasteful(std::size_t n) const noexcept { return !block_.is_range && block_.buckets > n; }

 private:
  struct block {
    void* at = nullptr;
    std::size_t buckets = 0;
    division parts{};
    bool is_range = false;
    bool has_huge_pages = false;  // such a range is never left to another table
    std::size_t touched = 0;      // when it was taken: kept_range::touched, and warm
    std::size_t warm = 0;
  };

  /// 64 KB take 6 us to release, 512 MB at once would take 75 ms.
  static constexpr std::size_t release_bytes = Traits::release_bytes;

  /// Runs ahead of the splits through one part of the buckets that they fill.
  struct runner {
    std::byte* first;   // where the part begins
    std::size_t bytes;  // a bucket's share of it
    std::byte* at;      // pages before it have been fetched
    std::byte* end;
  };

  static arrays_type nothing() noexcept {
    return {const_cast<tag_type*>(empty_bucket_tags), nullptr, nullptr};
  }

  /// For a growth from n buckets: through the partners' memory, and while the table moves through
  /// that of the others as well. Not for buckets of many pages: each would wait for all of them.
  void start_runners(std::size_t n) noexcept {
    running_ = 0;
    const block& b = is_moving() ? next_ : block_;
    if (!b.is_range || Geometry::stride > page_bytes / 2) return;
    for (const bool upper : {true, false}) {
      if (!upper && !is_moving()) break;
      for_each_part(b, [&](std::size_t offset, std::size_t size) {
        auto* first = static_cast<std::byte*>(b.at) + offset + (upper ? n * size : 0);
        const std::size_t cold = offset + std::max(upper ? n * size : 0, b.warm * size);
        auto* page = static_cast<std::byte*>(b.at) + align_up(cold, page_bytes);
        runners_[running_++] = {first, size, page, first + n * size};
      });
    }
  }

  static block allocate(std::size_t buckets) {
    if (buckets > Geometry::max_buckets) hmap::detail::throw_bad_alloc();
    const division exact = arrays_type::divide(buckets, Geometry::alignment);
    if (exact.bytes > Traits::heap_bytes && Geometry::alignment <= page_bytes) {
      if (const block range = reserve(buckets); range.at != nullptr) return range;
    }
    void* p = ::operator new(exact.bytes, std::align_val_t{Geometry::alignment});
    return {p, buckets, exact, false};
  }

  /// As much address space as there is to be had, down to what is needed. A process has room for
  /// tens of thousands of the first width and for a few dozen of the last.
  static block reserve(std::size_t buckets) noexcept {
    for (const std::size_t width : Traits::reservation_bytes) {
      const std::size_t fit = std::bit_floor(width / Geometry::bytes_per_bucket);
      if (fit < buckets) continue;
      if (const block b = reserve_exactly(fit); b.at != nullptr) return b;
      break;
    }
    return reserve_exactly(buckets);
  }
  static block reserve_exactly(std::size_t buckets) noexcept {
    const division parts = arrays_type::divide(buckets, page_bytes);
    kept_range kept;
    if (void* at = keeper.take(parts.bytes, Geometry::bytes_per_bucket, kept)) {
      return {at, buckets, parts, true, false, kept.touched, kept.warm};
    }
    return {reserve_pages(parts.bytes), buckets, parts, true};
  }

  /// Deallocates, or leaves to the next table what it may have of it.
  void leave(block b) noexcept {
    const std::size_t limit = keeper.room() / Geometry::bytes_per_bucket;
    if (!b.is_range || b.has_huge_pages || limit == 0) return deallocate(b);
    if (touched_ > limit) release_end(b, limit);
    const std::size_t warm = std::min(std::max(full_, b.warm), touched_);
    keeper.keep(b.at, {b.parts.bytes, Geometry::bytes_per_bucket, touched_, warm});
  }

  static void deallocate(const block& b) noexcept {
    if (b.at == nullptr) return;
    if (b.is_range) {
      unreserve_pages(b.at, b.parts.bytes);
    } else {
      ::operator delete(b.at, std::align_val_t{Geometry::alignment});
    }
  }

  std::byte* at(std::size_t offset) const noexcept {
    return static_cast<std::byte*>(block_.at) + offset;
  }

  /// The pages of buckets [first, last) that nothing below `first` and nothing from `last` on
  /// needs: what stands below `first` is dead as well, so only the end is rounded down.
  void release(std::size_t first, std::size_t last) noexcept {
    for_each_part(block_, [&](std::size_t offset, std::size_t size) {
      const std::size_t begin = first * size / page_bytes * page_bytes;
      const std::size_t end = last * size / page_bytes * page_bytes;
      if (begin < end) release_pages(at(offset + begin), end - begin);
    });
  }
  /// Buckets from n on, as many at a time as two pieces hold.
  void release_piece(std::size_t n) noexcept {
    constexpr std::size_t most = 2 * release_bytes / Geometry::stride + 1;
    release_end(block_, std::max(n, touched_ - std::min(touched_, most)));
  }
  void release_end(block& b, std::size_t n) noexcept {
    for_each_part(b, [&](std::size_t offset, std::size_t size) {
      const std::size_t begin = align_up(n * size, page_bytes);
      const std::size_t end = align_up(touched_ * size, page_bytes);
      if (begin < end) release_pages(static_cast<std::byte*>(b.at) + offset + begin, end - begin);
    });
    touched_ = n;
    full_ = std::min(full_, n);
    b.warm = std::min(b.warm, n);
  }
  template <class F>
  static void for_each_part(const block& b, F f) noexcept {
    f(std::size_t{0}, std::size_t{tag_bytes});
    f(b.parts.heads_offset, sizeof(typename Geometry::node_type*));
    f(b.parts.slots_offset, Geometry::stride);
  }

  arrays_type views_[2] = {nothing(), nothing()};  // lower and upper
  block block_{};
  block next_{};             // where the table is moving to
  std::size_t touched_ = 0;  // buckets that may have pages, of the block being moved to if there is one
  std::size_t full_ = 0;     // buckets that have been filled, so that all their pages are there
  std::size_t vacated_ = 0;  // buckets of the old block whose pages have gone back
  std::array<runner, 6> runners_{};
  unsigned running_ = 0;
};

}  // namespace steady::detail
