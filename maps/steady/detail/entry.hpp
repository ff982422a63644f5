// Entries: how one is made, ended and moved to another place.
//
// An entry is a std::pair<const K, V>, because value_type& is what iterators promise. Moving one
// needs its key without the const; every table with a real value_type& needs that cast, and
// nobody else may see the key between it and the entry's end.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace steady::detail {

template <class K, class V>
struct entry_ops {
  using value_type = std::pair<const K, V>;

  /// Bytes may be carried over. (A pair is never trivially copyable by the letter, because its
  /// assignment is not trivial; its members' bytes are what counts.)
  static constexpr bool trivial = std::is_trivially_copyable_v<K> && std::is_trivially_copyable_v<V>;
  static constexpr bool moves_safely =
      trivial ||
      (std::is_nothrow_move_constructible_v<K> && std::is_nothrow_move_constructible_v<V>);
  static constexpr bool copyable =
      std::is_copy_constructible_v<K> && std::is_copy_constructible_v<V>;

  static K& mutable_key(value_type& e) noexcept { return const_cast<K&>(e.first); }

  template <class Alloc, class Key, class... Args>
  static void construct(Alloc& alloc, value_type* at, Key&& key, Args&&... args) {
    std::allocator_traits<Alloc>::construct(alloc, at, std::piecewise_construct,
                                            std::forward_as_tuple(std::forward<Key>(key)),
                                            std::forward_as_tuple(std::forward<Args>(args)...));
  }

  template <class Alloc>
  static void destroy(Alloc& alloc, value_type* at) noexcept {
    if constexpr (!std::is_trivially_destructible_v<value_type>) {
      std::allocator_traits<Alloc>::destroy(alloc, at);
    }
  }

  /// Moves an entry whose move cannot throw, and ends the source's life.
  template <class Alloc>
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
template <class K, class V, std::size_t Capacity>
class transfer {
  using ops = entry_ops<K, V>;
  using value_type = typename ops::value_type;

 public:
  void add(value_type* to, value_type* from) noexcept {
    to_[size_] = to;
    from_[size_] = from;
    ++size_;
  }
  std::size_t size() const noexcept { return size_; }
  /// Where an entry stands after run().
  value_type* moved(value_type* entry) const noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
      if (from_[i] == entry) return to_[i];
    }
    return entry;
  }

  /// Strong guarantee: what may throw when it moves is copied, and the originals end only when
  /// every copy stands. A type that can only be moved is moved back; the program ends if that
  /// throws too.
  template <class Alloc>
  void run(Alloc& alloc) {
    if constexpr (ops::moves_safely) {
      for (std::size_t i = 0; i < size_; ++i) ops::relocate(alloc, to_[i], from_[i]);
    } else {
      std::size_t made = 0;
      try {
        for (; made < size_; ++made) make(alloc, to_[made], from_[made]);
      } catch (...) {
        undo(alloc, made);
        throw;
      }
      for (std::size_t i = 0; i < size_; ++i) ops::destroy(alloc, from_[i]);
    }
  }

 private:
  template <class Alloc>
  static void make(Alloc& alloc, value_type* to, value_type* from) {
    if constexpr (ops::copyable) {
      ops::construct(alloc, to, from->first, std::as_const(from->second));
    } else {
      move_apart(alloc, to, from);
    }
  }

  /// Value and key one after the other, because a pair whose second half throws while it is
  /// made takes the first half down with it.
  template <class Alloc>
  static void move_apart(Alloc&, value_type* to, value_type* from) {
    std::construct_at(std::addressof(to->second), std::move(from->second));
    try {
      std::construct_at(std::addressof(ops::mutable_key(*to)),
                        std::move(ops::mutable_key(*from)));
    } catch (...) {
      put_back(from->second, to->second);
      std::destroy_at(std::addressof(to->second));
      throw;
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
      ops::destroy(alloc, to_[made]);
    }
  }

  value_type* to_[Capacity];
  value_type* from_[Capacity];
  std::size_t size_ = 0;
};

}  // namespace steady::detail
