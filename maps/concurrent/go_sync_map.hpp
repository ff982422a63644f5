// concurrent::go_sync_map: Go's sync.Map as it was up to Go 1.23, over hmap.
//
// Layout
//   Two tables of Go's classic map, whose values point to entries:
//
//     read_  ──► frozen { hmap<K, entry*>, amended }   never changed once it is published
//     dirty_ ──► frozen { hmap<K, entry*> }            only with mu_; null, or a superset of read
//     entry      p ──► box { value }                   shared by both tables
//
//   An entry's p is a value, null (deleted), or `expunged` (deleted, and missing in dirty).
//   `amended` says that dirty has a key that read has not.
//
// Operations
//   load     in read: one lookup and two atomic loads, no lock, no write to shared memory. Not
//            there, and amended: the same in dirty, with the lock; a miss is counted. After as many
//            misses as dirty has keys, dirty becomes read.
//   store    key in read and not expunged: a compare-and-swap of p, no lock. Else with the lock;
//            a new key goes into dirty, which is made first where there is none: a copy of read
//            without the deleted, O(n).
//   erase    key in read: p becomes null, no lock. Key in dirty alone: erased there, with the lock.
//   range    dirty becomes read, if amended; then over read. It may use the map, meets each key at
//            most once, and those that are there all the while exactly once. No snapshot.
//   clear    two empty tables.
//
// What it is for
//   Keys that are written once and read often, and threads whose keys are disjoint: Go's own words
//   of it. It is slow where new keys keep coming: each round of deletions and new keys copies all
//   entries (DESIGN.md has the figures), and readers of new keys take the lock meanwhile. Each
//   value is an allocation, each lookup three dependent loads: a map behind a lock is smaller.
//
// Memory of what was replaced, erased or dropped is freed after a grace period (reclamation.hpp).
//
// Memory order
//   Sequentially consistent where Go's is, on read_, amended and p: a thread that stores one key
//   and loads another must not find both threads' stores missing. On x86-64 that costs nothing over
//   acquire and release here: loads are plain, and every store to them is a locked instruction
//   anyway, but that of `amended`, once in the life of a read-only table.
//
// Exceptions: strong guarantee. An allocation, hash, comparison or copy that throws has changed
// nothing; range passes on what its function throws.
//
// Source of the behaviour: Go 1.19 to 1.23, sync/map.go.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "hmap/map.hpp"
#include "maps/concurrent/reclamation.hpp"

namespace concurrent {

template <class K, class V, class Hash = ::hmap::hash<K>, class KeyEqual = ::hmap::equal_to<K>>
class go_sync_map {
 public:
  using key_type = K;
  using mapped_type = V;

  go_sync_map() : read_(new frozen) {}
  go_sync_map(const go_sync_map&) = delete;
  go_sync_map& operator=(const go_sync_map&) = delete;

  /// No other thread may use the map any more.
  ~go_sync_map() {
    dropped all;
    take_all(all);
  }

  /// Go's Load.
  std::optional<V> load(const K& key) {
    std::optional<V> found;
    visit(key, [&](const V& value) { found.emplace(value); });
    return found;
  }

  /// Calls f(const V&) where the key is there. Returns whether it is. f must not use the map.
  template <class F>
  bool visit(const K& key, F&& f) {
    const reclamation::read_guard section;
    const frozen& read = *read_.load();
    const auto at = read.entries.find(key);
    if (at == read.entries.end()) [[unlikely]] {
      if (!read.amended.load()) return false;
      return visit_dirty(key, f);
    }
    return visit_entry(at->second, f);
  }

  /// Go's Store.
  void store(const K& key, V value) {
    exchange(key, std::move(value), [](const V*) {});
  }

  /// Go's Swap: what was there.
  std::optional<V> swap(const K& key, V value) {
    std::optional<V> previous;
    exchange(key, std::move(value), [&](const V* old) {
      previous.reset();
      if (old != nullptr) previous.emplace(*old);
    });
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
    // Another thread may delete the value after it was copied.
    if (!remove(key, [&](const V& value) { deleted.emplace(value); })) deleted.reset();
    return deleted;
  }

  /// Go's Delete, which says whether the key was there.
  bool erase(const K& key) {
    return remove(key, [](const V&) {});
  }

  /// Go's CompareAndSwap.
  bool compare_and_swap(const K& key, const V& old_value, V new_value) {
    reclamation::write_guard section;
    {
      const frozen& read = *read_.load();
      if (entry* const e = find(read, key)) {
        return replace_if_equal(section, *e, old_value, std::move(new_value));
      }
      if (!read.amended.load()) return false;
    }
    const std::scoped_lock lock(mu_);
    if (entry* const e = find(*read_.load(), key)) {
      return replace_if_equal(section, *e, old_value, std::move(new_value));
    }
    entry* const e = find_dirty(key);
    if (e == nullptr) return false;
    const bool swapped = replace_if_equal(section, *e, old_value, std::move(new_value));
    count_miss(section);
    return swapped;
  }

  /// Go's CompareAndDelete.
  bool compare_and_delete(const K& key, const V& old_value) {
    reclamation::write_guard section;
    entry* const e = find_counting(section, key);
    if (e == nullptr) return false;
    box* found = e->p.load();
    while (is_value(found) && found->value == old_value) {
      // The key stays in dirty: with no value there it is expunged when dirty is made again.
      if (e->p.compare_exchange_weak(found, nullptr)) {
        section.retire(found);
        return true;
      }
    }
    return false;
  }

  /// Go's Range: f(const K&, const V&) for each entry, until it returns false.
  template <class F>
  void range(F&& f) {
    const reclamation::read_guard section;
    const frozen* read = read_.load();
    if (read->amended.load()) read = promoted();
    for (auto at = read->entries.begin(); at != read->entries.end(); ++at) {
      const box* const found = at->second->p.load();
      if (is_value(found) && !f(at->first, found->value)) return;
    }
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
    {
      const frozen& read = *read_.load();
      if (read.entries.empty() && !read.amended.load()) return;
    }
    auto empty = std::make_unique<frozen>();
    auto all = std::make_unique<dropped>();
    const std::scoped_lock lock(mu_);
    take_all(*all);
    misses_ = 0;
    read_.store(empty.release());
    section.retire(all.release());
  }

 private:
  struct box {
    V value;
  };

  struct entry {
    explicit entry(box* first) noexcept : p(first) {}
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    ~entry() {
      if (box* const last = p.load(std::memory_order_relaxed); is_value(last)) delete last;
    }

    std::atomic<box*> p;
    entry* next_expunged = nullptr;  // only with mu_; the allocation has room for it anyway
  };

  using table = ::hmap::map<K, entry*, Hash, KeyEqual>;

  struct frozen {
    frozen() = default;
    frozen(const frozen&) = delete;
    frozen& operator=(const frozen&) = delete;
    ~frozen() {
      while (expunged != nullptr) delete std::exchange(expunged, expunged->next_expunged);
    }

    table entries;
    std::atomic<bool> amended{false};
    /// Only with mu_. Those that dirty was made without: nobody else has them once it is read.
    entry* expunged = nullptr;
  };

  /// Both tables with everything in them, once nobody can find them.
  struct dropped {
    dropped() = default;
    dropped(const dropped&) = delete;
    dropped& operator=(const dropped&) = delete;
    ~dropped() {
      // Dirty has all of read but what is expunged.
      table& all = dirty != nullptr ? dirty->entries : read->entries;
      for (auto at = all.begin(); at != all.end(); ++at) delete at->second;
    }

    std::unique_ptr<frozen> read, dirty;
  };

  static inline constinit char expunged_mark = 0;
  /// Never read through.
  static box* expunged() noexcept { return reinterpret_cast<box*>(&expunged_mark); }
  static bool is_value(const box* p) noexcept { return p != nullptr && p != expunged(); }

  static entry* find(const frozen& in, const K& key) {
    const auto at = in.entries.find(key);
    return at != in.entries.end() ? at->second : nullptr;
  }

  /// With mu_.
  entry* find_dirty(const K& key) const { return dirty_ ? find(*dirty_, key) : nullptr; }

  template <class F>
  static bool visit_entry(const entry* e, F& f) {
    const box* const found = e->p.load();
    if (!is_value(found)) return false;
    f(std::as_const(found->value));
    return true;
  }

  template <class F>
  [[gnu::noinline]] bool visit_dirty(const K& key, F& f) {
    reclamation::write_guard section;
    entry* const e = find_counting(section, key);
    return e != nullptr && visit_entry(e, f);
  }

  /// The entry of a key in either table; one that is not in read counts as a miss, there or not.
  entry* find_counting(reclamation::write_guard& section, const K& key) {
    {
      const frozen& read = *read_.load();
      if (entry* const e = find(read, key)) return e;
      if (!read.amended.load()) return nullptr;
    }
    const std::scoped_lock lock(mu_);
    const frozen& read = *read_.load();  // dirty may have become read meanwhile
    if (entry* const e = find(read, key)) return e;
    if (!read.amended.load()) return nullptr;
    entry* const e = find_dirty(key);
    count_miss(section);
    return e;
  }

  /// Store and Swap. `take` is called with the value that was there, or null, before it is
  /// replaced, and again where another thread was faster: the last call counts.
  template <class Take>
  void exchange(const K& key, V&& value, Take&& take) {
    reclamation::write_guard section;
    auto fresh = std::make_unique<box>(std::move(value));
    if (entry* const e = find(*read_.load(), key)) {
      if (put(section, *e, fresh, take)) return;
    }
    const std::scoped_lock lock(mu_);
    frozen& read = *read_.load();
    if (entry* const e = find(read, key)) {
      unexpunge(key, *e);
      put(section, *e, fresh, take);
    } else if (entry* const in_dirty = find_dirty(key)) {
      put(section, *in_dirty, fresh, take);
    } else {
      take(nullptr);  // a clear() may have come after the first look
      add(read, key, fresh);
    }
  }

  /// False where the entry is expunged.
  template <class Take>
  static bool put(reclamation::write_guard& section, entry& e, std::unique_ptr<box>& fresh,
                  Take&& take) {
    box* found = e.p.load();
    for (;;) {
      if (found == expunged()) return false;
      take(found != nullptr ? &std::as_const(found->value) : nullptr);
      if (e.p.compare_exchange_weak(found, fresh.get())) break;
    }
    fresh.release();
    if (found != nullptr) section.retire(found);
    return true;
  }

  /// LoadOrStore. True: stored. The value is copied only then.
  template <class F>
  bool insert_or_visit(const K& key, const V& value, F&& visit_present) {
    reclamation::write_guard section;
    std::unique_ptr<box> fresh;
    if (entry* const e = find(*read_.load(), key)) {
      const outcome found = put_if_absent(*e, value, fresh, visit_present);
      if (found != outcome::is_expunged) return found == outcome::stored;
    }
    const std::scoped_lock lock(mu_);
    frozen& read = *read_.load();
    if (entry* const e = find(read, key)) {
      unexpunge(key, *e);
      return put_if_absent(*e, value, fresh, visit_present) == outcome::stored;
    }
    if (entry* const e = find_dirty(key)) {
      const outcome found = put_if_absent(*e, value, fresh, visit_present);
      count_miss(section);
      return found == outcome::stored;
    }
    if (!fresh) fresh = std::make_unique<box>(value);
    add(read, key, fresh);
    return true;
  }

  enum class outcome : unsigned char { stored, was_there, is_expunged };

  template <class F>
  static outcome put_if_absent(entry& e, const V& value, std::unique_ptr<box>& fresh,
                               F& visit_present) {
    box* found = e.p.load();
    for (;;) {
      if (found == expunged()) return outcome::is_expunged;
      if (found != nullptr) {
        visit_present(std::as_const(found->value));
        return outcome::was_there;
      }
      if (!fresh) fresh = std::make_unique<box>(value);
      if (e.p.compare_exchange_weak(found, fresh.get())) {
        fresh.release();
        return outcome::stored;
      }
    }
  }

  static bool replace_if_equal(reclamation::write_guard& section, entry& e, const V& old_value,
                               V&& new_value) {
    std::unique_ptr<box> fresh;
    box* found = e.p.load();
    while (is_value(found) && found->value == old_value) {
      if (!fresh) fresh = std::make_unique<box>(std::move(new_value));
      if (e.p.compare_exchange_weak(found, fresh.get())) {
        fresh.release();
        section.retire(found);
        return true;
      }
    }
    return false;
  }

  /// Delete. `take` is called with the value that was there.
  template <class Take>
  bool remove(const K& key, Take&& take) {
    reclamation::write_guard section;
    frozen* read = read_.load();
    entry* e = find(*read, key);
    if (e == nullptr && read->amended.load()) {
      const std::scoped_lock lock(mu_);
      read = read_.load();
      e = find(*read, key);
      if (e == nullptr && read->amended.load()) {
        return remove_dirty(section, key, take);
      }
    }
    return e != nullptr && take_out(section, *e, take);
  }

  /// With mu_, of a key that is not in read: nobody finds the entry any more but who has it
  /// already.
  template <class Take>
  bool remove_dirty(reclamation::write_guard& section, const K& key, Take& take) {
    bool removed = false;
    if (dirty_) {
      // By its place, which throws nothing once the value is taken out.
      if (const auto at = dirty_->entries.find(key); at != dirty_->entries.end()) {
        entry* const e = at->second;
        removed = take_out(section, *e, take);
        dirty_->entries.erase(at);
        section.retire(e);
      }
    }
    count_miss(section);
    return removed;
  }

  template <class Take>
  static bool take_out(reclamation::write_guard& section, entry& e, Take& take) {
    box* found = e.p.load();
    while (is_value(found)) {
      take(std::as_const(found->value));
      if (e.p.compare_exchange_weak(found, nullptr)) {
        section.retire(found);
        return true;
      }
    }
    return false;
  }

  // From here on, with mu_.

  /// An entry that is missing in dirty comes back into it, without a value as yet.
  void unexpunge(const K& key, entry& e) {
    if (e.p.load() != expunged()) return;  // only with mu_ does it change from that
    dirty_->entries.try_emplace(key, &e);  // first, as it may throw
    e.p.store(nullptr);
  }

  /// A key that is in neither table.
  void add(frozen& read, const K& key, std::unique_ptr<box>& fresh) {
    auto e = std::make_unique<entry>(nullptr);
    make_dirty(read);
    dirty_->entries.try_emplace(key, e.get());
    e.release()->p.store(fresh.release());
    if (!read.amended.load()) read.amended.store(true);
  }

  /// Where there is no dirty table: a copy of read without what is deleted, which is expunged.
  void make_dirty(frozen& read) {
    if (dirty_) return;
    struct reversible {
      ~reversible() {
        while (first != nullptr) std::exchange(first, first->next_expunged)->p.store(nullptr);
      }
      entry* first = nullptr;
    } expunging;
    auto dirty = std::make_unique<frozen>();
    dirty->entries.reserve(read.entries.size() + 1);
    for (auto at = read.entries.begin(); at != read.entries.end(); ++at) {
      entry* const e = at->second;
      if (expunge_deleted(*e)) {
        e->next_expunged = std::exchange(expunging.first, e);
      } else {
        dirty->entries.try_emplace(at->first, e);
      }
    }
    read.expunged = std::exchange(expunging.first, nullptr);
    dirty_ = std::move(dirty);
  }

  static bool expunge_deleted(entry& e) noexcept {
    box* found = e.p.load();
    while (found == nullptr) {
      if (e.p.compare_exchange_weak(found, expunged())) return true;
    }
    return false;
  }

  void count_miss(reclamation::write_guard& section) {
    ++misses_;
    if (dirty_ && misses_ >= dirty_->entries.size()) promote(section);
  }

  /// Dirty becomes read.
  void promote(reclamation::write_guard& section) noexcept {
    frozen* const old = read_.load();
    drop_unexpunged(*old);
    read_.store(dirty_.release());
    misses_ = 0;
    section.retire(old);
  }

  /// Keeps in the list what is still expunged: the others are in dirty again.
  static void drop_unexpunged(frozen& read) noexcept {
    entry** link = &read.expunged;
    while (*link != nullptr) {
      if ((*link)->p.load() == expunged()) {
        link = &(*link)->next_expunged;
      } else {
        *link = (*link)->next_expunged;
      }
    }
  }

  /// Everything of the map.
  void take_all(dropped& all) noexcept {
    all.read.reset(read_.load());
    drop_unexpunged(*all.read);
    all.dirty = std::move(dirty_);
  }

  // Without mu_.

  [[gnu::noinline]] const frozen* promoted() {
    reclamation::write_guard section;
    const std::scoped_lock lock(mu_);
    if (read_.load()->amended.load()) promote(section);
    return read_.load();
  }

  std::atomic<frozen*> read_;
  std::mutex mu_;
  std::unique_ptr<frozen> dirty_;  // with mu_
  std::size_t misses_ = 0;         // with mu_
};

}  // namespace concurrent
