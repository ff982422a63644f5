// The workload concept: what the harness needs of a workload. A workload knows the map's interface
// and a key pool; it knows no concrete map, no benchmark library and no counter.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "workloads/keys.hpp"

namespace workloads {

/// Reads full tables that other workloads of the process read as well (full_tables.hpp).
template <class T>
concept reads_full_tables = requires {
  typename T::tables;
} && std::constructible_from<T, std::shared_ptr<typename T::tables>, std::uint64_t>;

template <class T>
concept workload =
    (std::constructible_from<T, const key_pool&, std::uint64_t> || reads_full_tables<T>) &&
    requires(T work, const T& done) {
      { T::name } -> std::convertible_to<std::string_view>;
      { T::summary } -> std::convertible_to<std::string_view>;
      { T::operation } -> std::convertible_to<std::string_view>;
      // Untimed, before every pass: draws a new order and rebuilds what the last pass used up.
      work.prepare();
      // The pass that is timed.
      work.run();
      // Untimed, after a pass: what the map answered, what it leaves behind included, ...
      { done.answer() } -> std::same_as<std::uint64_t>;
      // ... and what it should have been, worked out without any map.
      { done.expected() } -> std::same_as<std::uint64_t>;
      { done.operations() } -> std::same_as<std::size_t>;
    };

}  // namespace workloads
