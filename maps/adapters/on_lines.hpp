// For the layout experiment: hmap's buckets, each beginning on a cache line of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "hmap/map.hpp"

namespace adapters {

/// A bucket of `Layout`, made longer until the next one can begin on a line as well. 144 bytes
/// become 192: three lines either way, as buckets that lie close together share theirs.
template <class Layout>
struct on_lines : Layout {
  static constexpr std::size_t alignment = 64;
  static constexpr std::size_t size = ::hmap::detail::align_up(Layout::size, alignment);
  static constexpr std::size_t overflow_offset = size - sizeof(::hmap::detail::bucket*);
};

template <class Traits>
struct aligned_traits : Traits {
  template <class Key, class Value>
  using layout = on_lines<typename Traits::template layout<Key, Value>>;
};

template <class Key, class Value, class Hash, class Traits>
using aligned_hmap =
    ::hmap::basic_map<Key, Value, Hash, ::hmap::equal_to<Key>,
                      std::allocator<std::pair<const Key, Value>>, aligned_traits<Traits>>;

}  // namespace adapters
