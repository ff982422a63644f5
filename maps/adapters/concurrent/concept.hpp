// What a concurrent map must offer to be measured. All of it may be called by any number of threads
// at once, but for the constructor and the destructor.
//
//   visit(key, f)     calls f(const Value&) where the key is there; returns whether it was. f must
//                     not use the map.
//   insert(key, v)    puts the value in where the key is not there; returns whether it was not
//   store(key, v)     puts the value in, or in the place of the one that is there
//   erase(key)        returns whether the key was there
//   for_each(f)       calls f(const Key&, const Value&) for the entries. Weakly consistent: an
//                     entry that is there all the while is passed exactly once. A map that cannot
//                     do it while others write has `why_no_range`, a text, in its adapter.
//
// An adapter is a struct in namespace `adapters`, named like its file, with `name`, `title`,
// `version()` and `map<Key, Value, Hash>`, as in maps/adapters/concept.hpp, and optionally:
//
//   thread_scope      a type of which every thread that uses the map keeps an object while it does:
//                     what the library wants of a thread
//   writes_copy       true where each write copies the map: it is left out of what takes minutes
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

#include "maps/adapters/concept.hpp"

namespace maps {

template <class Map, class Key, class Value>
concept has_visit = requires(Map& map, const Key& key) {
  {
    map.visit(key, [](const Value&) {})
  } -> std::same_as<bool>;
};

template <class Map, class Key, class Value>
concept has_insert = requires(Map& map, const Key& key, const Value& value) {
  { map.insert(key, value) } -> std::same_as<bool>;
};

template <class Map, class Key, class Value>
concept has_store =
    requires(Map& map, const Key& key, const Value& value) { map.store(key, value); };

template <class Map, class Key>
concept has_concurrent_erase = requires(Map& map, const Key& key) {
  { map.erase(key) } -> std::same_as<bool>;
};

template <class Map, class Key, class Value>
concept has_for_each = requires(Map& map) { map.for_each([](const Key&, const Value&) {}); };

/// Refuses, in words, a map that lacks an operation.
template <class Map, class Key, class Value>
constexpr bool require_concurrent_map() {
  static_assert(std::default_initializable<Map>, "the map lacks a default constructor");
  static_assert(has_visit<Map, Key, Value>, "the map lacks visit(key, f), which returns a bool");
  static_assert(has_insert<Map, Key, Value>,
                "the map lacks insert(key, value), which returns a bool");
  static_assert(has_store<Map, Key, Value>, "the map lacks store(key, value)");
  static_assert(has_concurrent_erase<Map, Key>, "the map lacks erase(key), which returns a bool");
  static_assert(has_for_each<Map, Key, Value>, "the map lacks for_each(f)");
  return true;
}

struct no_thread_scope {};

template <class Adapter>
struct thread_scope_of {
  using type = no_thread_scope;
};
template <class Adapter>
  requires requires { typename Adapter::thread_scope; }
struct thread_scope_of<Adapter> {
  using type = typename Adapter::thread_scope;
};

/// Whether each write copies the map.
template <class Adapter>
constexpr bool writes_copy() {
  if constexpr (requires { Adapter::writes_copy; }) return Adapter::writes_copy;
  return false;
}

/// Why other threads may not write while for_each() runs; empty where they may.
template <class Adapter>
constexpr std::string_view why_no_range() {
  if constexpr (requires { Adapter::why_no_range; }) return Adapter::why_no_range;
  return {};
}

}  // namespace maps
