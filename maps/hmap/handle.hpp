// hmap::handle: what a Go map variable is. Eight bytes, one pointer to a table; copies share
// the table, and it lives as long as any of them.
//
//     hmap::handle<int, int> a;                   // nil: reads as empty, throws on write
//     a = hmap::make_handle<int, int>();
//     auto b = a;                                 // the same table
//     b[1] = 2;                                   // a.at(1) == 2
//
// A nil handle answers every read like an empty table; erase and clear do nothing; a write
// throws hmap::nil_map_error with Go's message (without exceptions the program ends with it).
// Passing a handle by value passes the table itself, which is what Go programs mean by "maps are
// references". The memory of the table object comes from the table's allocator, too.
//
// The count of handles is atomic, the table is not: it is to be shared between threads like
// any container. Cost beside a plain map: one indirection, and an atomic add for a copy.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include "../common/fail.hpp"
#include "detail/config.hpp"
#include "map.hpp"

namespace hmap {

/// A write to a nil handle. Go's panic, as an exception.
class nil_map_error : public std::logic_error {
 public:
  nil_map_error() : std::logic_error("assignment to entry in nil map") {}
};

namespace detail {

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_nil_map_error() {
#if defined(__cpp_exceptions)
  throw nil_map_error();
#else
  print_and_abort(nil_map_error().what());
  std::abort();
#endif
}

}  // namespace detail

template <class Key, class T, class Map = map<Key, T>>
class handle {
  struct shared {
    Map table;
    std::atomic<std::size_t> handles{1};

    explicit shared(Map&& t) : table(std::move(t)) {}
  };
  // The table's allocator has the memory of the table object, too.
  using shared_alloc =
      typename std::allocator_traits<typename Map::allocator_type>::template rebind_alloc<shared>;
  using shared_traits = std::allocator_traits<shared_alloc>;

 public:
  using key_type = Key;
  using mapped_type = T;
  using map_type = Map;
  using size_type = std::size_t;
  using iterator = typename Map::iterator;
  using const_iterator = typename Map::const_iterator;

  handle() noexcept = default;
  handle(std::nullptr_t) noexcept {}
  handle(const handle& other) noexcept : shared_(other.shared_) {
    if (shared_) shared_->handles.fetch_add(1, std::memory_order_relaxed);
  }
  handle(handle&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
  handle& operator=(handle other) noexcept {
    std::swap(shared_, other.shared_);
    return *this;
  }
  ~handle() {
    if (shared_ && shared_->handles.fetch_sub(1, std::memory_order_acq_rel) == 1) end(shared_);
  }

  /// A handle to a new table made from these arguments: Go's make(map[K]V, hint).
  template <class... Args>
  static handle make(Args&&... args) {
    Map table(std::forward<Args>(args)...);
    shared_alloc alloc(table.get_allocator());
    handle h;
    h.shared_ = shared_traits::allocate(alloc, 1);
    MAPS_TRY { ::new (static_cast<void*>(h.shared_)) shared(std::move(table)); }
    MAPS_CATCH_ALL {
      shared_traits::deallocate(alloc, std::exchange(h.shared_, nullptr), 1);
      MAPS_RETHROW;
    }
    return h;
  }

  explicit operator bool() const noexcept { return shared_ != nullptr; }
  /// The same table, or both nil.
  bool operator==(const handle& other) const noexcept { return shared_ == other.shared_; }

  // Reads: a nil handle is empty.
  size_type size() const noexcept { return shared_ ? shared_->table.size() : 0; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  template <class K>
  bool contains(const K& key) const {
    return shared_ && shared_->table.contains(key);
  }
  template <class K>
  iterator find(const K& key) const {
    return shared_ ? shared_->table.find(key) : iterator();
  }
  /// Go's m[key] on the right of an assignment: a copy, or T{} for an absent key.
  template <class K>
  T get(const K& key) const {
    const auto at = find(key);
    return at == end() ? T{} : at->second;
  }
  template <class K>
  T& at(const K& key) const {
    if (!shared_) maps::common::throw_out_of_range("hmap: at() of a key in a nil map");
    return shared_->table.at(key);
  }
  iterator begin() const noexcept { return shared_ ? shared_->table.begin() : iterator(); }
  iterator end() const noexcept { return {}; }
  /// Go's range; over nil, a range that is at its end.
  auto range() const {
    return shared_ ? shared_->table.range() : decltype(shared_->table.range())();
  }

  // Writes: a nil handle throws nil_map_error.
  template <class K>
  T& operator[](K&& key) const {
    return table()[std::forward<K>(key)];
  }
  template <class K, class V>
  auto insert_or_assign(K&& key, V&& value) const {
    return table().insert_or_assign(std::forward<K>(key), std::forward<V>(value));
  }
  template <class K, class... Args>
  auto try_emplace(K&& key, Args&&... args) const {
    return table().try_emplace(std::forward<K>(key), std::forward<Args>(args)...);
  }

  // Erasing from nil is erasing what is not there.
  template <class K>
  size_type erase(const K& key) const {
    return shared_ ? shared_->table.erase(key) : 0;
  }
  void clear() const noexcept {
    if (shared_) shared_->table.clear();
  }

  /// The table itself; throws nil_map_error if there is none.
  Map& table() const {
    if (!shared_) detail::throw_nil_map_error();
    return shared_->table;
  }

 private:
  static void end(shared* s) noexcept {
    shared_alloc alloc(s->table.get_allocator());
    s->~shared();
    shared_traits::deallocate(alloc, s, 1);
  }

  shared* shared_ = nullptr;
};

/// make(map[Key]T, hint) of Go.
template <class Key, class T, class... Args>
handle<Key, T> make_handle(Args&&... args) {
  return handle<Key, T>::make(std::forward<Args>(args)...);
}

}  // namespace hmap
