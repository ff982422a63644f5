// The workload concept for concurrent maps: as in workloads/workload.hpp, but a workload is built
// for a number of threads, and one pass is made by all of them together.
//
// The time of a pass is from its start until the last thread is over, so that ns per operation
// (of all threads) is the inverse of throughput. Threads, keys and orders exist before it starts.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "workloads/keys.hpp"

namespace workloads {

/// What a workload gets besides its keys.
struct crowd {
  /// Of the workload, without the number of threads: a class may have many (mixed_10_zipf_shared).
  std::string_view name;
  std::size_t threads = 1;
  std::uint64_t seed = 1;
  /// Why others may not write while the map is iterated over; empty where they may.
  std::string_view why_no_range = {};
  /// Whether each write copies the map.
  bool writes_copy = false;
  /// So many in a pass, of each thread; 0: as many as the workload chooses.
  std::size_t operations = 0;

  std::size_t operations_or(std::size_t usual) const noexcept {
    return operations > 0 ? operations : usual;
  }
};

template <class T>
concept concurrent_workload =
    std::constructible_from<T, const key_pool&, const crowd&, std::shared_ptr<void>&> &&
    requires(T work, const T& done, std::string_view name) {
      { T::operation } -> std::convertible_to<std::string_view>;
      // Words about the workload of that name, for people.
      { T::summary_of(name) } -> std::convertible_to<std::string>;
      // prepare() to operations(): as of any workload (workloads/workload.hpp).
      work.prepare();
      work.run();
      { done.answer() } -> std::same_as<std::uint64_t>;
      { done.expected() } -> std::same_as<std::uint64_t>;
      { done.operations() } -> std::same_as<std::size_t>;
    };

/// Threads do not share the lines that their counts are on.
inline constexpr std::size_t apart = 128;

}  // namespace workloads
