// The workload concept: what the harness needs of a workload. A workload knows the map's interface
// and a key pool; it knows no concrete map, no benchmark library and no counter.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "workloads/keys.hpp"

namespace workloads {

template <class T>
concept workload =
    std::constructible_from<T, const key_pool&, std::uint64_t> && requires(T work, const T& done) {
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
