// concurrent::snapshot: a map that is copied for each change, and read without a lock.
//
// Layout
//   An atomic pointer to a map that nobody changes any more, the version, and a mutex for writers.
//
// Operations
//   load    one load of the pointer and one lookup in a read section (reclamation.hpp): no lock, no
//           write to shared memory.
//   store   with the mutex: copies the version, changes the copy, publishes it with one store. What
//           turns out to change nothing (insert of a key that is there, erase of one that is not)
//           copies nothing and mostly takes no mutex.
//   update  any number of changes in one copy, which readers see all at once.
//   range   over one version: consistent, whatever is written meanwhile. f may use the map, and so
//           may the function of visit. That of update may only read it.
//   clear   an empty version.
//
// What it is for
//   Tables that are only read, or written a few times a second: configuration, routes, feature
//   flags. Lookups cost what those of the map itself cost, and readers never wait, nor make one
//   another's cache lines move.
//
// Disadvantages
//   A WRITE COSTS O(n): a copy of every entry (DESIGN.md has the time). Filling it entry by entry
//   is quadratic: use update(). One writer at a time. Besides the version there is the copy
//   in the making, and those that were replaced in the last 10 ms or that a reader still uses.
//
// Replaced versions are freed by liburcu's thread, each as soon as its readers are done. So the
// destructors of keys and values run there, and must not wait for a lock that is held elsewhere
// while somebody waits for that thread.
//
// Memory order
//   The pointer is sequentially consistent: a thread that stores in one map and loads from another
//   must not find both threads' stores missing. On x86-64 that costs readers nothing. With the
//   mutex it is read relaxed: the mutex has ordered whoever stored it.
//
// Exceptions: strong guarantee. Whatever throws leaves the published version as it is.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "maps/concurrent/reclamation.hpp"

namespace concurrent {

template <class Map>
class snapshot {
  using K = typename Map::key_type;
  using V = typename Map::mapped_type;

 public:
  using key_type = K;
  using mapped_type = V;

  snapshot() : current_(new Map) {}
  snapshot(const snapshot&) = delete;
  snapshot& operator=(const snapshot&) = delete;

  /// No other thread may use the map any more.
  ~snapshot() { delete current_.load(std::memory_order_relaxed); }

  /// Go's Load.
  std::optional<V> load(const K& key) {
    std::optional<V> found;
    visit(key, [&](const V& value) { found.emplace(value); });
    return found;
  }

  /// Calls f(const V&) where the key is there. Returns whether it is. f may use the map.
  template <class F>
  bool visit(const K& key, F&& f) {
    const reclamation::read_guard section;
    return visit_in(*current_.load(), key, f);
  }

  /// Calls f(Map&) with a copy, and publishes that. f must not write to the snapshot.
  template <class F>
  void update(F&& f) {
    const std::scoped_lock lock(writers_);
    auto next = std::make_unique<Map>(latest());
    f(*next);
    publish(std::move(next));
  }

  /// Go's Store.
  void store(const K& key, V value) {
    update([&](Map& next) { next.insert_or_assign(key, std::move(value)); });
  }

  /// Go's Swap: what was there.
  std::optional<V> swap(const K& key, V value) {
    std::optional<V> previous;
    update([&](Map& next) {
      visit_in(next, key, [&](const V& old) { previous.emplace(old); });
      next.insert_or_assign(key, std::move(value));
    });
    return previous;
  }

  /// Go's LoadOrStore: the value, and whether it was there.
  std::pair<V, bool> load_or_store(const K& key, V value) {
    std::pair<V, bool> result(std::move(value), false);
    const auto is_absent = [&](const Map& map) {
      result.second = visit_in(map, key, [&](const V& present) { result.first = present; });
      return !result.second;
    };
    update_if(is_absent, [&](Map& next) { next.try_emplace(key, std::as_const(result.first)); });
    return result;
  }

  /// LoadOrStore without the value: whether the key was not there.
  bool insert(const K& key, const V& value) {
    const auto is_absent = [&](const Map& map) { return map.find(key) == map.end(); };
    return update_if(is_absent, [&](Map& next) { next.try_emplace(key, value); });
  }

  /// Go's LoadAndDelete.
  std::optional<V> load_and_delete(const K& key) {
    std::optional<V> deleted;
    const auto is_there = [&](const Map& map) {
      deleted.reset();
      return visit_in(map, key, [&](const V& value) { deleted.emplace(value); });
    };
    update_if(is_there, [&](Map& next) { next.erase(key); });
    return deleted;
  }

  /// Go's Delete, which says whether the key was there.
  bool erase(const K& key) {
    const auto is_there = [&](const Map& map) { return map.find(key) != map.end(); };
    return update_if(is_there, [&](Map& next) { next.erase(key); });
  }

  /// Go's CompareAndSwap.
  bool compare_and_swap(const K& key, const V& old_value, V new_value) {
    return update_if([&](const Map& map) { return has(map, key, old_value); },
                     [&](Map& next) { next.insert_or_assign(key, std::move(new_value)); });
  }

  /// Go's CompareAndDelete.
  bool compare_and_delete(const K& key, const V& old_value) {
    return update_if([&](const Map& map) { return has(map, key, old_value); },
                     [&](Map& next) { next.erase(key); });
  }

  /// Go's Range: f(const K&, const V&) for each entry of one version, until it returns false.
  template <class F>
  void range(F&& f) {
    const reclamation::read_guard section;
    const Map& map = *current_.load();
    for (auto&& [key, value] : map) {
      if (!f(key, value)) return;
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
    const std::scoped_lock lock(writers_);
    publish(std::make_unique<Map>());
  }

 private:
  template <class F>
  static bool visit_in(const Map& map, const K& key, F&& f) {
    const auto at = map.find(key);
    if (at == map.end()) return false;
    f(std::as_const(at->second));
    return true;
  }

  static bool has(const Map& map, const K& key, const V& value) {
    bool is_equal = false;
    visit_in(map, key, [&](const V& present) { is_equal = present == value; });
    return is_equal;
  }

  /// Changes a copy and publishes it, if the version is one that `wanted` returns true of. Asks it
  /// without the mutex first: what is refused then was refused by the version of that moment.
  template <class Wanted, class Change>
  bool update_if(Wanted&& wanted, Change&& change) {
    {
      const reclamation::read_guard section;
      if (!wanted(std::as_const(*current_.load()))) return false;
    }
    const std::scoped_lock lock(writers_);
    if (!wanted(latest())) return false;
    auto next = std::make_unique<Map>(latest());
    change(*next);
    publish(std::move(next));
    return true;
  }

  // From here on, with writers_.

  const Map& latest() const noexcept { return *current_.load(std::memory_order_relaxed); }

  /// The old version does not wait for others: 256 of them may be more than the memory.
  void publish(std::unique_ptr<Map> next) {
    const reclamation::read_guard registered;  // call_rcu wants that of its callers
    reclamation::lone_retirement retirement;
    Map* const old = current_.load(std::memory_order_relaxed);
    current_.store(next.release());
    retirement.retire(old);
  }

  std::atomic<Map*> current_;
  std::mutex writers_;
};

}  // namespace concurrent
