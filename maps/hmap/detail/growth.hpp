// When a table grows, and to what size. Tested only when a new key is about to be added
// to a table that is not growing already:
//
//   too full       count + 1 > 8 and count + 1 > 13 * (2^B / 2)   the array doubles
//   too sparse     noverflow >= 2^min(B, 15)                     a fresh array of equal
//                  size: the holes that erased entries left in long chains are squeezed out
//
// 13/2 entries a bucket is Go's choice. Measured in Go 1.19 at that load: 0.21 overflow
// buckets a main bucket, longest chain 3, 27 bytes an entry for 8-byte keys and values;
// halving the load halves the overflow and doubles the memory.
// The array never shrinks: erasing returns no memory, as in Go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "core.hpp"
#include "cursor_pins.hpp"
#include "growth_kind.hpp"
#include "storage.hpp"

namespace hmap::detail {

/// The most entries that 2^B buckets take before they double.
template <class Traits>
constexpr std::size_t capacity(std::uint8_t B) noexcept {
  const std::size_t by_load = Traits::load_factor_num * ((std::size_t{1} << B) / 2);
  return by_load > bucket_cells ? by_load : bucket_cells;
}

/// Whether `count` entries are more than 2^B buckets take. In full: count > 8 and
/// count > num * (2^B / 2); this form is one shift in the common case.
template <class Traits>
constexpr bool over_load(std::size_t count, std::uint8_t B) noexcept {
  return ((count - 1) * 2 >> B) >= Traits::load_factor_num && count > bucket_cells;
}

/// The smallest B that holds `hint` entries without growing.
template <class Traits>
constexpr std::uint8_t buckets_for(std::size_t hint) noexcept {
  std::uint8_t B = 0;
  while (over_load<Traits>(hint, B)) ++B;
  return B;
}

constexpr bool too_many_overflow(std::uint16_t noverflow, std::uint8_t B) noexcept {
  return noverflow >= std::uint16_t{1} << (B < 15 ? B : 15);
}

/// The flags of a table whose array has become the old one, and its cursors with it.
inline std::uint8_t flags_of_old_cursors(const header& h) noexcept {
  return h.flags & iterator_flag ? old_iterator_flag : 0;
}

/// Starts a growth: another array beside the old one. Nothing moves yet, but the caller evacuates a
/// chain next, which also forgets the first entry. Throws what the allocator throws, and then has
/// changed nothing.
template <class Core>
void hash_grow(Core& c, growth_kind kind) {
  header& h = c.h;
  const auto B = static_cast<std::uint8_t>(h.B + (kind == growth_kind::doubling));
  if (has_cursors(c)) prepare_retirement(c, *c.h.extra);
  if (leaves_in_pieces<Core>(h.buckets, h.B)) extra_of(c);
  bucket* fresh = make_growth_array(c, B);
  free_leaving(c);

  std::uint8_t flags = flags_of_old_cursors(h);
  if (kind == growth_kind::same_size) flags |= same_size_grow;
  h.flags = flags;
  h.B = B;
  h.oldbuckets = h.buckets;
  h.buckets = fresh;
  h.nevacuate = 0;
  h.noverflow = 0;
  if (h.extra != nullptr) h.extra->spares_used = h.extra->released = 0;
  c.observer.growth_started(kind, B, array_bytes<Core>(B));
}

/// Whether one more entry starts a growth; for a table that is not growing.
template <class Core>
MAPS_ALWAYS_INLINE bool must_grow(const Core& c) noexcept {
  return over_load<typename Core::traits>(c.h.count + 1, c.h.B) ||
         too_many_overflow(c.h.noverflow, c.h.B);
}

/// Go's test before a new key is added. Says whether a growth was started.
template <class Core>
bool grow_if_needed(Core& c) {
  if (c.growing() || !must_grow(c)) return false;
  hash_grow(c, over_load<typename Core::traits>(c.h.count + 1, c.h.B) ? growth_kind::doubling
                                                                      : growth_kind::same_size);
  return true;
}

}  // namespace hmap::detail
