// What a bucket looks like in memory: 8 cells behind 8 tophash bytes.
//
//   split   (Go's)   tophash[8] | key[8]            | value[8] | overflow pointer
//   paired           tophash[8] | pair<const K,V>[8]           | overflow pointer
//
// The overflow pointer sits in the last eight bytes. In `split` a key or value larger
// than 128 bytes lives in an allocation of its own and its cell holds the pointer, so
// that growth moves eight bytes; in `paired` the pair does so when either is that large.
//
// A layout knows where a cell is, and how to construct, destroy and move one entry.
// Which cells are occupied is known to the table alone. Sizes for 64-bit pointers:
// uint64->uint64 144 bytes, string->string (32-byte std::string) 528 bytes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

#include "config.hpp"
#include "tophash.hpp"

namespace hmap {

/// An entry of a table whose keys and values are apart: a pair of references, made on the spot.
/// It converts to a std::pair<const K, V>, and nothing converts to it, which gives the two a common
/// reference before C++23: tables are forward ranges, const ones as well.
template <class K, class V>
struct split_reference : std::pair<const K&, V&> {
  split_reference(const K& key, V& value) noexcept : std::pair<const K&, V&>(key, value) {}
  template <class W>
    requires std::is_same_v<const W, V>
  split_reference(const split_reference<K, W>& other) noexcept
      : split_reference(other.first, other.second) {}
};

}  // namespace hmap

template <class K, class V>
struct std::tuple_size<hmap::split_reference<K, V>> : std::integral_constant<std::size_t, 2> {};
template <std::size_t I, class K, class V>
struct std::tuple_element<I, hmap::split_reference<K, V>>
    : std::tuple_element<I, std::pair<const K&, V&>> {};

namespace hmap::detail {

/// The head of every bucket; the cells and the overflow pointer follow it, at offsets
/// that only the layout knows.
struct bucket {
  std::uint8_t tophash[bucket_cells];
};

inline constexpr std::size_t max_inline_bytes = 128;

constexpr std::size_t align_up(std::size_t n, std::size_t alignment) noexcept {
  return (n + alignment - 1) / alignment * alignment;
}

inline std::byte* bytes_of(bucket* b) noexcept { return reinterpret_cast<std::byte*>(b); }
inline const std::byte* bytes_of(const bucket* b) noexcept {
  return reinterpret_cast<const std::byte*>(b);
}

inline bool is_evacuated(const bucket* head) noexcept {
  return is_evacuated_mark(head->tophash[0]);
}

template <class Alloc, class Object>
using rebound = typename std::allocator_traits<Alloc>::template rebind_alloc<Object>;

/// Whether an allocator has a destroy() of its own, which must be called for every Object.
template <class Alloc, class Object>
concept ends_objects = requires(rebound<Alloc, Object>& alloc, Object* p) { alloc.destroy(p); };
/// Whether it wants to know of every Object that is made, be it by a move.
template <class Alloc, class Object>
concept makes_objects =
    ends_objects<Alloc, Object> ||
    requires(rebound<Alloc, Object>& alloc, Object* p) { alloc.construct(p, std::move(*p)); };

/// Whether copying its bytes moves an object. (GCC and Clang call a type trivially copyable that
/// can be neither copied nor moved: a std::mutex, a list head that knows its own address.)
template <class Object>
inline constexpr bool is_bytes =
    std::is_trivially_copyable_v<Object> && std::is_move_constructible_v<Object>;
// A pair is never trivially copyable by the letter (its assignment is not trivial); its members'
// bytes are what counts.
template <class A, class B>
inline constexpr bool is_bytes<std::pair<const A, B>> = is_bytes<A> && is_bytes<B>;

/// One column of eight cells of type Object: in place, or behind pointers when the
/// object is too large to be moved by growth.
template <class Object, bool Indirect>
struct column {
  using stored = std::conditional_t<Indirect, Object*, Object>;

  /// Whether the end of an object is more than nothing.
  template <class Alloc>
  static constexpr bool has_end =
      Indirect || !std::is_trivially_destructible_v<Object> || ends_objects<Alloc, Object>;
  /// Whether what is in a cell moves as bytes, without its allocator.
  template <class Alloc>
  static constexpr bool moves_as_bytes =
      Indirect || (is_bytes<Object> && !makes_objects<Alloc, Object>);

  static Object* get(std::byte* cell) noexcept {
    stored* p = std::launder(reinterpret_cast<stored*>(cell));
    if constexpr (Indirect) {
      return *p;
    } else {
      return p;
    }
  }

  /// Where an object is about to be made: its cell, or memory of its own, which goes back unless
  /// the object is made.
  template <class Alloc>
  class room {
    using object_alloc = rebound<Alloc, Object>;
    using traits = std::allocator_traits<object_alloc>;

   public:
    room(Alloc& alloc, std::byte* cell) : alloc_(alloc), cell_(cell) {
      if constexpr (Indirect) {
        place_ = traits::allocate(alloc_, 1);
      } else {
        place_ = reinterpret_cast<Object*>(cell);
      }
    }
    ~room() {
      if constexpr (Indirect) {
        if (place_ != nullptr) traits::deallocate(alloc_, place_, 1);
      }
    }
    room(const room&) = delete;
    room& operator=(const room&) = delete;

    template <class... Args>
    void construct(Args&&... args) {
      traits::construct(alloc_, place_, std::forward<Args>(args)...);
      if constexpr (Indirect) {
        ::new (static_cast<void*>(cell_)) stored(std::exchange(place_, nullptr));
      }
    }

   private:
    object_alloc alloc_;
    std::byte* cell_;
    Object* place_;
  };

  template <class Alloc, class... Args>
  static void construct(Alloc& alloc, std::byte* cell, Args&&... args) {
    room<Alloc>(alloc, cell).construct(std::forward<Args>(args)...);
  }

  template <class Alloc>
  static void destroy(Alloc& alloc, std::byte* cell) noexcept {
    if constexpr (has_end<Alloc>) {
      using object_alloc = rebound<Alloc, Object>;
      using traits = std::allocator_traits<object_alloc>;
      object_alloc a(alloc);
      Object* p = get(cell);
      traits::destroy(a, p);
      if constexpr (Indirect) traits::deallocate(a, p, 1);
    }
  }

  /// Takes what is in the cell `from` to the cell `to`.
  template <class Alloc>
  static void move(Alloc& alloc, std::byte* to, std::byte* from) {
    if constexpr (moves_as_bytes<Alloc>) {
      std::memcpy(to, from, sizeof(stored));
    } else {
      construct(alloc, to, std::move(*get(from)));
      destroy(alloc, from);
    }
  }
};

/// Whether an object changes its place without a throw: by a move, or by its pointer.
template <class Object, bool Indirect>
inline constexpr bool moves_safely = Indirect || std::is_nothrow_move_constructible_v<Object>;

/// How an entry changes buckets. A move that cannot throw (or has no copy to fall back on)
/// ends the source's life at once; otherwise the copy is made first and the source stays
/// until the whole chain is through, so that a throwing copy can be undone.
template <class K, bool IndirectKey, class V, bool IndirectValue>
inline constexpr bool moves_on_growth =
    (moves_safely<K, IndirectKey> && moves_safely<V, IndirectValue>) ||
    !std::is_copy_constructible_v<K> || !std::is_copy_constructible_v<V>;

template <class K, bool IndirectKey, class V, bool IndirectValue>
constexpr void require_movable_entries() noexcept {
  static_assert(IndirectKey || std::is_move_constructible_v<K>,
                "hmap moves keys when it grows: this key type can be neither moved nor copied");
  static_assert(IndirectValue || std::is_move_constructible_v<V>,
                "hmap moves values when it grows: this value type can be neither moved nor copied "
                "(a std::unique_ptr to it can)");
}

template <class K, class V>
struct split_layout {
  static constexpr bool paired = false;
  static constexpr bool indirect_key = sizeof(K) > max_inline_bytes;
  static constexpr bool indirect_value = sizeof(V) > max_inline_bytes;
  using key_column = column<K, indirect_key>;
  using value_column = column<V, indirect_value>;
  using stored_key = typename key_column::stored;
  using stored_value = typename value_column::stored;

  static constexpr std::size_t alignment =
      std::max({alignof(stored_key), alignof(stored_value), alignof(bucket*)});
  static constexpr std::size_t keys_offset = align_up(sizeof(bucket), alignof(stored_key));
  static constexpr std::size_t values_offset =
      align_up(keys_offset + bucket_cells * sizeof(stored_key), alignof(stored_value));
  static constexpr std::size_t size =
      align_up(values_offset + bucket_cells * sizeof(stored_value) + sizeof(bucket*), alignment);
  static constexpr std::size_t overflow_offset = size - sizeof(bucket*);

  static constexpr bool has_indirect = indirect_key || indirect_value;
  static constexpr std::size_t indirect_bytes =
      (indirect_key ? sizeof(K) : 0) + (indirect_value ? sizeof(V) : 0);
  static constexpr std::size_t cell_offset(unsigned i) noexcept {
    return keys_offset + i * sizeof(stored_key);
  }

  static constexpr bool moves = moves_on_growth<K, indirect_key, V, indirect_value>;
  static constexpr bool moves_nothrow =
      moves_safely<K, indirect_key> && moves_safely<V, indirect_value>;
  template <class Alloc>
  static constexpr bool moves_as_bytes =
      key_column::template moves_as_bytes<Alloc> && value_column::template moves_as_bytes<Alloc>;
  template <class Alloc>
  static constexpr bool has_end =
      key_column::template has_end<Alloc> || value_column::template has_end<Alloc>;

  using reference = split_reference<K, V>;
  using const_reference = split_reference<K, const V>;

  static std::byte* key_cell(bucket* b, unsigned i) noexcept {
    return bytes_of(b) + keys_offset + i * sizeof(stored_key);
  }
  static std::byte* value_cell(bucket* b, unsigned i) noexcept {
    return bytes_of(b) + values_offset + i * sizeof(stored_value);
  }
  static const K& key(bucket* b, unsigned i) noexcept { return *key_column::get(key_cell(b, i)); }
  static K& mutable_key(bucket* b, unsigned i) noexcept { return *key_column::get(key_cell(b, i)); }
  static V& value(bucket* b, unsigned i) noexcept { return *value_column::get(value_cell(b, i)); }
  static reference entry(bucket* b, unsigned i) noexcept { return {key(b, i), value(b, i)}; }

  /// All memory is there before an argument is moved from.
  template <class Alloc, class Key, class... Args>
  static void construct(Alloc& alloc, bucket* b, unsigned i, Key&& key, Args&&... args) {
    require_movable_entries<K, indirect_key, V, indirect_value>();
    typename value_column::template room<Alloc> value_room(alloc, value_cell(b, i));
    key_column::construct(alloc, key_cell(b, i), std::forward<Key>(key));
    MAPS_TRY { value_room.construct(std::forward<Args>(args)...); }
    MAPS_CATCH_ALL {
      key_column::destroy(alloc, key_cell(b, i));
      MAPS_RETHROW;
    }
  }

  template <class Alloc>
  static void destroy(Alloc& alloc, bucket* b, unsigned i) noexcept {
    key_column::destroy(alloc, key_cell(b, i));
    value_column::destroy(alloc, value_cell(b, i));
  }

  /// Constructs (to, j) from (from, i). Where `moves`, the source's life ends with it;
  /// otherwise it is a copy and the source stays.
  template <class Alloc>
  static void transfer(Alloc& alloc, bucket* to, unsigned j, bucket* from, unsigned i) {
    if constexpr (moves || moves_as_bytes<Alloc>) {
      move_apart(alloc, to, j, from, i);
    } else {
      construct(alloc, to, j, std::as_const(key(from, i)), std::as_const(value(from, i)));
    }
  }

 private:
  /// The column whose move may throw goes first, while nothing has changed yet. If both may,
  /// both are made before either source ends: then a throw leaves a moved-from entry, no more.
  template <class Alloc>
  static void move_apart(Alloc& alloc, bucket* to, unsigned j, bucket* from, unsigned i) {
    constexpr bool key_is_safe = moves_safely<K, indirect_key>;
    if constexpr (key_is_safe || moves_safely<V, indirect_value>) {
      if (!key_is_safe) key_column::move(alloc, key_cell(to, j), key_cell(from, i));
      value_column::move(alloc, value_cell(to, j), value_cell(from, i));
      if (key_is_safe) key_column::move(alloc, key_cell(to, j), key_cell(from, i));
    } else {
      construct(alloc, to, j, std::move(mutable_key(from, i)), std::move(value(from, i)));
      destroy(alloc, from, i);
    }
  }
};

template <class K, class V>
struct paired_layout {
  static constexpr bool paired = true;
  using value_type = std::pair<const K, V>;
  static constexpr bool indirect = sizeof(K) > max_inline_bytes || sizeof(V) > max_inline_bytes;
  using slot_column = column<value_type, indirect>;
  using stored = typename slot_column::stored;

  static constexpr std::size_t alignment = std::max(alignof(stored), alignof(bucket*));
  static constexpr std::size_t slots_offset = align_up(sizeof(bucket), alignof(stored));
  static constexpr std::size_t size =
      align_up(slots_offset + bucket_cells * sizeof(stored) + sizeof(bucket*), alignment);
  static constexpr std::size_t overflow_offset = size - sizeof(bucket*);

  static constexpr bool has_indirect = indirect;
  static constexpr std::size_t indirect_bytes = indirect ? sizeof(value_type) : 0;
  static constexpr std::size_t cell_offset(unsigned i) noexcept {
    return slots_offset + i * sizeof(stored);
  }

  static constexpr bool moves = moves_on_growth<K, indirect, V, indirect>;
  static constexpr bool moves_nothrow = moves_safely<K, indirect> && moves_safely<V, indirect>;
  template <class Alloc>
  static constexpr bool moves_as_bytes = slot_column::template moves_as_bytes<Alloc>;
  template <class Alloc>
  static constexpr bool has_end = slot_column::template has_end<Alloc>;

  using reference = value_type&;
  using const_reference = const value_type&;

  static std::byte* slot(bucket* b, unsigned i) noexcept {
    return bytes_of(b) + slots_offset + i * sizeof(stored);
  }
  static value_type& entry(bucket* b, unsigned i) noexcept { return *slot_column::get(slot(b, i)); }
  static const K& key(bucket* b, unsigned i) noexcept { return entry(b, i).first; }
  /// The key of an entry about to leave its cell. Every table with real value_type&
  /// needs this cast; no other code may see the key between it and the entry's end.
  static K& mutable_key(bucket* b, unsigned i) noexcept {
    return const_cast<K&>(entry(b, i).first);
  }
  static V& value(bucket* b, unsigned i) noexcept { return entry(b, i).second; }

  template <class Alloc, class Key, class... Args>
  static void construct(Alloc& alloc, bucket* b, unsigned i, Key&& key, Args&&... args) {
    require_movable_entries<K, indirect, V, indirect>();
    slot_column::construct(alloc, slot(b, i), std::piecewise_construct,
                           std::forward_as_tuple(std::forward<Key>(key)),
                           std::forward_as_tuple(std::forward<Args>(args)...));
  }

  template <class Alloc>
  static void destroy(Alloc& alloc, bucket* b, unsigned i) noexcept {
    slot_column::destroy(alloc, slot(b, i));
  }

  template <class Alloc>
  static void transfer(Alloc& alloc, bucket* to, unsigned j, bucket* from, unsigned i) {
    if constexpr (moves_as_bytes<Alloc>) {
      std::memcpy(slot(to, j), slot(from, i), sizeof(stored));
    } else if constexpr (moves) {
      construct(alloc, to, j, std::move(mutable_key(from, i)), std::move(value(from, i)));
      destroy(alloc, from, i);
    } else {
      construct(alloc, to, j, key(from, i), std::as_const(value(from, i)));
    }
  }
};

template <class Layout>
bucket*& overflow_of(bucket* b) noexcept {
  return *std::launder(reinterpret_cast<bucket**>(bytes_of(b) + Layout::overflow_offset));
}

template <class Layout>
bucket* bucket_at(bucket* array, std::size_t index) noexcept {
  return reinterpret_cast<bucket*>(bytes_of(array) + index * Layout::size);
}

}  // namespace hmap::detail
