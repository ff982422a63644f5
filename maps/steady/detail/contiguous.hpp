// Buckets in one piece: the memory of tables with std::allocator.
//
// A small table has a block of the heap, just as large as it is; growing takes another one, and
// each split carries one bucket over. From Traits::heap_bytes on, the block is a reservation of
// address space, gigabytes wide, of which only what is used costs anything: growing takes nothing
// at all, and both halves of a split stay in the block. (Should a reservation be outgrown, the
// table moves to a wider one in the same way, and the old one's pages go back as they empty.) When
// the table ends, the next one may have its reservation, with the pages (page_cache.hpp).
//
// So there are two views of the buckets: `lower` for those that a growth has not reached, `upper`
// for the others. They differ only while a table moves to another block.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "../../common/fail.hpp"
#include "bucket.hpp"
#include "config.hpp"
#include "page_cache.hpp"
#include "pages.hpp"

namespace steady::detail {

/// What only a table in a range needs to know: its pages. Made with the first range.
struct range_state {
  /// Runs ahead of the splits through one part of the buckets that they fill.
  struct runner {
    std::byte* first;   // where the part begins
    std::size_t bytes;  // a bucket's share of it
    std::byte* at;      // pages before it have been fetched
    std::byte* end;
  };

  std::size_t touched =
      0;                 // buckets that may have pages, of the block being moved to if there is one
  std::size_t full = 0;  // buckets that have been filled, so that all their pages are there
  std::size_t warm = 0;  // the same, from the table that had the range before
  std::size_t vacated = 0;  // buckets of the old block whose pages have gone back
  unsigned running = 0;
  bool has_huge_pages = false;  // such a range is never left to another table
  std::array<runner, 6> runners{};
};

template <class Geometry, class Traits>
class contiguous {
  using arrays_type = arrays<Geometry>;
  using heads_type = chain_heads<Geometry>;

  /// 2^level buckets in one piece.
  struct block {
    arrays_type view = nothing();
    heads_type heads = nullptr;
    std::uint8_t level = 0;
    bool is_range = false;
    std::size_t touched = 0;  // kept_range::touched, and warm
    std::size_t warm = 0;

    std::size_t buckets() const noexcept { return std::size_t{1} << level; }
    std::byte* at() const noexcept { return reinterpret_cast<std::byte*>(view.tags); }
    explicit operator bool() const noexcept { return view.slots != nullptr; }
  };

 public:
  using bucket_type = bucket<Geometry>;
  static constexpr bool moves = true;

  MAPS_ALWAYS_INLINE bucket_type lower(std::size_t i) const noexcept {
    return {views_[0], heads_[0], i};
  }
  MAPS_ALWAYS_INLINE bucket_type upper(std::size_t i) const noexcept {
    return {views_[1], heads_[1], i};
  }
  /// One of the two. An index, because compilers turn ?: into a branch here.
  MAPS_ALWAYS_INLINE bucket_type either(bool is_upper, std::size_t i) const noexcept {
    return {views_[is_upper ? 1 : 0], heads_[is_upper ? 1 : 0], i};
  }

  bool exists() const noexcept { return views_[0].slots != nullptr; }
  bool is_moving() const noexcept { return views_[0].tags != views_[1].tags; }
  bool is_range() const noexcept { return in_range_[0]; }

  /// The first 2^level buckets, all of them empty.
  template <class Alloc>
  void start(const Alloc&, unsigned level) {
    const block b = allocate(level);
    clear_tags(b, 0, std::size_t{1} << level);
    install(b, level);
  }

  /// Room for as many buckets again as there are, or for 2^target; nothing of it is cleared.
  template <class Alloc>
  void extend(const Alloc&, unsigned level, unsigned target) {
    const std::size_t n = std::size_t{2} << level;
    if (level + 1 > levels_[0]) move_to(allocate(std::max(level + 1, target)));
    if (range_ == nullptr) return;
    range_->full = is_moving() ? 0 : n / 2;
    range_->touched = std::max(range_->touched, n);
    start_runners(n / 2);
  }

  /// Fetches the pages that the split of bucket i, or one soon after it, will write to; false if
  /// there are none to fetch. A fault costs as much as many splits, and several at once (tags,
  /// heads and slots, all of them on new pages) took the longest of all; requested in one
  /// call, four pages cost what two faults do.
  bool touch_ahead(std::size_t i) noexcept {
    if (range_ == nullptr) return false;
    for (unsigned r = 0; r < range_->running; ++r) {
      range_state::runner& ahead = range_->runners[r];
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

  /// A smaller block, just for 2^level buckets.
  void resettle(unsigned level) {
    move_to(allocate(level));
    if (range_ != nullptr) range_->touched = std::max(range_->touched, std::size_t{1} << level);
  }

  /// Every bucket has been split, or moved.
  template <class Alloc>
  void extended(const Alloc&) noexcept {
    if (!is_moving()) return;
    deallocate(current(0));
    set(0, current(1));
    if (range_ != nullptr) range_->has_huge_pages = false;
  }

  /// Gives up what extend() has taken.
  template <class Alloc>
  void abandon(const Alloc&) noexcept {
    if (!is_moving()) return;
    deallocate(current(1));
    set(1, current(0));
    if (range_ != nullptr) range_->touched = std::min(range_->touched, current(0).buckets());
  }

  /// Memory for 2^level buckets at once, of which the table's own are where they are, and the
  /// others empty: the block that it has or is moving to, or a new one. Changes nothing else.
  struct room {
    block in;
    bool is_new;
    bucket_type bucket(std::size_t i) const noexcept { return {in.view, in.heads, i}; }
  };
  template <class Alloc>
  room obtain(const Alloc&, unsigned level, std::size_t split, std::size_t low) {
    block own = current(1);
    if (own.level < level) {
      const block fresh = allocate(level);
      clear_tags(fresh, 0, std::size_t{1} << level);
      return {fresh, true};
    }
    if (own.is_range) own.touched = range_->touched;
    if (is_moving()) clear_tags(own, split, low + 1);
    clear_tags(own, low + 1 + split, std::size_t{1} << level);
    return {own, false};
  }
  /// All entries have been moved there.
  template <class Alloc>
  void settle(const Alloc& alloc, const room& r, unsigned level) noexcept {
    if (r.is_new) {
      abandon(alloc);
      deallocate(current(0));
      install(r.in, level);
      return;
    }
    extended(alloc);
    if (range_ == nullptr) return;
    range_->full = 0;
    range_->touched = std::max(range_->touched, std::size_t{1} << level);
  }

  /// While the table moves: buckets below i of the old block are dead.
  void vacate(std::size_t i) noexcept {
    if (!is_moving() || !in_range_[0]) return;
    if ((i - range_->vacated) * Geometry::stride < release_bytes) return;
    release(range_->vacated, i);
    range_->vacated = i;
  }

  /// Buckets from n on are dead. Their pages go back in pieces, the last ones first: there may be
  /// more of them than this table ever had buckets, from the table before.
  template <class Alloc>
  void shrink(const Alloc&, std::size_t n) noexcept {
    if (!is_range() || (range_->touched - n) * Geometry::stride < release_bytes) return;
    release_piece(n);
  }
  /// The table has halved: also a small rest.
  template <class Alloc>
  void shrunk(const Alloc&, std::size_t n) noexcept {
    if (is_range() && range_->touched > n) release_piece(n);
  }
  /// And all of them at once.
  template <class Alloc>
  void trim(const Alloc&, std::size_t n) noexcept {
    if (is_range() && range_->touched > n) release_end(n);
  }

  /// Empties the first n buckets, which have `count` entries at most, none of them alive. What was
  /// never used is not written, and not even read where entries are few: those pages' tags go back
  /// to the system.
  void wipe(std::size_t n, std::size_t count) noexcept {
    constexpr std::size_t tags_a_page = page_bytes / tag_bytes;
    std::size_t first = 0;
    if (is_range() && !range_->has_huge_pages && count < n / tags_a_page / 4) {
      first = n / tags_a_page * tags_a_page;
      release_pages(current(0).at(), first * tag_bytes);
      range_->full = range_->warm = 0;
    }
    for (std::size_t i = first; i < n; ++i) {
      if (!lower(i).is_empty()) std::memset(lower(i).tags(), 0, tag_bytes);
    }
  }

  /// Gives everything back; what is left here may only be overwritten.
  template <class Alloc>
  void end(const Alloc& alloc) noexcept {
    if (range_ == nullptr && !is_moving()) return deallocate(current(0));
    extended(alloc);  // what a table leaves is the block that it was moving to
    leave(current(0));
    delete range_;
  }
  template <class Alloc>
  void drop(const Alloc& alloc) noexcept {
    end(alloc);
    *this = {};
  }

  /// Makes the first n buckets resident.
  void populate(std::size_t n) noexcept {
    if (!is_range()) return;
    range_->has_huge_pages = true;
    for_each_part(current(0),
                  [&](std::byte* part, std::size_t size) { populate_pages(part, n * size); });
  }

  /// Bytes that n buckets keep busy, without what was only reserved.
  std::size_t bytes(std::size_t n) const noexcept {
    if (!exists()) return 0;
    if (!in_range_[0]) {
      const std::size_t next = is_moving() && !in_range_[1] ? bytes_of(current(1)) : 0;
      return bytes_of(current(0)) + next;
    }
    return sizeof(range_state) + std::max(n, range_->touched) * Geometry::bytes_per_bucket;
  }

  /// Whether a smaller block would do for n buckets.
  bool is_wasteful(std::size_t n) const noexcept {
    return !in_range_[0] && current(0).buckets() > n;
  }

 private:
  /// 64 KB take 6 us to release, 512 MB at once would take 75 ms.
  static constexpr std::size_t release_bytes = Traits::release_bytes;
  /// The least range, so that each part of it begins with a page.
  static constexpr unsigned least_range_level = sizeof(void*) == 8 ? 9 : 10;
  static_assert((tag_bytes << least_range_level) % page_bytes == 0 &&
                ((tag_bytes + sizeof(void*)) << least_range_level) % page_bytes == 0);

  static arrays_type nothing() noexcept {
    return {const_cast<tag_type*>(empty_bucket_tags), nullptr};
  }

  block current(unsigned k) const noexcept {
    return {views_[k], heads_[k], levels_[k], in_range_[k], 0, 0};
  }
  void set(unsigned k, const block& b) noexcept {
    views_[k] = b.view;
    heads_[k] = b.heads;
    levels_[k] = b.level;
    in_range_[k] = b.is_range;
  }
  /// The table is in this block from now on, with 2^level buckets.
  void install(const block& b, unsigned level) noexcept {
    set(0, b);
    set(1, b);
    if (range_ == nullptr) return;
    *range_ = {};
    range_->touched = std::max(std::size_t{1} << level, b.touched);
    range_->warm = b.warm;
  }
  void move_to(const block& b) noexcept {
    set(1, b);
    if (range_ == nullptr) return;
    range_->vacated = range_->full = 0;
    range_->touched = b.touched;
    range_->warm = b.warm;
  }

  /// Nobody clears what was never written: pages of the system are zero. The last page that has
  /// been touched may have tags of buckets behind those that are left.
  static void clear_tags(const block& b, std::size_t first, std::size_t last) noexcept {
    if (b.is_range) last = std::min(last, align_up(b.touched * tag_bytes, page_bytes) / tag_bytes);
    if (first < last) std::memset(b.view.tags_of(first), 0, (last - first) * tag_bytes);
  }

  /// For a growth from n buckets: through the partners' memory, and while the table moves through
  /// that of the others as well. Not for buckets of many pages: each would fetch all of them.
  void start_runners(std::size_t n) noexcept {
    range_->running = 0;
    const block b = current(1);
    if (!b.is_range || Geometry::stride > page_bytes / 2) return;
    for (const bool upper : {true, false}) {
      if (!upper && !is_moving()) break;
      for_each_part(b, [&](std::byte* part, std::size_t size) {
        const std::size_t first = upper ? n * size : 0;
        const std::size_t cold = std::max(first, range_->warm * size);
        range_->runners[range_->running++] = {part + first, size, part + align_up(cold, page_bytes),
                                              part + first + n * size};
      });
    }
  }

  MAPS_ALWAYS_INLINE static block divided(void* at, unsigned level, bool is_range) noexcept {
    const division<Geometry> parts(std::size_t{1} << level);
    auto* bytes = static_cast<std::byte*>(at);
    return {{reinterpret_cast<tag_type*>(bytes), bytes + parts.slots_offset},
            reinterpret_cast<heads_type>(bytes + parts.heads_offset),
            static_cast<std::uint8_t>(level),
            is_range,
            0,
            0};
  }
  static std::size_t bytes_of(const block& b) noexcept {
    return division<Geometry>(b.buckets()).bytes;
  }

  // In line, so that a block's parts need not pass through memory: five million tables of one entry
  // were made and ended in 0.35 s, now in 0.27.
  MAPS_ALWAYS_INLINE block allocate(unsigned level) {
    if (level >= std::numeric_limits<std::size_t>::digits - 1 ||
        std::size_t{1} << level > Geometry::max_buckets) {
      maps::common::throw_bad_alloc();
    }
    const std::size_t bytes = division<Geometry>(std::size_t{1} << level).bytes;
    if (bytes > Traits::heap_bytes && Geometry::alignment <= page_bytes) {
      if (const block range = reserve(level)) return range;
    }
    return divided(allocate_bytes(bytes), level, false);
  }
  static constexpr bool is_over_aligned = Geometry::alignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__;
  static void* allocate_bytes(std::size_t bytes) {
    if constexpr (is_over_aligned) {
      return ::operator new(bytes, std::align_val_t{Geometry::alignment});
    } else {
      return ::operator new(bytes);
    }
  }

  /// As much address space as there is to be had, down to what is needed. A process has room for
  /// tens of thousands of the first width and for a few dozen of the last.
  block reserve(unsigned level) noexcept {
    const unsigned least = std::max(level, least_range_level);
    for (const std::uint64_t width : Traits::reservation_bytes) {
      const std::uint64_t fit = width / Geometry::bytes_per_bucket;
      if (fit >> least == 0) continue;
      const auto widest = static_cast<unsigned>(std::bit_width(fit)) - 1;
      if (const block b = reserve_exactly(widest)) return b;
      break;
    }
    return level >= least_range_level ? reserve_exactly(level) : block();
  }
  block reserve_exactly(unsigned level) noexcept {
    if (range_ == nullptr) range_ = new (std::nothrow) range_state;
    if (range_ == nullptr) return {};
    const std::size_t bytes = division<Geometry>(std::size_t{1} << level).bytes;
    kept_range kept;
    if (void* at = kept_pages.take(bytes, Geometry::bytes_per_bucket, kept)) {
      block b = divided(at, level, true);
      b.touched = std::max(kept.touched, sizeof kept / tag_bytes);  // it was described in there
      b.warm = kept.warm;
      return b;
    }
    void* at = reserve_pages(bytes);
    return at != nullptr ? divided(at, level, true) : block();
  }

  /// Deallocates, or leaves to the next table what it may have of it.
  void leave(const block& b) noexcept {
    if (!b.is_range) return deallocate(b);
    const std::size_t limit = kept_pages.room() / Geometry::bytes_per_bucket;
    if (range_->has_huge_pages || limit == 0) return deallocate(b);
    if (range_->touched > limit) release_end(limit);
    const std::size_t warm = std::min(std::max(range_->full, range_->warm), range_->touched);
    kept_pages.keep(b.at(), {bytes_of(b), Geometry::bytes_per_bucket, range_->touched, warm});
  }

  static void deallocate(const block& b) noexcept {
    if (!b) return;
    if (b.is_range) {
      unreserve_pages(b.at(), bytes_of(b));
    } else if constexpr (is_over_aligned) {
      ::operator delete(b.at(), std::align_val_t{Geometry::alignment});
    } else {
      ::operator delete(b.at());
    }
  }

  /// The pages of buckets [first, last) that nothing below `first` and nothing from `last` on
  /// needs: what is below `first` is dead as well, so only the end is rounded down.
  void release(std::size_t first, std::size_t last) noexcept {
    for_each_part(current(0), [&](std::byte* part, std::size_t size) {
      const std::size_t begin = first * size / page_bytes * page_bytes;
      const std::size_t end = last * size / page_bytes * page_bytes;
      if (begin < end) release_pages(part + begin, end - begin);
    });
  }
  /// Buckets from n on, as many at a time as two pieces hold.
  void release_piece(std::size_t n) noexcept {
    constexpr std::size_t most = 2 * release_bytes / Geometry::stride + 1;
    release_end(std::max(n, range_->touched - std::min(range_->touched, most)));
  }
  void release_end(std::size_t n) noexcept {
    for_each_part(current(0), [&](std::byte* part, std::size_t size) {
      const std::size_t begin = align_up(n * size, page_bytes);
      const std::size_t end = align_up(range_->touched * size, page_bytes);
      if (begin < end) release_pages(part + begin, end - begin);
    });
    range_->touched = n;
    range_->full = std::min(range_->full, n);
    range_->warm = std::min(range_->warm, n);
  }
  template <class F>
  static void for_each_part(const block& b, F f) noexcept {
    f(b.at(), std::size_t{tag_bytes});
    f(reinterpret_cast<std::byte*>(b.heads), sizeof(typename Geometry::node_type*));
    f(b.view.slots, Geometry::stride);
  }

  // Of each the lower and the upper buckets'. What lookups read comes last.
  range_state* range_ = nullptr;
  heads_type heads_[2] = {};
  std::uint8_t levels_[2] = {};
  bool in_range_[2] = {};
  arrays_type views_[2] = {nothing(), nothing()};
};

}  // namespace steady::detail
