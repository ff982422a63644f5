// What iteration over a whole map scans. All of it is optional in an adapter:
//
//     template <class Map> static std::size_t slots(const Map&);
//         the places for entries (or, of nodes, the heads of chains) that begin() to end() passes
//     static constexpr std::string_view no_slots;
//         or why it passes none
//     static constexpr std::string_view never_half_grown;
//         why no table is ever met in the midst of a growth; see growing.hpp for those that are
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

namespace maps {

template <class Adapter, class Map>
concept reports_slots = requires(const Map& map) {
  { Adapter::slots(map) } -> std::convertible_to<std::size_t>;
};

template <class Adapter, class Map>
std::size_t slots_of(const Map& map) {
  return Adapter::slots(map);
}

template <class Adapter>
constexpr std::string_view why_no_slots() {
  if constexpr (requires { Adapter::no_slots; }) {
    return Adapter::no_slots;
  } else {
    return "the adapter does not report what iteration scans";
  }
}

template <class Adapter>
constexpr std::string_view why_never_half_grown() {
  if constexpr (requires { Adapter::never_half_grown; }) {
    return Adapter::never_half_grown;
  } else {
    return "the insert that grows this map moves every entry";
  }
}

}  // namespace maps
