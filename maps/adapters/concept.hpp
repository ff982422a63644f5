// What a map must offer to be measured: the operations of the standard maps that the workloads
// and the answer check use. Each operation is a concept of its own, so that a compiler which
// refuses an adapter names the operation that is missing.
//
// An adapter is a struct in namespace `adapters`, named like its file (or as add_map's ADAPTER
// says). It has:
//
//   name, title       std::string_view: the name as in `bench_<name>`, and one for people
//   version()         std::string: the version of the library behind it
//   map               template <class Key, class Value, class Hash>
//
// and optionally:
//
//   map_own_hash      template <class Key, class Value>: the map with its library's own hash
//   fix_seed(seed)    fixes what the library randomizes
//   keep_memory(all)  whether the library keeps all pages of ended tables, or none
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace maps {

template <class Map>
concept has_default_constructor = std::default_initializable<Map>;

template <class Map>
concept has_size = requires(const Map& map) {
  { map.size() } -> std::convertible_to<std::size_t>;
};

template <class Map>
concept has_reserve = requires(Map& map, std::size_t n) { map.reserve(n); };

template <class Map>
concept has_clear = requires(Map& map) { map.clear(); };

template <class Map, class Key, class Value>
concept has_find = requires(Map& map, const Map& fixed, const Key& key) {
  { map.find(key) != map.end() } -> std::convertible_to<bool>;
  { fixed.find(key) == fixed.end() } -> std::convertible_to<bool>;
  { map.find(key)->first } -> std::convertible_to<const Key&>;
  { map.find(key)->second } -> std::convertible_to<const Value&>;
};

template <class Map, class Key>
concept has_contains = requires(const Map& map, const Key& key) {
  { map.contains(key) } -> std::convertible_to<bool>;
};

template <class Map, class Key, class Value>
concept has_try_emplace = requires(Map& map, const Key& key, const Value& value) {
  { map.try_emplace(key, value).second } -> std::convertible_to<bool>;
};

template <class Map, class Key, class Value>
concept has_insert_or_assign = requires(Map& map, const Key& key, const Value& value) {
  { map.insert_or_assign(key, value).second } -> std::convertible_to<bool>;
};

template <class Map, class Key, class Value>
concept has_subscript = requires(Map& map, const Key& key) {
  { map[key] } -> std::same_as<Value&>;
};

template <class Map, class Key>
concept has_erase = requires(Map& map, const Key& key) {
  { map.erase(key) } -> std::convertible_to<std::size_t>;
};

template <class Map, class Key, class Value>
concept has_iteration = requires(const Map& map) {
  { map.begin() != map.end() } -> std::convertible_to<bool>;
  { (*map.begin()).first } -> std::convertible_to<const Key&>;
  { (*map.begin()).second } -> std::convertible_to<const Value&>;
};

/// Refuses, in words, a map that lacks an operation.
template <class Map, class Key, class Value>
constexpr bool require_map() {
  static_assert(has_default_constructor<Map>, "the map lacks a default constructor");
  static_assert(has_size<Map>, "the map lacks size()");
  static_assert(has_reserve<Map>, "the map lacks reserve(n)");
  static_assert(has_clear<Map>, "the map lacks clear()");
  static_assert(has_find<Map, Key, Value>, "the map lacks find(key) with ->first and ->second");
  static_assert(has_contains<Map, Key>, "the map lacks contains(key)");
  static_assert(has_try_emplace<Map, Key, Value>, "the map lacks try_emplace(key, value)");
  static_assert(has_insert_or_assign<Map, Key, Value>,
                "the map lacks insert_or_assign(key, value)");
  static_assert(has_subscript<Map, Key, Value>, "the map lacks operator[](key)");
  static_assert(has_erase<Map, Key>, "the map lacks erase(key), which returns how many it erased");
  static_assert(has_iteration<Map, Key, Value>, "the map lacks begin() and end() over its entries");
  return true;
}

template <class Map>
concept has_erase_at = requires(Map& map) { map.erase(map.begin()); };

/// The same of what only the further workloads do.
template <class Map>
constexpr bool require_further_map() {
  static_assert(std::copy_constructible<Map>, "the map lacks a copy constructor");
  static_assert(has_erase_at<Map>, "the map lacks erase(iterator)");
  return true;
}

template <class Adapter>
concept has_own_hash =
    requires { typename Adapter::template map_own_hash<std::uint64_t, std::uint64_t>; };

template <class Adapter>
concept has_seed = requires(std::uint64_t seed) { Adapter::fix_seed(seed); };

template <class Adapter>
concept keeps_memory = requires(bool all) { Adapter::keep_memory(all); };

template <class Adapter>
concept adapter = requires {
  { Adapter::name } -> std::convertible_to<std::string_view>;
  { Adapter::title } -> std::convertible_to<std::string_view>;
  { Adapter::version() } -> std::same_as<std::string>;
};

}  // namespace maps
