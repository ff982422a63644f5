// Buckets in segments: the memory of tables with any other allocator, and of systems without
// address space to reserve. Segment 0 is bucket 0, segment k the buckets from 2^(k-1) to 2^k.
// Growing allocates one segment, shrinking gives the last one back; no bucket ever changes its
// place. A lookup pays with one more load, from a directory that is always in the cache.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>

#include "../../common/fail.hpp"
#include "bucket.hpp"
#include "config.hpp"

namespace steady::detail {

template <class Geometry, class Traits>
class segments {
  using arrays_type = arrays<Geometry>;

  struct segment {
    arrays_type view;
    chain_heads<Geometry> heads;
  };

 public:
  using bucket_type = bucket<Geometry>;
  static constexpr bool moves = false;

  MAPS_ALWAYS_INLINE bucket_type lower(std::size_t i) const noexcept {
    const unsigned k = segment_of(i);
    return {directory_[k].view, directory_[k].heads, i - first_of(k)};
  }
  MAPS_ALWAYS_INLINE bucket_type upper(std::size_t i) const noexcept { return lower(i); }
  MAPS_ALWAYS_INLINE bucket_type either(bool, std::size_t i) const noexcept { return lower(i); }

  bool exists() const noexcept { return segments_ != 0; }
  static constexpr bool is_moving() noexcept { return false; }
  static constexpr bool is_range() noexcept { return false; }

  template <class Alloc>
  void start(const Alloc& alloc, unsigned level) {
    add_up_to(alloc, level);
    clear_tags(0, std::size_t{1} << level);
  }
  /// One segment more, or as many as 2^target buckets need.
  template <class Alloc>
  void extend(const Alloc& alloc, unsigned level, unsigned target) {
    add_up_to(alloc, std::max(level + 1, target));
  }
  template <class Alloc>
  void extended(const Alloc&) noexcept {}
  template <class Alloc>
  void abandon(const Alloc&) noexcept {}
  void vacate(std::size_t) noexcept {}
  static constexpr bool touch_ahead(std::size_t) noexcept { return false; }

  /// contiguous::room
  struct room {
    const segments* in;
    bucket_type bucket(std::size_t i) const noexcept { return in->lower(i); }
  };
  template <class Alloc>
  room obtain(const Alloc& alloc, unsigned level, std::size_t split, std::size_t low) {
    add_up_to(alloc, level);
    clear_tags(low + 1 + split, std::size_t{1} << level);
    return {this};
  }
  template <class Alloc>
  void settle(const Alloc&, const room&, unsigned) noexcept {}

  template <class Alloc>
  void shrink(const Alloc& alloc, std::size_t n) noexcept {
    while (segments_ > 1 && first_of(segments_ - 1U) >= n) remove(alloc);
  }
  template <class Alloc>
  void shrunk(const Alloc& alloc, std::size_t n) noexcept {
    shrink(alloc, n);
  }
  template <class Alloc>
  void trim(const Alloc& alloc, std::size_t n) noexcept {
    shrink(alloc, n);
  }
  template <class Alloc>
  void end(const Alloc& alloc) noexcept {
    while (segments_ != 0) remove(alloc);
    if (room_ != 0) deallocate_directory(alloc, directory_, room_);
  }
  template <class Alloc>
  void drop(const Alloc& alloc) noexcept {
    end(alloc);
    *this = {};
  }

  void wipe(std::size_t n, std::size_t) noexcept { clear_tags(0, n); }
  void populate(std::size_t) noexcept {}
  std::size_t bytes(std::size_t) const noexcept {
    std::size_t sum = room_ * sizeof(segment);
    for (unsigned k = 0; k < segments_; ++k) sum += parts_of(k).bytes;
    return sum;
  }
  static constexpr bool is_wasteful(std::size_t) noexcept { return false; }

 private:
  struct alignas(Geometry::alignment) unit {
    std::byte bytes[Geometry::alignment];
  };
  template <class Alloc>
  using unit_traits = typename std::allocator_traits<Alloc>::template rebind_traits<unit>;
  template <class Alloc>
  using directory_traits = typename std::allocator_traits<Alloc>::template rebind_traits<segment>;

  /// 2^39 buckets are more than memory holds.
  static constexpr unsigned max_segments = std::numeric_limits<std::size_t>::digits > 32 ? 40 : 28;

  static unsigned segment_of(std::size_t i) noexcept {
    return static_cast<unsigned>(std::bit_width(i));
  }
  static std::size_t first_of(unsigned k) noexcept { return (std::size_t{1} << k) >> 1; }
  static std::size_t buckets_of(unsigned k) noexcept { return k == 0 ? 1 : first_of(k); }
  static division<Geometry> parts_of(unsigned k) noexcept {
    return division<Geometry>(buckets_of(k));
  }

  /// Of buckets [first, last), which are there. Those that are clear are not written.
  void clear_tags(std::size_t first, std::size_t last) noexcept {
    for (std::size_t i = first; i < last; ++i) {
      if (!lower(i).is_empty()) std::memset(lower(i).tags(), 0, tag_bytes);
    }
  }

  /// Segments for 2^level buckets, or none more.
  template <class Alloc>
  void add_up_to(const Alloc& alloc, unsigned level) {
    const unsigned before = segments_;
    MAPS_TRY {
      while (segments_ <= level) add(alloc);
    }
    MAPS_CATCH_ALL {
      while (segments_ > before) remove(alloc);
      if (before == 0) drop(alloc);
      MAPS_RETHROW;
    }
  }
  template <class Alloc>
  void add(const Alloc& alloc) {
    static_assert(std::is_same_v<typename unit_traits<Alloc>::pointer, unit*>,
                  STEADY_PLAIN_POINTERS_ONLY);
    if (segments_ == max_segments || buckets_of(segments_) > Geometry::max_buckets) {
      maps::common::throw_bad_alloc();
    }
    if (segments_ == room_) grow_directory(alloc);
    const division<Geometry> parts = parts_of(segments_);
    typename unit_traits<Alloc>::allocator_type a(alloc);
    auto* block =
        reinterpret_cast<std::byte*>(unit_traits<Alloc>::allocate(a, parts.bytes / sizeof(unit)));
    directory_[segments_++] = {{reinterpret_cast<tag_type*>(block), block + parts.slots_offset},
                               reinterpret_cast<chain_heads<Geometry>>(block + parts.heads_offset)};
  }
  template <class Alloc>
  void remove(const Alloc& alloc) noexcept {
    --segments_;
    typename unit_traits<Alloc>::allocator_type a(alloc);
    unit_traits<Alloc>::deallocate(a, reinterpret_cast<unit*>(directory_[segments_].view.tags),
                                   parts_of(segments_).bytes / sizeof(unit));
  }

  /// A small table has a small directory.
  template <class Alloc>
  void grow_directory(const Alloc& alloc) {
    const unsigned larger = room_ == 0 ? 4U : 2U * room_;
    typename directory_traits<Alloc>::allocator_type a(alloc);
    segment* fresh = directory_traits<Alloc>::allocate(a, larger);
    for (unsigned k = 0; k < larger; ++k) ::new (static_cast<void*>(fresh + k)) segment(none);
    std::copy_n(directory_, segments_, fresh);
    if (room_ != 0) deallocate_directory(alloc, directory_, room_);
    directory_ = fresh;
    room_ = static_cast<std::uint8_t>(larger);
  }
  template <class Alloc>
  static void deallocate_directory(const Alloc& alloc, segment* directory, unsigned n) noexcept {
    typename directory_traits<Alloc>::allocator_type a(alloc);
    directory_traits<Alloc>::deallocate(a, directory, n);
  }

  /// The directory of a table without memory: never written.
  static inline constinit segment none{{const_cast<tag_type*>(empty_bucket_tags), nullptr},
                                       nullptr};

  std::uint8_t segments_ = 0;
  std::uint8_t room_ = 0;  // of the directory
  segment* directory_ = &none;
};

}  // namespace steady::detail
