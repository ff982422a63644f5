// What constructors and deduction guides need to know: whether an argument is an iterator, a
// hash or an allocator, and which types an iterator's pairs consist of. And the guides themselves.
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

namespace maps::common {

/// What std calls a Cpp17InputIterator. The C++20 concept asks for a common reference, which
/// std::pair<const K&, V&> and std::pair<const K, V> have only from C++23 on.
template <class It>
concept legacy_input_iterator = requires(It it) {
  typename std::iterator_traits<It>::iterator_category;
  *it;
  ++it;
};

/// Whether a range can be gone through twice, to count it first. (The map's own iterators over
/// split entries can, though they are no forward iterators by the rules of C++17.)
template <class It>
concept multi_pass_iterator =
    std::forward_iterator<It> ||
    std::derived_from<typename std::iterator_traits<It>::iterator_category,
                      std::forward_iterator_tag>;

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

}  // namespace maps::common

// The deduction guides of a map, in its namespace: a language that deduces for each class by itself
// leaves no way but a macro to write them once. `hash` and `equal_to` are those of that namespace.
#define MAPS_DEDUCTION_GUIDES(map)                                                                 \
  template <class It, class Hash = hash<maps::common::key_of<It>>,                                 \
            class Equal = equal_to<maps::common::key_of<It>>,                                      \
            class Alloc = std::allocator<maps::common::entry_of<It>>>                              \
    requires maps::common::functors_and_allocator<Hash, Equal, Alloc>                              \
  map(It, It, std::size_t = 0, Hash = Hash(), Equal = Equal(), Alloc = Alloc())                    \
      -> map<maps::common::key_of<It>, maps::common::mapped_of<It>, Hash, Equal, Alloc>;           \
                                                                                                   \
  template <class It, class Hash, maps::common::allocator_like Alloc>                              \
    requires maps::common::functor_like<Hash>                                                      \
  map(It, It, std::size_t, Hash, Alloc)                                                            \
      -> map<maps::common::key_of<It>, maps::common::mapped_of<It>, Hash,                          \
             equal_to<maps::common::key_of<It>>, Alloc>;                                           \
                                                                                                   \
  template <class It, maps::common::allocator_like Alloc>                                          \
  map(It, It, std::size_t, Alloc)                                                                  \
      -> map<maps::common::key_of<It>, maps::common::mapped_of<It>,                                \
             hash<maps::common::key_of<It>>, equal_to<maps::common::key_of<It>>, Alloc>;           \
                                                                                                   \
  template <class K, class T, class Key = std::remove_const_t<K>, class Hash = hash<Key>,          \
            class Equal = equal_to<Key>, class Alloc = std::allocator<std::pair<const Key, T>>>    \
    requires maps::common::functors_and_allocator<Hash, Equal, Alloc>                              \
  map(std::initializer_list<std::pair<K, T>>, std::size_t = 0, Hash = Hash(), Equal = Equal(),     \
      Alloc = Alloc()) -> map<Key, T, Hash, Equal, Alloc>;                                         \
                                                                                                   \
  template <class K, class T, class Hash, maps::common::allocator_like Alloc,                      \
            class Key = std::remove_const_t<K>>                                                    \
    requires maps::common::functor_like<Hash>                                                      \
  map(std::initializer_list<std::pair<K, T>>, std::size_t, Hash, Alloc)                            \
      -> map<Key, T, Hash, equal_to<Key>, Alloc>;                                                  \
                                                                                                   \
  template <class K, class T, maps::common::allocator_like Alloc,                                  \
            class Key = std::remove_const_t<K>>                                                    \
  map(std::initializer_list<std::pair<K, T>>, std::size_t, Alloc)                                  \
      -> map<Key, T, hash<Key>, equal_to<Key>, Alloc>;
