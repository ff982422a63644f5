// Buckets in segments: the memory of tables with any other allocator, and of systems without
// address space to reserve. Segment 0 is bucket 0, segment k the buckets from 2^(k-1) to 2^k.
// Growing allocates one segment, shrinking gives the last one back; no bucket ever changes its
// place. A lookup pays with one more load, from a directory that is always in the cache.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <type_traits>

#include "bucket.hpp"
#include "config.hpp"
#include "hmap/detail/fail.hpp"

namespace steady::detail {

template <class Geometry, class Traits>
class segments {
  using arrays_type = arrays<Geometry>;
  using division = typename arrays_type::division;

 public:
  using bucket_type = bucket<Geometry>;
  static constexpr bool moves = false;

  STEADY_ALWAYS_INLINE bucket_type lower(std::size_t i) const noexcept {
    const unsigned k = segment_of(i);
    return {directory_[k], i - first_of(k)};
  }
  STEADY_ALWAYS_INLINE bucket_type upper(std::size_t i) const noexcept { return lower(i); }
  STEADY_ALWAYS_INLINE bucket_type either(bool, std::size_t i) const noexcept { return lower(i); }

  bool exists() const noexcept { return segments_ != 0; }
  static constexpr bool is_moving() noexcept { return false; }
  static constexpr bool is_range() noexcept { return false; }

  template <class Alloc>
  void start(const Alloc& alloc, unsigned level) {
    HMAP_TRY {
      while (segments_ <= level) {
        add(alloc);
        std::memset(directory_[segments_ - 1].tags, 0, buckets_of(segments_ - 1) * tag_bytes);
      }
    }
    HMAP_CATCH_ALL {
      drop(alloc);
      HMAP_RETHROW;
    }
  }
  template <class Alloc>
  void extend(const Alloc& alloc, unsigned level, unsigned) {
    while (segments_ <= level + 1) add(alloc);
  }
  template <class Alloc>
  void extended(const Alloc&) noexcept {}
  template <class Alloc>
  void abandon(const Alloc&) noexcept {}
  void vacate(std::size_t) noexcept {}
  static constexpr bool touch_ahead(std::size_t) noexcept { return false; }

  template <class Alloc>
  void shrink(const Alloc& alloc, std::size_t n) noexcept {
    while (segments_ > 1 && first_of(segments_ - 1) >= n) remove(alloc);
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
  void drop(const Alloc& alloc) noexcept {
    while (segments_ != 0) remove(alloc);
  }

  void populate(std::size_t) noexcept {}
  std::size_t bytes(std::size_t) const noexcept {
    std::size_t sum = 0;
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

  /// 2^39 buckets are more than memory holds.
  static constexpr unsigned max_segments = std::numeric_limits<std::size_t>::digits > 32 ? 40 : 28;

  static unsigned segment_of(std::size_t i) noexcept {
    return static_cast<unsigned>(std::bit_width(i));
  }
  static std::size_t first_of(unsigned k) noexcept { return (std::size_t{1} << k) >> 1; }
  static std::size_t buckets_of(unsigned k) noexcept { return k == 0 ? 1 : first_of(k); }
  static division parts_of(unsigned k) noexcept {
    return arrays_type::divide(buckets_of(k), Geometry::alignment);
  }

  template <class Alloc>
  void add(const Alloc& alloc) {
    static_assert(std::is_same_v<typename unit_traits<Alloc>::pointer, unit*>,
                  "steady needs an allocator whose pointer is a plain pointer");
    if (segments_ == max_segments || buckets_of(segments_) > Geometry::max_buckets) {
      hmap::detail::throw_bad_alloc();
    }
    const division parts = parts_of(segments_);
    typename unit_traits<Alloc>::allocator_type a(alloc);
    unit* block = unit_traits<Alloc>::allocate(a, parts.bytes / sizeof(unit));
    directory_[segments_++] = arrays_type::in_block(block, parts);
  }
  template <class Alloc>
  void remove(const Alloc& alloc) noexcept {
    --segments_;
    typename unit_traits<Alloc>::allocator_type a(alloc);
    unit_traits<Alloc>::deallocate(a, reinterpret_cast<unit*>(directory_[segments_].tags),
                                   parts_of(segments_).bytes / sizeof(unit));
    directory_[segments_] = nothing();
  }

  static arrays_type nothing() noexcept {
    return {const_cast<tag_type*>(empty_bucket_tags), nullptr, nullptr};
  }

  arrays_type directory_[max_segments] = {nothing()};
  unsigned segments_ = 0;
};

}  // namespace steady::detail
