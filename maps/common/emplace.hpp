// emplace() and its kin: which of the arguments are the key, and which the value.
//
// A table looks the key up before it makes an entry, and makes the entry straight in its cell. So
// emplace_by() takes what std::pair's constructors would take apart into a key and the arguments
// of a value, and hands both to the table's try_emplace():
//
//   emplace()                                 a key and a value from nothing
//   emplace(k, v)                             k and v
//   emplace(piecewise_construct, ks, vs)      a key from the tuple ks; vs
//   emplace(pair)                             its two halves
//   emplace(other)                            a value_type from whatever converts to one
//
// A key that is not one yet is made outside the table, by the table's allocator as an entry would
// be (uses-allocator construction: a std::pmr::string takes the table's resource), and moved in.
// Such an object is on the stack up to 1 KB; a larger one has memory of the allocator.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

#include "config.hpp"

namespace maps::common {

inline constexpr std::size_t max_stack_bytes = 1024;

/// One object outside the table, made and ended by the table's allocator.
template <class Object, class Alloc>
class detached_object {
  using object_alloc = typename std::allocator_traits<Alloc>::template rebind_alloc<Object>;
  using traits = std::allocator_traits<object_alloc>;
  static constexpr bool on_stack = sizeof(Object) <= max_stack_bytes;

 public:
  template <class... Args>
  explicit detached_object(const Alloc& alloc, Args&&... args) : alloc_(alloc) {
    if constexpr (!on_stack) storage_.block = traits::allocate(alloc_, 1);
    MAPS_TRY { traits::construct(alloc_, get(), std::forward<Args>(args)...); }
    MAPS_CATCH_ALL {
      free_block();
      MAPS_RETHROW;
    }
  }
  ~detached_object() {
    traits::destroy(alloc_, get());
    free_block();
  }
  detached_object(const detached_object&) = delete;
  detached_object& operator=(const detached_object&) = delete;

  Object& operator*() noexcept { return *get(); }

 private:
  struct in_place {
    alignas(Object) std::byte bytes[on_stack ? sizeof(Object) : 1];
  };
  struct in_block {
    Object* block;
  };

  Object* get() noexcept {
    if constexpr (on_stack) {
      return std::launder(reinterpret_cast<Object*>(storage_.bytes));
    } else {
      return storage_.block;
    }
  }
  void free_block() noexcept {
    if constexpr (!on_stack) traits::deallocate(alloc_, storage_.block, 1);
  }

  [[no_unique_address]] object_alloc alloc_;
  std::conditional_t<on_stack, in_place, in_block> storage_;
};

template <class Object, class Key>
inline constexpr bool is_the_key = std::is_same_v<std::remove_cvref_t<Object>, Key>;

template <class T>
inline constexpr bool is_pair = false;
template <class A, class B>
inline constexpr bool is_pair<std::pair<A, B>> = true;

template <class T>
concept pair_like = is_pair<std::remove_cvref_t<T>>;

template <class T>
inline constexpr bool is_tuple = false;
template <class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;

/// Calls sink(key, args...) with a key: `k` itself if it is one, else one that is made of it.
template <class Key, class Alloc, class Sink, class K, class... Args>
MAPS_ALWAYS_INLINE decltype(auto) with_key(const Alloc& alloc, Sink& sink, K&& k, Args&&... args) {
  if constexpr (is_the_key<K, Key>) {
    return sink(std::forward<K>(k), std::forward<Args>(args)...);
  } else {
    detached_object<Key, Alloc> key(alloc, std::forward<K>(k));
    return sink(std::move(*key), std::forward<Args>(args)...);
  }
}

/// The same for a key whose arguments come as a tuple.
template <class Key, class Alloc, class Sink, class KeyTuple, class... Args>
decltype(auto) with_key_of(const Alloc& alloc, Sink& sink, KeyTuple&& ks, Args&&... args) {
  return std::apply(
      [&](auto&&... k) -> decltype(auto) {
        if constexpr (sizeof...(k) == 1) {
          return with_key<Key>(alloc, sink, std::forward<decltype(k)>(k)...,
                               std::forward<Args>(args)...);
        } else {
          detached_object<Key, Alloc> key(alloc, std::forward<decltype(k)>(k)...);
          return sink(std::move(*key), std::forward<Args>(args)...);
        }
      },
      std::forward<KeyTuple>(ks));
}

template <class Key, class T, class Alloc, class Sink>
decltype(auto) emplace_by(const Alloc& alloc, Sink&& sink) {
  detached_object<Key, Alloc> key(alloc);
  return sink(std::move(*key));
}

template <class Key, class T, class Alloc, class Sink, class K, class V>
MAPS_ALWAYS_INLINE decltype(auto) emplace_by(const Alloc& alloc, Sink&& sink, K&& k, V&& v) {
  return with_key<Key>(alloc, sink, std::forward<K>(k), std::forward<V>(v));
}

template <class Key, class T, class Alloc, class Sink, class Keys, class Values>
  requires(is_tuple<std::remove_cvref_t<Keys>> && is_tuple<std::remove_cvref_t<Values>>)
decltype(auto) emplace_by(const Alloc& alloc, Sink&& sink, std::piecewise_construct_t, Keys&& ks,
                          Values&& vs) {
  return std::apply(
      [&](auto&&... v) -> decltype(auto) {
        return with_key_of<Key>(alloc, sink, std::forward<Keys>(ks),
                                std::forward<decltype(v)>(v)...);
      },
      std::forward<Values>(vs));
}

template <class Key, class T, class Alloc, class Sink, class Entry>
MAPS_ALWAYS_INLINE decltype(auto) emplace_by(const Alloc& alloc, Sink&& sink, Entry&& entry) {
  if constexpr (pair_like<Entry>) {
    // NOLINTBEGIN(bugprone-use-after-move): each half is moved from on its own
    return with_key<Key>(alloc, sink, std::forward<Entry>(entry).first,
                         std::forward<Entry>(entry).second);
    // NOLINTEND(bugprone-use-after-move)
  } else {
    using value_type = std::pair<const Key, T>;
    detached_object<value_type, Alloc> made(alloc, std::forward<Entry>(entry));
    // Nobody else sees this pair, and it ends here: its key may be moved from.
    return sink(std::move(const_cast<Key&>((*made).first)), std::move((*made).second));
  }
}

}  // namespace maps::common
