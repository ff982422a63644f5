// Inserting and updating.
//
// In a table that is not growing: one walk along the chain finds the key or the first
// empty cell. A new key asks for growth first. The entry is constructed in its cell
// before tophash and count say that it is there, so a throwing constructor leaves the
// table as it was.
//
// In a growing table, and when a growth starts, entries move before the new one finds its
// place, and the caller's arguments may refer to one of them
// (m.insert_or_assign(k, m.at(k2))). So the key is looked up where it is now; an update is
// made there and the cell followed through the move; a new entry is built aside first and
// moved in. Go needs neither: its arguments are copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "core.hpp"
#include "evacuate.hpp"
#include "find.hpp"
#include "growth.hpp"
#include "storage.hpp"

namespace hmap::detail {

struct assignment {
  location at;
  bucket* head;  // of the chain that `at` is in
  bool inserted;
};

/// The key's cell if it is in the chain from b on, else no location and `b` at the last
/// bucket and `empty` at the first empty cell, if there is one.
template <class Core, class K>
location find_or_vacancy(const Core& c, bucket*& b, location& empty, const K& key,
                         std::uint8_t top) {
  for (;;) {
    const tophash_word word(b->tophash);
    if (const location at = find_in_bucket(c, b, word, key, top)) return at;
    if (!empty) {
      if (const auto cells = word.empty()) empty = {b, cells.lowest()};
    }
    bucket* next = ends_chain(b) ? nullptr : c.overflow_of(b);
    if (next == nullptr) return {};
    b = next;
  }
}

/// The first empty cell for a key known to be absent, with an overflow bucket if need be.
template <class Core>
location make_vacancy(Core& c, std::uint64_t hash) {
  bucket* b = head_of(c, hash);
  for (;;) {
    if (const auto cells = tophash_word(b->tophash).empty()) return {b, cells.lowest()};
    bucket* next = c.overflow_of(b);
    if (next == nullptr) return {new_overflow(c, b), 0};
    b = next;
  }
}

template <class Core, class... Args>
HMAP_ALWAYS_INLINE void place(Core& c, location at, std::uint64_t hash, Args&&... args) {
  Core::layout::construct(c.alloc, at.b, at.i, std::forward<Args>(args)...);
  at.b->tophash[at.i] = tophash(hash);
  ++c.h.count;
}

/// Inserts an entry known to be absent, growing as need be. The arguments must not refer to
/// entries of this table.
template <class Core, class K, class V>
location insert_absent(Core& c, std::uint64_t hash, K&& key, V&& value) {
  if (c.growing()) grow_work(c, hash);
  while (grow_if_needed(c)) grow_work(c, hash);
  const location at = make_vacancy(c, hash);
  place(c, at, hash, std::forward<K>(key), std::forward<V>(value));
  return at;
}

/// One entry built outside the table.
template <class Core>
class entry_aside {
  using layout = typename Core::layout;

 public:
  template <class... Args>
  explicit entry_aside(Core& c, Args&&... args) : c_(c) {
    layout::construct(c_.alloc, cell(), 0, std::forward<Args>(args)...);
  }
  ~entry_aside() { layout::destroy(c_.alloc, cell(), 0); }
  entry_aside(const entry_aside&) = delete;
  entry_aside& operator=(const entry_aside&) = delete;

  typename Core::key_type&& key() noexcept { return std::move(layout::mutable_key(cell(), 0)); }
  typename Core::mapped_type&& value() noexcept { return std::move(layout::value(cell(), 0)); }

 private:
  bucket* cell() noexcept { return reinterpret_cast<bucket*>(storage_); }

  Core& c_;
  // A whole bucket, so that the layout's own offsets hold.
  alignas(layout::alignment) std::byte storage_[layout::size];
};

template <class Core, class K, class... Args>
HMAP_NOINLINE assignment assign_aside(Core& c, std::uint64_t hash, K&& key, Args&&... args) {
  entry_aside<Core> entry(c, std::forward<K>(key), std::forward<Args>(args)...);
  const location at = insert_absent(c, hash, entry.key(), entry.value());
  return {at, head_of(c, hash), true};
}

template <class Core, class OnFound, class K, class... Args>
HMAP_NOINLINE assignment assign_while_growing(Core& c, std::uint64_t hash, OnFound on_found,
                                              K&& key, Args&&... args) {
  if (location at = find_hashed(c, key, hash)) {
    on_found(at);
    grow_work(c, hash, &at);
    return {at, head_of(c, hash), false};
  }
  return assign_aside(c, hash, std::forward<K>(key), std::forward<Args>(args)...);
}

/// The rest of assign() for a chain that may go on behind its first bucket.
template <class Core, class OnFound, class K, class... Args>
HMAP_NOINLINE assignment assign_along_chain(Core& c, bucket* head, std::uint64_t hash,
                                            OnFound on_found, K&& key, Args&&... args) {
  bucket* last = head;
  location empty{};
  if (const location at = find_or_vacancy(c, last, empty, key, tophash(hash))) {
    on_found(at);
    return {at, head, false};
  }
  if (must_grow(c)) {
    return assign_aside(c, hash, std::forward<K>(key), std::forward<Args>(args)...);
  }
  if (!empty) empty = {new_overflow(c, last), 0};
  place(c, empty, hash, std::forward<K>(key), std::forward<Args>(args)...);
  return {empty, head, true};
}

/// The one way in. If the key is there, calls on_found(location) and constructs nothing;
/// otherwise constructs the entry from key and args. Strong guarantee for a new key.
///
/// In line is only the common case: no growth, and a chain that ends in its first bucket.
/// How many inserts an out-of-order core overlaps depends on how few instructions they
/// are: this split made insertion beyond the caches a tenth faster.
template <class Core, class OnFound, class K, class... Args>
HMAP_ALWAYS_INLINE assignment assign(Core& c, OnFound on_found, K&& key, Args&&... args) {
  const std::uint64_t hash = c.hash_of(key);
  const write_guard guard(c.h);
  if (c.h.buckets == nullptr) [[unlikely]] {
    c.h.buckets = make_bucket_array(c, c.h.B);
  }
  if (c.growing()) [[unlikely]] {
    return assign_while_growing(c, hash, on_found, std::forward<K>(key),
                                std::forward<Args>(args)...);
  }
  bucket* head = head_of(c, hash);
  const tophash_word word(head->tophash);
  if (const location at = find_in_bucket(c, head, word, key, tophash(hash))) {
    on_found(at);
    return {at, head, false};
  }
  if (!ends_chain(head)) {
    return assign_along_chain(c, head, hash, on_found, std::forward<K>(key),
                              std::forward<Args>(args)...);
  }
  if (must_grow(c)) [[unlikely]] {
    return assign_aside(c, hash, std::forward<K>(key), std::forward<Args>(args)...);
  }
  const location at{head, word.empty().lowest()};
  place(c, at, hash, std::forward<K>(key), std::forward<Args>(args)...);
  return {at, head, true};
}

/// Makes room for n entries: ends a growth in progress, then doubles as often as needed.
/// Throws what allocation, hash and copies throw; the entries are all there either way.
template <class Core>
void reserve_buckets(Core& c, std::uint8_t B) {
  if (c.h.buckets == nullptr) {
    if (B > c.h.B) {
      c.h.buckets = make_bucket_array(c, B);
      c.h.B = B;
    }
    return;
  }
  finish_evacuation(c);
  if (c.h.count == 0 && B > c.h.B) {
    bucket* fresh = make_bucket_array(c, B);
    free_storage(c);
    if (c.h.extra != nullptr) {
      c.h.extra->spares_used = 0;
      ++c.h.extra->epoch;
    }
    c.h.buckets = fresh;
    c.h.B = B;
    c.h.noverflow = 0;
    return;
  }
  while (c.h.B < B) {
    hash_grow(c, growth_kind::doubling);
    finish_evacuation(c);
  }
}

}  // namespace hmap::detail
