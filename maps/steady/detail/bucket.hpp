// Where a bucket's parts are. Buckets are not structs: tags, chain heads and slots of all buckets
// of a block are in three arrays of their own, because a lookup that finds no matching tag must
// not pay for the slots' cache lines.
//
//   block   tags[16] * n | chain head * n | slots[15] * n
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <utility>

#include "entry.hpp"
#include "nodes.hpp"
#include "pages.hpp"
#include "tags.hpp"

namespace steady::detail {

template <class K, class V>
struct geometry {
  using value_type = std::pair<const K, V>;
  using node_type = node<value_type>;

  /// Of a block: a bucket's tags must not lie in two cache lines.
  static constexpr std::size_t alignment = std::max<std::size_t>(alignof(value_type), tag_bytes);

  /// Buckets at a distance of 256 bytes would use half of the sets of a first-level cache: hits
  /// among a million entries cost 1.24 times boost's instead of 1.04.
  static constexpr std::size_t stride = [] {
    constexpr std::size_t line = std::max<std::size_t>(alignof(value_type), 64);
    const std::size_t bytes = bucket_slots * sizeof(value_type);
    return bytes % 256 == 0 ? bytes + line : bytes;
  }();

  static constexpr std::size_t bytes_per_bucket = tag_bytes + sizeof(node_type*) + stride;
  static constexpr std::size_t max_buckets =
      static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / 2 / bytes_per_bucket;
};

/// How a block of n buckets is divided.
template <class Geometry>
struct division {
  std::size_t heads_offset, slots_offset, bytes;

  constexpr explicit division(std::size_t n) noexcept
      : heads_offset(n * tag_bytes),
        slots_offset(align_up(heads_offset + n * sizeof(void*), Geometry::alignment)),
        bytes(align_up(slots_offset + n * Geometry::stride, Geometry::alignment)) {}
};

/// What a lookup reads of a block, or of none.
template <class Geometry>
struct arrays {
  using value_type = typename Geometry::value_type;

  tag_type* tags = nullptr;
  std::byte* slots = nullptr;

  tag_type* tags_of(std::size_t i) const noexcept { return tags + i * tag_bytes; }
  value_type* slots_of(std::size_t i) const noexcept {
    return reinterpret_cast<value_type*>(slots + i * Geometry::stride);
  }
};

/// The chain heads, apart, because lookups seldom need them.
template <class Geometry>
using chain_heads = typename Geometry::node_type**;

/// Fifteen slots, their tags, and the chain of what had no room.
template <class Geometry>
class bucket {
 public:
  using value_type = typename Geometry::value_type;
  using node_type = typename Geometry::node_type;

  bucket(const arrays<Geometry>& a, const chain_heads<Geometry>& heads, std::size_t i) noexcept
      : tags_(a.tags_of(i)), arrays_(&a), heads_(&heads), index_(i) {}

  tag_type* tags() const noexcept { return tags_; }
  tag_type& tag(unsigned slot) const noexcept { return tags_[slot]; }
  tag_type& filter() const noexcept { return tags_[filter_byte]; }
  /// Computed when used: a miss does not use it.
  value_type* slots() const noexcept { return arrays_->slots_of(index_); }
  value_type* entry(unsigned slot) const noexcept { return slots() + slot; }
  tag_word word() const noexcept { return tag_word(tags_); }
  /// Neither an entry in its slots nor one in a chain.
  bool is_empty() const noexcept {
    std::uint64_t halves[2];
    std::memcpy(halves, tags_, tag_bytes);
    return (halves[0] | halves[1]) == 0;
  }
  bool may_have_spilled(std::uint64_t hash) const noexcept {
    return (filter() & filter_bits[hash >> 56]) != 0;
  }

  /// Valid only while the filter is not zero; no code clears the heads of fresh buckets.
  node_type*& head() const noexcept { return (*heads_)[index_]; }
  node_type* chain() const noexcept { return filter() != 0 ? head() : nullptr; }

 private:
  tag_type* tags_;
  const arrays<Geometry>* arrays_;
  const chain_heads<Geometry>* heads_;
  std::size_t index_;
};

/// What lookups read in a table without memory: one bucket, for ever empty.
alignas(tag_bytes) inline constexpr tag_type empty_bucket_tags[tag_bytes] = {};

}  // namespace steady::detail
