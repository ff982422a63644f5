// Workloads of many states. The class range_states is one benchmark for each state that CMake
// lists for it (add_states in workloads/CMakeLists.txt), named <family>_<state>: range_keys,
// range_load25_live10. What a state means is the class's own business.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "workloads/keys.hpp"

namespace workloads {

/// By default the tables of a cold state hold at least so much; no cache does.
inline constexpr std::size_t cold_bytes_by_default = std::size_t{256} << 20;

/// What a workload of many states gets besides its keys: its state, and what the map reports beyond
/// its interface. The reason for a null function is beside it.
template <class Map>
struct setting {
  std::string_view state;
  std::size_t cold_bytes = cold_bytes_by_default;

  /// In units of the map's own; 0 where it does not report it.
  std::size_t (*capacity)(const Map&) = nullptr;
  /// Whether a growth that was started is not over.
  bool (*growing)(const Map&) = nullptr;
  std::string_view never_half_grown = {};
  /// The places for entries that iteration over the table looks at.
  std::size_t (*slots)(const Map&) = nullptr;
  std::string_view no_slots = {};
};

/// This map is never in this state, at this size or at all. Not a failure: a row of its own kind.
struct inapplicable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// How many slots one pass scans, or why that is not known.
struct scanned {
  std::size_t slots = 0;
  std::string_view reason = {};
};

template <class T, class Map>
concept workload_of_states =
    std::constructible_from<T, const key_pool&, std::uint64_t, const setting<Map>&> &&
    requires(T work, const T& done, std::string_view state) {
      { T::family } -> std::convertible_to<std::string_view>;
      { T::operation } -> std::convertible_to<std::string_view>;
      // Words about one state, for people; empty for a state that it does not know.
      { T::summary_of(state) } -> std::convertible_to<std::string>;
      // Whether its tables are too large for a simulation of every access.
      { T::is_only_timed(state) } -> std::same_as<bool>;
      // prepare() to operations(): as of any workload (workloads/workload.hpp), but that the answer
      // may not depend on how many entries the state came to, which is each map's own matter.
      work.prepare();
      work.run();
      { done.answer() } -> std::same_as<std::uint64_t>;
      { done.expected() } -> std::same_as<std::uint64_t>;
      { done.operations() } -> std::same_as<std::size_t>;
    };

}  // namespace workloads
