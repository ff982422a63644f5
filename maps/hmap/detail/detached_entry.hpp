// One entry outside the table: on its way in while the table grows, or on its way out.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "core.hpp"

namespace hmap::detail {

/// Room for one entry, in the form that the layout gives it: a whole bucket, so that the layout's
/// offsets hold. At most 2 KB or so, because larger objects lie behind pointers.
template <class Core>
class entry_room {
 public:
  bucket* cell() noexcept { return reinterpret_cast<bucket*>(storage_); }

 private:
  alignas(Core::layout::alignment) std::byte storage_[Core::layout::size];
};

/// A new entry, built before the table moves its own: the arguments may refer to one of them.
template <class Core>
class detached_entry {
  using layout = typename Core::layout;

 public:
  template <class... Args>
  explicit detached_entry(Core& c, Args&&... args) : c_(c) {
    layout::construct(c_.alloc, room_.cell(), 0, std::forward<Args>(args)...);
  }
  ~detached_entry() {
    if (is_here_) layout::destroy(c_.alloc, room_.cell(), 0);
  }
  detached_entry(const detached_entry&) = delete;
  detached_entry& operator=(const detached_entry&) = delete;

  const typename Core::key_type& key() noexcept { return layout::key(room_.cell(), 0); }

  /// Moves it into a free cell. A large one goes by its pointer.
  void move_to(location at) {
    if constexpr (layout::moves || Core::moves_as_bytes()) {
      layout::transfer(c_.alloc, at.b, at.i, room_.cell(), 0);
      is_here_ = false;
    } else {
      // Growth would copy it, to be able to go back. Here there is nothing to go back to.
      layout::construct(c_.alloc, at.b, at.i, std::move(layout::mutable_key(room_.cell(), 0)),
                        std::move(layout::value(room_.cell(), 0)));
    }
  }

 private:
  Core& c_;
  entry_room<Core> room_;
  bool is_here_ = true;
};

/// Whether the end of a T runs no code that could know the table.
template <class T>
inline constexpr bool ends_quietly = std::is_trivially_destructible_v<T>;
template <class Char, class Traits>
inline constexpr bool ends_quietly<std::basic_string<Char, Traits, std::allocator<Char>>> = true;

/// An entry that is being erased. Its destructor may use the table: insert what takes its place,
/// erase what belongs to it. So it moves out of its cell and ends last, when the table is done with
/// the cell and no longer marked as being written. An entry whose move may throw ends in its cell;
/// if its destructor uses the table, that is reported as re-entry.
template <class Core>
class departing_entry {
  using layout = typename Core::layout;
  static constexpr bool ends_later =
      layout::moves_nothrow &&
      !(ends_quietly<typename Core::key_type> && ends_quietly<typename Core::mapped_type>);
  struct nothing {};

 public:
  explicit departing_entry(Core& c) noexcept : c_(c) {}
  ~departing_entry() {
    if constexpr (ends_later) {
      if (is_here_) layout::destroy(c_.alloc, room_.cell(), 0);
    }
  }
  departing_entry(const departing_entry&) = delete;
  departing_entry& operator=(const departing_entry&) = delete;

  /// Leaves the cell `at` without an entry.
  void take(location at) noexcept {
    if constexpr (ends_later) {
      layout::transfer(c_.alloc, room_.cell(), 0, at.b, at.i);
      is_here_ = true;
    } else {
      layout::destroy(c_.alloc, at.b, at.i);
    }
  }

 private:
  Core& c_;
  [[no_unique_address]] std::conditional_t<ends_later, entry_room<Core>, nothing> room_;
  bool is_here_ = false;
};

}  // namespace hmap::detail
