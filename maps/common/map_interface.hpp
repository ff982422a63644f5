// The part of std::unordered_map's interface that is the same for every map: the overloads for keys
// that are copied, moved or looked up as another type, with and without a hint.
//
// A map derives from map_interface<Map, ...> and is its friend. It provides
//
//   position_of(key)      where the entry is: an iterator is made from it
//   has(key)              whether there is one
//   value_or_throw(key)   the value, or std::out_of_range
//   add(key, args...)     {iterator, whether it is new}; an entry that is there stays
//   put(key, value)       the same; a value that is there is overwritten
//   get_or_make(key)      the value, made from nothing if there is none
//   add_from(args...)     emplace(): add() with what std::pair's constructors take
//
// Lookups and insertions that a benchmark's hot loop calls are always in line: a call returns the
// position through memory, which cost hmap's lookup in the L1 cache a third.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <type_traits>
#include <utility>

#include "config.hpp"
#include "hash.hpp"

namespace maps::common {

template <class Map, class Key, class T, class Hash, class KeyEqual, class Iterator,
          class ConstIterator>
class map_interface {
  using entry_type = std::pair<const Key, T>;
  using insertion = std::pair<Iterator, bool>;
  template <class K>
  static constexpr bool lookup_key = usable_as_key<Hash, KeyEqual, Key, K>;

 public:
  // ---- lookup

  MAPS_ALWAYS_INLINE Iterator find(const Key& key) { return Iterator(self().position_of(key)); }
  MAPS_ALWAYS_INLINE ConstIterator find(const Key& key) const {
    return ConstIterator(self().position_of(key));
  }
  MAPS_ALWAYS_INLINE bool contains(const Key& key) const { return self().has(key); }
  std::size_t count(const Key& key) const { return contains(key); }
  T& at(const Key& key) { return self().value_or_throw(key); }
  const T& at(const Key& key) const { return self().value_or_throw(key); }
  std::pair<Iterator, Iterator> equal_range(const Key& key) { return range_of(find(key)); }
  std::pair<ConstIterator, ConstIterator> equal_range(const Key& key) const {
    return range_of(find(key));
  }

  template <class K>
    requires lookup_key<K>
  Iterator find(const K& key) {
    return Iterator(self().position_of(key));
  }
  template <class K>
    requires lookup_key<K>
  ConstIterator find(const K& key) const {
    return ConstIterator(self().position_of(key));
  }
  template <class K>
    requires lookup_key<K>
  bool contains(const K& key) const {
    return self().has(key);
  }
  template <class K>
    requires lookup_key<K>
  std::size_t count(const K& key) const {
    return contains(key);
  }
  template <class K>
    requires lookup_key<K>
  T& at(const K& key) {
    return self().value_or_throw(key);
  }
  template <class K>
    requires lookup_key<K>
  const T& at(const K& key) const {
    return self().value_or_throw(key);
  }
  template <class K>
    requires lookup_key<K>
  std::pair<Iterator, Iterator> equal_range(const K& key) {
    return range_of(find(key));
  }
  template <class K>
    requires lookup_key<K>
  std::pair<ConstIterator, ConstIterator> equal_range(const K& key) const {
    return range_of(find(key));
  }

  // ---- insertion

  template <class... Args>
  MAPS_ALWAYS_INLINE insertion try_emplace(const Key& key, Args&&... args) {
    return self().add(key, std::forward<Args>(args)...);
  }
  template <class... Args>
  MAPS_ALWAYS_INLINE insertion try_emplace(Key&& key, Args&&... args) {
    return self().add(std::move(key), std::forward<Args>(args)...);
  }
  template <class... Args>
  Iterator try_emplace(ConstIterator, const Key& key, Args&&... args) {
    return self().add(key, std::forward<Args>(args)...).first;
  }
  template <class... Args>
  Iterator try_emplace(ConstIterator, Key&& key, Args&&... args) {
    return self().add(std::move(key), std::forward<Args>(args)...).first;
  }

  template <class M>
  MAPS_ALWAYS_INLINE insertion insert_or_assign(const Key& key, M&& value) {
    return self().put(key, std::forward<M>(value));
  }
  template <class M>
  MAPS_ALWAYS_INLINE insertion insert_or_assign(Key&& key, M&& value) {
    return self().put(std::move(key), std::forward<M>(value));
  }
  template <class M>
  Iterator insert_or_assign(ConstIterator, const Key& key, M&& value) {
    return self().put(key, std::forward<M>(value)).first;
  }
  template <class M>
  Iterator insert_or_assign(ConstIterator, Key&& key, M&& value) {
    return self().put(std::move(key), std::forward<M>(value)).first;
  }

  T& operator[](const Key& key) { return self().get_or_make(key); }
  T& operator[](Key&& key) { return self().get_or_make(std::move(key)); }

  insertion insert(const entry_type& entry) { return try_emplace(entry.first, entry.second); }
  insertion insert(entry_type&& entry) { return try_emplace(entry.first, std::move(entry.second)); }
  template <class P>
    requires(std::is_constructible_v<entry_type, P &&>)
  insertion insert(P&& entry) {
    return emplace(std::forward<P>(entry));
  }
  Iterator insert(ConstIterator, const entry_type& entry) { return insert(entry).first; }
  Iterator insert(ConstIterator, entry_type&& entry) { return insert(std::move(entry)).first; }
  template <class P>
    requires(std::is_constructible_v<entry_type, P &&>)
  Iterator insert(ConstIterator, P&& entry) {
    return emplace(std::forward<P>(entry)).first;
  }
  void insert(std::initializer_list<entry_type> entries) {
    self().insert(entries.begin(), entries.end());
  }

  /// Whatever makes a std::pair makes an entry (emplace.hpp). For a key that is there already no
  /// value is made, and the arguments keep theirs.
  template <class... Args>
  MAPS_ALWAYS_INLINE insertion emplace(Args&&... args) {
    return self().add_from(std::forward<Args>(args)...);
  }
  template <class... Args>
  Iterator emplace_hint(ConstIterator, Args&&... args) {
    return emplace(std::forward<Args>(args)...).first;
  }

  /// The same entries, in any order. Keys that the tables take for equal must be equal by == too.
  friend bool operator==(const Map& a, const Map& b) {
    if (a.size() != b.size()) return false;
    for (auto&& [key, value] : a) {
      const auto other = b.find(key);
      if (other == b.end() || !(other->first == key && other->second == value)) return false;
    }
    return true;
  }

 private:
  friend Map;
  map_interface() = default;

  Map& self() noexcept { return static_cast<Map&>(*this); }
  const Map& self() const noexcept { return static_cast<const Map&>(*this); }

  template <class It>
  static std::pair<It, It> range_of(It it) {
    return it == It{} ? std::pair{it, it} : std::pair{it, std::next(it)};
  }
};

/// erase_if() of a map: how many entries it erased.
template <class Map, class Pred>
std::size_t erase_entries_if(Map& m, Pred& pred) {
  const std::size_t before = m.size();
  for (auto it = m.begin(); it != m.end();) it = pred(*it) ? m.erase(it) : std::next(it);
  return before - m.size();
}

}  // namespace maps::common
