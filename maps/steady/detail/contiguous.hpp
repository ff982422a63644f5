// Buckets in one piece: the memory of tables with std::allocator.
//
// A small table has a block of the heap, just as large as it is; growing takes another one, and
// each split carries one bucket over. From Traits::heap_bytes on, the block is a reservation of
// address space, gigabytes wide, of which only what is used costs anything: growing takes nothing
// at all, and both halves of a split stay in the block. (Should a reservation be outgrown, the
// table moves to a wider one in the same way, and the old one's pages go back as they empty.)
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
#include "pages.hpp"

namespace steady::detail {

template <class Geometry, class Traits>
class contiguous {
  using arrays_type = arrays<Geometry>;
  using division = typename arrays_type::division;

 public:
  using bucket_type = bucket<Geometry>;
  static constexpr bool moves = true;

  STEADY_ALWAYS_INLINE bucket_type lower(std::size_t i) const noexcept { return {lower_, i}; }
  STEADY_ALWAYS_INLINE bucket_type upper(std::size_t i) const noexcept { return {upper_, i}; }
  /// One of the two, chosen without a branch.
  STEADY_ALWAYS_INLINE bucket_type either(bool is_upper, std::size_t i) const noexcept {
    return {is_upper ? upper_ : lower_, i};
  }

  bool exists() const noexcept { return block_.at != nullptr; }
  bool is_moving() const noexcept { return next_.at != nullptr; }
  bool is_range() const noexcept { return block_.is_range; }

  /// The first 2^level buckets, all of them empty.
  template <class Alloc>
  void start(const Alloc&, unsigned level) {
    const std::size_t n = std::size_t{1} << level;
    block_ = allocate(n);
    if (!block_.is_range) std::memset(block_.at, 0, n * tag_bytes);
    lower_ = upper_ = arrays_type::in_block(block_.at, block_.parts);
    touched_ = n;
  }

  /// Room for as many buckets again as there are, or for 2^target; nothing of it is cleared.
  template <class Alloc>
  void extend(const Alloc&, unsigned level, unsigned target) {
    const std::size_t n = std::size_t{2} << level;
    if (n > block_.buckets) {
      next_ = allocate(std::max(n, std::size_t{1} << target));
      upper_ = arrays_type::in_block(next_.at, next_.parts);
      vacated_ = 0;
    }
    touched_ = std::max(touched_, n);
  }

  /// A smaller block, just for n buckets.
  void resettle(std::size_t n) {
    next_ = allocate(n);
    upper_ = arrays_type::in_block(next_.at, next_.parts);
    touched_ = n;
  }

  /// Every bucket has been split, or moved.
  template <class Alloc>
  void extended(const Alloc&) noexcept {
    if (!is_moving()) return;
    deallocate(std::exchange(block_, std::exchange(next_, {})));
    lower_ = upper_;
  }

  /// Gives up what extend() has taken.
  template <class Alloc>
  void abandon(const Alloc&) noexcept {
    if (!is_moving()) return;
    deallocate(std::exchange(next_, {}));
    upper_ = lower_;
  }

  /// While the table moves: buckets below i of the old block are dead.
  void vacate(std::size_t i) noexcept {
    if (!is_moving() || !block_.is_range) return;
    if ((i - vacated_) * Geometry::stride < release_bytes) return;
    release(vacated_, i);
    vacated_ = i;
  }

  /// Buckets from n on are dead. Their pages go back in pieces.
  template <class Alloc>
  void shrink(const Alloc&, std::size_t n) noexcept {
    if (!block_.is_range || (touched_ - n) * Geometry::stride < release_bytes) return;
    release_end(n);
  }
  /// And the rest of them.
  template <class Alloc>
  void shrunk(const Alloc&, std::size_t n) noexcept {
    if (block_.is_range && touched_ > n) release_end(n);
  }

  template <class Alloc>
  void drop(const Alloc&) noexcept {
    deallocate(std::exchange(block_, {}));
    deallocate(std::exchange(next_, {}));
    lower_ = upper_ = nothing();
  }

  /// Makes the first n buckets resident.
  void populate(std::size_t n) noexcept {
    if (!block_.is_range) return;
    populate_pages(at(0), n * tag_bytes);
    populate_pages(at(block_.parts.heads_offset), n * sizeof(typename Geometry::node_type*));
    populate_pages(at(block_.parts.slots_offset), n * Geometry::stride);
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
  };

  /// 64 KB take 6 us to release, 512 MB at once would take 75 ms.
  static constexpr std::size_t release_bytes = Traits::release_bytes;

  static arrays_type nothing() noexcept {
    return {const_cast<tag_type*>(empty_bucket_tags), nullptr, nullptr};
  }

  static block allocate(std::size_t buckets) {
    if (buckets > Geometry::max_buckets) throw std::bad_alloc();
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
    return {reserve_pages(parts.bytes), buckets, parts, true};
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
    for_each_part([&](std::size_t offset, std::size_t size) {
      const std::size_t begin = first * size / page_bytes * page_bytes;
      const std::size_t end = last * size / page_bytes * page_bytes;
      if (begin < end) release_pages(at(offset + begin), end - begin);
    });
  }
  void release_end(std::size_t n) noexcept {
    for_each_part([&](std::size_t offset, std::size_t size) {
      const std::size_t begin = align_up(n * size, page_bytes);
      const std::size_t end = align_up(touched_ * size, page_bytes);
      if (begin < end) release_pages(at(offset + begin), end - begin);
    });
    touched_ = n;
  }
  template <class F>
  void for_each_part(F f) noexcept {
    f(0, std::size_t{tag_bytes});
    f(block_.parts.heads_offset, sizeof(typename Geometry::node_type*));
    f(block_.parts.slots_offset, Geometry::stride);
  }

  arrays_type lower_ = nothing();
  arrays_type upper_ = nothing();
  block block_{};
  block next_{};             // where the table is moving to
  std::size_t touched_ = 0;  // buckets that may have pages
  std::size_t vacated_ = 0;  // buckets of the old block whose pages have gone back
};

}  // namespace steady::detail
