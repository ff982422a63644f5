// concurrent::hash_trie_map: Go's sync.Map since Go 1.24, a trie over the bits of the hash.
//
// Layout
//   A node has 16 children and a lock. Four bits of the hash choose the child, from the top of the
//   hash at the root downwards: at most 16 levels, some log16(n) of them in use.
//
//     indirect  children[16] | parent | lock | dead        184 bytes on x86-64
//     entry     key | value | overflow                     never changed but for overflow
//
//   A child is null, a node, or an entry (marked in the lowest bit of its address). Entries whose
//   hashes are equal in all bits are a list through overflow.
//
// Operations
//   load     down from the root to an entry; one load a level, no lock, no write to shared memory.
//   store    the same way; then the lock of the last node, and a look at the child again: another
//            node, or a dead one, sends it back to the root. A new entry takes the old one's place;
//            two entries whose hashes part further down get a chain of nodes, which is complete
//            before one store shows it.
//   erase    the same; a node that is empty then is unlinked from its parent, and so on upwards.
//            Two locks are held meanwhile, the lower node's first.
//   range    depth first. It may use the map. No key is met twice, one that is there all the while
//            exactly once. No snapshot.
//   clear    a new root.
//
// What it is for
//   Many threads that read and write different keys, without a growth that anybody waits for: no
//   table is ever moved. The price is a cache line a level: a lookup in a million entries touches
//   six, a lookup in hmap two or three. An insert allocates an entry, one in two or three a node as
//   well (DESIGN.md has bytes per entry).
//
// Memory of what was replaced, erased or dropped is freed after a grace period (reclamation.hpp).
//
// Memory order
//   Children are sequentially consistent as in Go: a thread that stores one key and loads another
//   must not find both threads' stores missing. `dead` belongs to the lock.
//
// Exceptions: strong guarantee. An allocation, hash, comparison or copy that throws has changed
// nothing; range passes on what its function throws.
//
// Source of the behaviour: Go 1.24 to 1.26, internal/sync/hashtriemap.go.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "hmap/hash.hpp"
#include "maps/common/hash.hpp"
#include "maps/common/random.hpp"
#include "maps/concurrent/reclamation.hpp"

namespace concurrent {

template <class K, class V, class Hash = ::hmap::hash<K>, class KeyEqual = ::hmap::equal_to<K>>
class hash_trie_map {
 public:
  using key_type = K;
  using mapped_type = V;

  hash_trie_map() : root_(new indirect(nullptr)) {}
  hash_trie_map(const hash_trie_map&) = delete;
  hash_trie_map& operator=(const hash_trie_map&) = delete;

  /// No other thread may use the map any more.
  ~hash_trie_map() { delete root_.load(); }

  /// Go's Load.
  std::optional<V> load(const K& key) {
    std::optional<V> found;
    visit(key, [&](const V& value) { found.emplace(value); });
    return found;
  }

  /// Calls f(const V&) where the key is there. Returns whether it is. f must not use the map.
  template <class F>
  bool visit(const K& key, F&& f) {
    const std::uint64_t hash = hash_of(key);
    const reclamation::read_guard section;
    const indirect* node = root_.load();
    for (unsigned shift = hash_bits - level_bits;; shift -= level_bits) {
      const child next = node->children[index_of(hash, shift)].load();
      if (next.is_entry()) {
        const entry* const e = find(next.as_entry(), key);
        if (e == nullptr) return false;
        f(e->value);
        return true;
      }
      if (next.is_null()) return false;
      node = next.as_indirect();
    }
  }

  /// Go's Store.
  void store(const K& key, V value) {
    exchange(key, std::move(value), [](const V&) {});
  }

  /// Go's Swap: what was there.
  std::optional<V> swap(const K& key, V value) {
    std::optional<V> previous;
    exchange(key, std::move(value), [&](const V& old) { previous.emplace(old); });
    return previous;
  }

  /// Go's LoadOrStore: the value, and whether it was there.
  std::pair<V, bool> load_or_store(const K& key, V value) {
    std::optional<V> found;
    const bool stored =
        insert_or_visit(key, value, [&](const V& present) { found.emplace(present); });
    if (stored) return {std::move(value), false};
    return {std::move(*found), true};
  }

  /// LoadOrStore without the value: whether the key was not there.
  bool insert(const K& key, const V& value) {
    return insert_or_visit(key, value, [](const V&) {});
  }

  /// Go's LoadAndDelete.
  std::optional<V> load_and_delete(const K& key) {
    std::optional<V> deleted;
    remove_if(key, [&](const V& value) {
      deleted.emplace(value);
      return true;
    });
    return deleted;
  }

  /// Go's Delete, which says whether the key was there.
  bool erase(const K& key) {
    return remove_if(key, [](const V&) { return true; });
  }

  /// Go's CompareAndSwap.
  bool compare_and_swap(const K& key, const V& old_value, V new_value) {
    reclamation::write_guard section;
    std::unique_ptr<entry> fresh;
    const std::uint64_t hash = hash_of(key);
    for (;;) {
      const place at = descend(hash);
      const entry* seen = at.seen.is_entry() ? find(at.seen.as_entry(), key) : nullptr;
      if (seen == nullptr || !(seen->value == old_value)) return false;
      if (!fresh) fresh = std::make_unique<entry>(key, std::move(new_value));
      const std::scoped_lock lock(at.node->mu);
      if (!is_current(at)) continue;
      const position found = find_in(*at.slot, key);
      if (found.at == nullptr || !(found.at->value == old_value)) return false;
      replace(*at.slot, found, fresh.release());
      section.retire(found.at);
      return true;
    }
  }

  /// Go's CompareAndDelete.
  bool compare_and_delete(const K& key, const V& old_value) {
    return remove_if(key, [&](const V& value) { return value == old_value; });
  }

  /// Go's Range: f(const K&, const V&) for each entry, until it returns false.
  template <class F>
  void range(F&& f) {
    const reclamation::read_guard section;
    range_below(*root_.load(), f);
  }

  template <class F>
  void for_each(F&& f) {
    range([&](const K& key, const V& value) {
      f(key, value);
      return true;
    });
  }

  /// Go's Clear.
  void clear() {
    reclamation::write_guard section;
    auto empty = std::make_unique<indirect>(nullptr);
    section.retire(root_.exchange(empty.release()));
  }

 private:
  static constexpr unsigned hash_bits = 64, level_bits = 4, fan_out = 1U << level_bits;

  struct entry {
    template <class Value>
    entry(const K& k, Value&& v) : key(k), value(std::forward<Value>(v)) {}
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

    const K key;
    const V value;
    std::atomic<entry*> overflow{nullptr};
  };

  struct indirect;

  /// The address of a node or of an entry.
  class child {
   public:
    child() noexcept = default;
    explicit child(indirect* node) noexcept : bits_(reinterpret_cast<std::uintptr_t>(node)) {}
    explicit child(entry* e) noexcept
        : bits_(e == nullptr ? 0 : reinterpret_cast<std::uintptr_t>(e) | 1) {}

    bool is_null() const noexcept { return bits_ == 0; }
    bool is_entry() const noexcept { return (bits_ & 1) != 0; }
    bool is_indirect() const noexcept { return !is_null() && !is_entry(); }
    entry* as_entry() const noexcept { return reinterpret_cast<entry*>(bits_ - 1); }
    indirect* as_indirect() const noexcept { return reinterpret_cast<indirect*>(bits_); }

   private:
    std::uintptr_t bits_ = 0;
  };

  struct indirect {
    explicit indirect(indirect* above) noexcept : parent(above) {}
    indirect(const indirect&) = delete;
    indirect& operator=(const indirect&) = delete;
    ~indirect() {
      for (auto& slot : children) {
        const child last = slot.load(std::memory_order_relaxed);
        if (last.is_indirect()) delete last.as_indirect();
        if (!last.is_entry()) continue;
        for (entry* e = last.as_entry(); e != nullptr;) {
          delete std::exchange(e, e->overflow.load(std::memory_order_relaxed));
        }
      }
    }

    bool is_empty() const noexcept {
      for (const auto& slot : children) {
        if (!slot.load(std::memory_order_relaxed).is_null()) return false;
      }
      return true;
    }

    std::array<std::atomic<child>, fan_out> children{};
    indirect* const parent;
    std::mutex mu;
    bool is_dead = false;  // with mu: unlinked, and written by nobody any more
  };
  static_assert(std::atomic<child>::is_always_lock_free);

  /// Where a hash leads to: the last node on the way, and what was seen in it without its lock.
  struct place {
    indirect* node;
    std::atomic<child>* slot;
    child seen;
    unsigned shift;
  };

  /// An entry of a list, and the one before it; null where there is none.
  struct position {
    entry* before;
    entry* at;
  };

  static std::size_t index_of(std::uint64_t hash, unsigned shift) noexcept {
    return (hash >> shift) & (fan_out - 1);
  }

  std::uint64_t hash_of(const K& key) const { return maps::common::seeded(hash_, key, seed_); }

  const entry* find(const entry* e, const K& key) const {
    do {
      if (equal_(e->key, key)) return e;
      e = e->overflow.load();
    } while (e != nullptr);
    return nullptr;
  }

  /// With the lock of the slot's node.
  position find_in(const std::atomic<child>& slot, const K& key) const {
    const child first = slot.load(std::memory_order_relaxed);
    if (!first.is_entry()) return {nullptr, nullptr};
    position here{nullptr, first.as_entry()};
    while (here.at != nullptr && !equal_(here.at->key, key)) {
      here = {here.at, here.at->overflow.load(std::memory_order_relaxed)};
    }
    return here;
  }

  place descend(std::uint64_t hash) const noexcept {
    indirect* node = root_.load();
    for (unsigned shift = hash_bits - level_bits;; shift -= level_bits) {
      std::atomic<child>& slot = node->children[index_of(hash, shift)];
      const child next = slot.load();
      if (!next.is_indirect()) return {node, &slot, next, shift};
      node = next.as_indirect();
    }
  }

  /// With the lock of the node: whether it is still where the hash leads to.
  static bool is_current(const place& at) noexcept {
    return !at.node->is_dead && !at.slot->load(std::memory_order_relaxed).is_indirect();
  }

  /// LoadOrStore. True: stored. The value is copied only then.
  template <class F>
  bool insert_or_visit(const K& key, const V& value, F&& visit_present) {
    const reclamation::read_guard section;  // nothing is retired
    std::unique_ptr<entry> fresh;
    const std::uint64_t hash = hash_of(key);
    for (;;) {
      const place at = descend(hash);
      if (at.seen.is_entry()) {
        if (const entry* const e = find(at.seen.as_entry(), key)) {
          visit_present(e->value);
          return false;
        }
      }
      if (!fresh) fresh = std::make_unique<entry>(key, value);
      const std::scoped_lock lock(at.node->mu);
      if (!is_current(at)) continue;
      if (const entry* const e = find_in(*at.slot, key).at) {
        visit_present(e->value);
        return false;
      }
      add(at, hash, fresh);
      return true;
    }
  }

  /// Store and Swap. `take` is called with the value that was there.
  template <class Take>
  void exchange(const K& key, V&& value, Take&& take) {
    reclamation::write_guard section;
    auto fresh = std::make_unique<entry>(key, std::move(value));
    const std::uint64_t hash = hash_of(key);
    for (;;) {
      const place at = descend(hash);
      const std::scoped_lock lock(at.node->mu);
      if (!is_current(at)) continue;
      const position found = find_in(*at.slot, key);
      if (found.at == nullptr) return add(at, hash, fresh);
      take(found.at->value);
      replace(*at.slot, found, fresh.release());
      section.retire(found.at);
      return;
    }
  }

  /// Delete, where `wanted` is true of the value. It is called once more where another thread was
  /// faster.
  template <class Wanted>
  bool remove_if(const K& key, Wanted&& wanted) {
    reclamation::write_guard section;
    const std::uint64_t hash = hash_of(key);
    for (;;) {
      const place at = descend(hash);
      if (!at.seen.is_entry() || find(at.seen.as_entry(), key) == nullptr) return false;
      std::unique_lock lock(at.node->mu);
      if (!is_current(at)) continue;
      const position found = find_in(*at.slot, key);
      if (found.at == nullptr || !wanted(found.at->value)) return false;
      link(*at.slot, found.before, found.at->overflow.load(std::memory_order_relaxed));
      section.retire(found.at);
      if (at.slot->load(std::memory_order_relaxed).is_null()) {
        unlink_empty(section, at, hash, std::move(lock));
      }
      return true;
    }
  }

  // From here on, with the lock of the node.

  /// `e` follows `before`, or is the first in the slot.
  static void link(std::atomic<child>& slot, entry* before, entry* e) noexcept {
    if (before != nullptr) {
      before->overflow.store(e);
    } else {
      slot.store(child(e));
    }
  }

  static void replace(std::atomic<child>& slot, position old, entry* fresh) noexcept {
    fresh->overflow.store(old.at->overflow.load(std::memory_order_relaxed),
                          std::memory_order_relaxed);  // nobody sees it before link()
    link(slot, old.before, fresh);
  }

  /// A key that is not there.
  void add(const place& at, std::uint64_t hash, std::unique_ptr<entry>& fresh) {
    const child old = at.slot->load(std::memory_order_relaxed);
    if (old.is_null()) {
      at.slot->store(child(fresh.release()));
      return;
    }
    const std::uint64_t old_hash = hash_of(old.as_entry()->key);
    if (old_hash == hash) {
      fresh->overflow.store(old.as_entry(), std::memory_order_relaxed);
      at.slot->store(child(fresh.release()));
      return;
    }
    indirect* const top = expand(at, old, old_hash, fresh.get(), hash);
    fresh.release();
    at.slot->store(child(top));
  }

  /// Nodes down to the level at which the hashes of two entries differ.
  static indirect* expand(const place& at, child old, std::uint64_t old_hash, entry* fresh,
                          std::uint64_t hash) {
    auto top = std::make_unique<indirect>(at.node);
    indirect* node = top.get();
    unsigned shift = at.shift - level_bits;
    while (index_of(old_hash, shift) == index_of(hash, shift)) {
      auto* const below = new indirect(node);
      node->children[index_of(hash, shift)].store(child(below), std::memory_order_relaxed);
      node = below;
      shift -= level_bits;
    }
    node->children[index_of(old_hash, shift)].store(old, std::memory_order_relaxed);
    node->children[index_of(hash, shift)].store(child(fresh), std::memory_order_relaxed);
    return top.release();
  }

  /// Upwards from a node whose lock is given, as long as nodes are empty.
  static void unlink_empty(reclamation::write_guard& section, const place& at, std::uint64_t hash,
                           std::unique_lock<std::mutex> lock) noexcept {
    indirect* node = at.node;
    unsigned shift = at.shift;
    while (node->parent != nullptr && node->is_empty()) {
      indirect* const parent = node->parent;
      shift += level_bits;
      std::unique_lock above(parent->mu);
      node->is_dead = true;
      parent->children[index_of(hash, shift)].store(child());
      lock = std::move(above);  // which unlocks the node
      section.retire(node);
      node = parent;
    }
  }

  template <class F>
  static bool range_below(const indirect& node, F& f) {
    for (const auto& slot : node.children) {
      const child next = slot.load();
      if (next.is_indirect()) {
        if (!range_below(*next.as_indirect(), f)) return false;
      } else if (next.is_entry()) {
        for (const entry* e = next.as_entry(); e != nullptr; e = e->overflow.load()) {
          if (!f(e->key, e->value)) return false;
        }
      }
    }
    return true;
  }

  std::atomic<indirect*> root_;
  [[no_unique_address]] Hash hash_;
  [[no_unique_address]] KeyEqual equal_;
  std::uint32_t seed_ = static_cast<std::uint32_t>(maps::common::random_u64());
};

}  // namespace concurrent
