// concurrent::locked: a map behind one lock.
//
// Layout
//   The lock, and behind it the map. Nothing else.
//
// Operations
//   Each takes the lock, calls the map and gives the lock back. With a lock that can be shared
//   (std::shared_mutex), load, visit, range and for_each share it.
//   range   holds the lock all the while: one consistent view. f must not use the map, not even to
//           read: it would wait for itself.
//   clear   an empty map takes the place of the old one, which ends without the lock.
//
// What it is for
//   The least memory, every operation of any map, and one thread at a time. Go's users write it as
//   a map and a sync.RWMutex.
//
// Disadvantages
//   Threads do not scale: each operation moves the lock's cache line, also with a shared lock,
//   whose readers count themselves in it. Whoever grows the map, or iterates over it, stops all
//   others. Hashes, comparisons, copies, moves and destructors of keys and values run with the lock
//   held, so they must not use the map either.
//
// Exceptions: strong guarantee as far as the map has it for a single operation. A value that is
// replaced is as its assignment leaves it, should that throw.
#pragma once

#include <mutex>
#include <optional>
#include <shared_mutex>
#include <type_traits>
#include <utility>

namespace concurrent {

template <class Map, class Mutex = std::mutex>
class locked {
  using K = typename Map::key_type;
  using V = typename Map::mapped_type;

 public:
  using key_type = K;
  using mapped_type = V;

  locked() = default;
  locked(const locked&) = delete;
  locked& operator=(const locked&) = delete;

  /// Go's Load.
  std::optional<V> load(const K& key) {
    std::optional<V> found;
    visit(key, [&](const V& value) { found.emplace(value); });
    return found;
  }

  /// Calls f(const V&) where the key is there. Returns whether it is. f must not use the map.
  template <class F>
  bool visit(const K& key, F&& f) {
    const reading lock(mutex_);
    const Map& map = map_;
    const auto at = map.find(key);
    if (at == map.end()) return false;
    f(std::as_const(at->second));
    return true;
  }

  /// Go's Store.
  void store(const K& key, V value) {
    const std::scoped_lock lock(mutex_);
    map_.insert_or_assign(key, std::move(value));
  }

  /// Go's Swap: what was there.
  std::optional<V> swap(const K& key, V value) {
    std::optional<V> previous;
    const std::scoped_lock lock(mutex_);
    const auto [at, is_new] = map_.try_emplace(key, std::move(value));
    if (!is_new) {
      take(previous, at->second);
      at->second = std::move(value);
    }
    return previous;
  }

  /// Go's LoadOrStore: the value, and whether it was there.
  std::pair<V, bool> load_or_store(const K& key, V value) {
    std::pair<V, bool> result(std::move(value), false);
    const std::scoped_lock lock(mutex_);
    const auto [at, is_new] = map_.try_emplace(key, std::as_const(result.first));
    if (!is_new) {
      result.first = std::as_const(at->second);
      result.second = true;
    }
    return result;
  }

  /// LoadOrStore without the value: whether the key was not there.
  bool insert(const K& key, const V& value) {
    const std::scoped_lock lock(mutex_);
    return map_.try_emplace(key, value).second;
  }

  /// Go's LoadAndDelete.
  std::optional<V> load_and_delete(const K& key) {
    std::optional<V> deleted;
    const std::scoped_lock lock(mutex_);
    if (const auto at = map_.find(key); at != map_.end()) {
      take(deleted, at->second);
      map_.erase(at);
    }
    return deleted;
  }

  /// Go's Delete, which says whether the key was there.
  bool erase(const K& key) {
    const std::scoped_lock lock(mutex_);
    return map_.erase(key) > 0;
  }

  /// Go's CompareAndSwap.
  bool compare_and_swap(const K& key, const V& old_value, V new_value) {
    const std::scoped_lock lock(mutex_);
    const auto at = map_.find(key);
    if (at == map_.end() || !(std::as_const(at->second) == old_value)) return false;
    at->second = std::move(new_value);
    return true;
  }

  /// Go's CompareAndDelete.
  bool compare_and_delete(const K& key, const V& old_value) {
    const std::scoped_lock lock(mutex_);
    const auto at = map_.find(key);
    if (at == map_.end() || !(std::as_const(at->second) == old_value)) return false;
    map_.erase(at);
    return true;
  }

  /// Go's Range: f(const K&, const V&) for each entry, until it returns false.
  template <class F>
  void range(F&& f) {
    const reading lock(mutex_);
    for (auto&& [key, value] : std::as_const(map_)) {
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
    Map old;
    const std::scoped_lock lock(mutex_);
    map_.swap(old);
  }

 private:
  template <class M>
  static constexpr bool is_shared = requires(M& mutex) { mutex.lock_shared(); };
  using reading =
      std::conditional_t<is_shared<Mutex>, std::shared_lock<Mutex>, std::lock_guard<Mutex>>;

  /// What is to be replaced or erased next. Copied where a move could throw half way.
  static void take(std::optional<V>& into, V& from) {
    if constexpr (std::is_nothrow_move_constructible_v<V> && std::is_nothrow_move_assignable_v<V>) {
      into.emplace(std::move(from));
    } else {
      into.emplace(std::as_const(from));
    }
  }

  Mutex mutex_;
  Map map_;
};

}  // namespace concurrent
