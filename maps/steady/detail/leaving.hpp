// The end of an erased entry. Its destructor may come back to the table (an eviction hook that
// inserts what it has saved), so the table must be whole by then:
//
//   plain bytes, strings                 the slot is closed first, and no code of the program runs
//   moves that cannot throw, up to 1 KB  the entry is moved out of its slot, the slot closed, all
//                                        of the table's own work done; then the entry ends
//   any other                            the entry ends in its slot, which is closed afterwards;
//                                        until then it is hidden, and nothing splits or merges
//   entries in nodes                     the node leaves its chain first, the pool has it last
#pragma once

#include <cstddef>
#include <limits>
#include <new>

#include "../../common/emplace.hpp"
#include "chain.hpp"
#include "core.hpp"

namespace steady::detail {

template <class Core>
void set_limits(Core& c) noexcept;

template <class Core>
inline constexpr bool leaves_by_move =
    !Core::ops::quiet && Core::ops::moves_safely &&
    sizeof(typename Core::value_type) <= maps::common::max_stack_bytes;

/// Ends an entry in its slot. No lookup finds it meanwhile: its tag is another one.
template <class Core>
MAPS_NOINLINE void end_in_slot(Core& c, tag_type& tag, typename Core::value_type* entry) noexcept {
  tag = tag == 1 ? tag_type{2} : static_cast<tag_type>(tag - 1);
  c.grow_at = std::numeric_limits<std::size_t>::max();
  c.shrink_at = 0;
  Core::ops::destroy(c.alloc, entry);
  tag = no_tag;
  set_limits(c);
}

/// Takes the entry of a slot out of the table when it is made; the entry has ended when it ends.
template <class Core>
class leaving_slot {
 public:
  MAPS_ALWAYS_INLINE leaving_slot(Core& c, tag_type& tag, typename Core::value_type* entry) noexcept
      : c_(c) {
    --c.count;
    if constexpr (leaves_by_move<Core>) {
      Core::ops::relocate(c.alloc, at(), entry);
      tag = no_tag;
    } else if constexpr (Core::ops::quiet) {
      tag = no_tag;
      Core::ops::destroy(c.alloc, entry);
    } else {
      end_in_slot(c, tag, entry);
    }
  }
  MAPS_ALWAYS_INLINE ~leaving_slot() {
    if constexpr (leaves_by_move<Core>) Core::ops::destroy(c_.alloc, at());
  }
  leaving_slot(const leaving_slot&) = delete;
  leaving_slot& operator=(const leaving_slot&) = delete;

 private:
  using value_type = typename Core::value_type;
  struct nothing {};
  struct place {
    alignas(value_type) std::byte bytes[sizeof(value_type)];
  };
  value_type* at() noexcept { return std::launder(reinterpret_cast<value_type*>(&place_)); }

  Core& c_;
  std::conditional_t<leaves_by_move<Core>, place, nothing> place_;
};

/// The same for an entry in a node.
template <class Core>
class leaving_node {
 public:
  leaving_node(Core& c, const typename Core::location_type& at) noexcept : c_(c), node_(at.in) {
    unlink(c, at.bucket, c.bucket_at(at.bucket), at.in);
    --c.count;
  }
  ~leaving_node() {
    Core::ops::destroy(c_.alloc, node_->entry());
    c_.nodes.give_back(node_);
  }
  leaving_node(const leaving_node&) = delete;
  leaving_node& operator=(const leaving_node&) = delete;

 private:
  Core& c_;
  typename Core::node_type* node_;
};

}  // namespace steady::detail
