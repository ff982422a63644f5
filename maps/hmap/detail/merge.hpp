// Taking entries of another table over.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "assign.hpp"
#include "core.hpp"
#include "erase.hpp"
#include "find.hpp"
#include "growth.hpp"
#include "relocate.hpp"

namespace hmap::detail {

/// Makes the entry at `to` of the one at `from` in another table, whose life ends with it. In a
/// table of another layout it is moved if no move can throw, or if there is no other way.
template <class Core, class Other>
void move_across(Core& c, location to, Other& other, location from) {
  using layout = typename Core::layout;
  using from_layout = typename Other::layout;
  using key_type = typename Core::key_type;
  using mapped_type = typename Core::mapped_type;
  auto& key = from_layout::mutable_key(from.b, from.i);
  auto& value = from_layout::value(from.b, from.i);
  if constexpr (std::is_same_v<layout, from_layout> && layout::moves) {
    layout::transfer(c.alloc, to.b, to.i, from.b, from.i);
  } else if constexpr ((std::is_nothrow_move_constructible_v<key_type> &&
                        std::is_nothrow_move_constructible_v<mapped_type>) ||
                       !std::is_copy_constructible_v<key_type> ||
                       !std::is_copy_constructible_v<mapped_type>) {
    layout::construct(c.alloc, to.b, to.i, std::move(key), std::move(value));
    from_layout::destroy(other.alloc, from.b, from.i);
  } else {
    layout::construct(c.alloc, to.b, to.i, std::as_const(key), std::as_const(value));
    from_layout::destroy(other.alloc, from.b, from.i);
  }
}

/// Takes the entry at `from`, in the chain of `other` that starts at `head`, unless its key is here
/// already. Whatever can throw does so before the entry moves, and then nothing has changed. A
/// table that must grow for it makes room for all that `other` has.
template <class Core, class Other>
void take_entry(Core& c, Other& other, bucket* head, location from) {
  const auto& key = Other::layout::key(from.b, from.i);
  const std::uint64_t hash = c.hash_of(key);
  const write_guard guard(c);
  const write_guard other_guard(other);
  if (c.h.buckets == nullptr) c.h.buckets = make_bucket_array(c, c.h.B);
  if (find_hashed(c, key, hash)) return;
  if (!c.growing() && over_load<typename Core::traits>(c.h.count + 1, c.h.B)) {
    reserve_buckets(c, buckets_for<typename Core::traits>(c.h.count + other.h.count));
  }
  const location to = make_room(c, hash);
  move_across(c, to, other, from);
  occupy(c, head_of(c, hash), to, hash);
  vacate(other, head, from);
}

}  // namespace hmap::detail
