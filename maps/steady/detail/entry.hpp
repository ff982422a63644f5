// Entries: how one is made, ended and moved to another place.
//
// An entry is a std::pair<const K, V>, because value_type& is what iterators promise. Moving one
// needs its key without the const; every table with a real value_type& needs that cast, and
// no other code may see the key between it and the entry's end.
//
// An allocator that constructs or destroys by itself is used for each entry: what its construct()
// has made, its destroy() ends, and no byte is moved behind its back.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "../../common/emplace.hpp"
#include "config.hpp"

namespace steady::detail {

template <class Alloc>
inline constexpr bool is_std_allocator = false;
template <class T>
inline constexpr bool is_std_allocator<std::allocator<T>> = true;

/// std::is_trivially_copyable alone does not say so: it is true of a type whose copies and moves
/// are all deleted, such as a list head that points to itself, or std::mutex.
template <class T>
inline constexpr bool moves_as_bytes =
    std::is_trivially_copyable_v<T> && std::is_trivially_move_constructible_v<T>;

/// Types whose destructor calls no code of the program: it cannot come back to the table that they
/// were in.
template <class T>
inline constexpr bool ends_quietly = std::is_trivially_destructible_v<T>;
template <class Char, class Traits>
inline constexpr bool ends_quietly<std::basic_string<Char, Traits, std::allocator<Char>>> = true;

template <class K, class V, class Alloc>
struct entry_ops {
  using value_type = std::pair<const K, V>;
  using alloc_traits = std::allocator_traits<Alloc>;

  static constexpr bool own_construct =
      !is_std_allocator<Alloc> &&
      requires(Alloc& a, value_type* at, std::tuple<K&&> k, std::tuple<V&&> v) {
        a.construct(at, std::piecewise_construct, std::move(k), std::move(v));
      };
  static constexpr bool own_destroy =
      !is_std_allocator<Alloc> && requires(Alloc& a, value_type* at) { a.destroy(at); };

  static constexpr bool movable =
      std::is_move_constructible_v<K> && std::is_move_constructible_v<V>;
  static constexpr bool copyable =
      std::is_copy_constructible_v<K> && std::is_copy_constructible_v<V>;

  /// Bytes may be carried over. (A pair is never trivially copyable by the letter, because its
  /// assignment is not trivial; its members' bytes are what counts.)
  static constexpr bool trivial =
      moves_as_bytes<K> && moves_as_bytes<V> && !own_construct && !own_destroy;
  static constexpr bool moves_safely = trivial || (std::is_nothrow_move_constructible_v<K> &&
                                                   std::is_nothrow_move_constructible_v<V>);
  static constexpr bool ends_trivially =
      std::is_trivially_destructible_v<value_type> && !own_destroy;
  static constexpr bool quiet = ends_quietly<K> && ends_quietly<V> && !own_destroy;

  static K& mutable_key(value_type& e) noexcept { return const_cast<K&>(e.first); }

  template <class Key, class... Args>
  static void construct(Alloc& alloc, value_type* at, Key&& key, Args&&... args) {
    static_assert(movable || copyable,
                  "steady moves its entries: keys and values must be movable, or both copyable; "
                  "a value that has to stay where it is can be held by a std::unique_ptr");
    alloc_traits::construct(alloc, at, std::piecewise_construct,
                            std::forward_as_tuple(std::forward<Key>(key)),
                            std::forward_as_tuple(std::forward<Args>(args)...));
  }

  static void destroy(Alloc& alloc, value_type* at) noexcept {
    if constexpr (!ends_trivially) alloc_traits::destroy(alloc, at);
  }

  /// Moves an entry whose move cannot throw, and ends the source's life.
  static void relocate(Alloc& alloc, value_type* to, value_type* from) noexcept {
    static_assert(moves_safely);
    if constexpr (trivial) {
      std::memcpy(static_cast<void*>(to), static_cast<const void*>(from), sizeof(value_type));
    } else {
      construct(alloc, to, std::move(mutable_key(*from)), std::move(from->second));
      destroy(alloc, from);
    }
  }
};

/// A handful of entries that change places together: all of them, or none.
template <class Ops, std::size_t Capacity>
class transfer {
  using ops = Ops;
  using value_type = typename ops::value_type;

 public:
  void add(value_type* to, value_type* from) noexcept {
    to_[size_] = to;
    from_[size_] = from;
    ++size_;
  }
  std::size_t size() const noexcept { return size_; }
  /// Where an entry is after run().
  value_type* moved(value_type* entry) const noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
      if (from_[i] == entry) return to_[i];
    }
    return entry;
  }

  /// Strong guarantee: what may throw when it moves is copied, and the originals end only when
  /// every copy is made. A type that can only be moved is moved back; the program ends if that
  /// throws too.
  template <class Alloc>
  void run(Alloc& alloc) {
    if constexpr (ops::moves_safely) {
      for (std::size_t i = 0; i < size_; ++i) ops::relocate(alloc, to_[i], from_[i]);
    } else {
      std::size_t made = 0;
      MAPS_TRY {
        for (; made < size_; ++made) make(alloc, to_[made], from_[made]);
      }
      MAPS_CATCH_ALL {
        undo(alloc, made);
        MAPS_RETHROW;
      }
      for (std::size_t i = 0; i < size_; ++i) end(alloc, from_[i]);
    }
  }

 private:
  template <class Alloc>
  static void make(Alloc& alloc, value_type* to, value_type* from) {
    if constexpr (ops::copyable) {
      ops::construct(alloc, to, from->first, std::as_const(from->second));
    } else {
      move_apart(to, from);
    }
  }
  /// Ends what make() has made, or made superfluous. What was moved in halves past the allocator
  /// ends so as well: to the allocator it is still the one entry that it has constructed.
  template <class Alloc>
  static void end(Alloc& alloc, value_type* at) noexcept {
    if constexpr (ops::copyable) {
      ops::destroy(alloc, at);
    } else {
      std::destroy_at(at);
    }
  }

  /// Value and key one after the other, because a pair whose second half throws while it is
  /// made takes the first half down with it.
  static void move_apart(value_type* to, value_type* from) {
    std::construct_at(std::addressof(to->second), std::move(from->second));
    MAPS_TRY {
      std::construct_at(std::addressof(ops::mutable_key(*to)), std::move(ops::mutable_key(*from)));
    }
    MAPS_CATCH_ALL {
      put_back(from->second, to->second);
      std::destroy_at(std::addressof(to->second));
      MAPS_RETHROW;
    }
  }

  template <class Object>
  static void put_back(Object& at, Object& from) noexcept {
    std::destroy_at(std::addressof(at));
    std::construct_at(std::addressof(at), std::move(from));
  }

  template <class Alloc>
  void undo(Alloc& alloc, std::size_t made) noexcept {
    while (made-- > 0) {
      if constexpr (!ops::copyable) {
        put_back(ops::mutable_key(*from_[made]), ops::mutable_key(*to_[made]));
        put_back(from_[made]->second, to_[made]->second);
      }
      end(alloc, to_[made]);
    }
  }

  value_type* to_[Capacity];
  value_type* from_[Capacity];
  std::size_t size_ = 0;
};

}  // namespace steady::detail
