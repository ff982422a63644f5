// What deduction guides of map and paired_map need to know: which types an iterator's pairs
// consist of, and whether an argument is a hash or an allocator.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

namespace hmap::detail {

template <class It>
using key_of = std::remove_const_t<typename std::iterator_traits<It>::value_type::first_type>;
template <class It>
using mapped_of = typename std::iterator_traits<It>::value_type::second_type;
template <class It>
using entry_of = std::pair<const key_of<It>, mapped_of<It>>;

template <class T>
concept allocator_like = requires(T& a) {
  typename T::value_type;
  a.allocate(std::size_t{});
};
template <class T>
concept functor_like = !allocator_like<T> && !std::is_integral_v<T>;

template <class Hash, class Equal, class Alloc>
concept functors_and_allocator = functor_like<Hash> && functor_like<Equal> && allocator_like<Alloc>;

}  // namespace hmap::detail
