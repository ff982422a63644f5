// Events of a table's growth, for measurements.
//
// A table's traits name an observer type. The default has empty members and no state: it
// adds no byte to the table and no instruction to the code. Any type with these members
// will do; they are called on the writing thread, inside the write, and must neither throw
// nor touch the table.
#pragma once

#include <cstddef>

#include "detail/growth_kind.hpp"

namespace hmap {

using detail::growth_kind;

struct no_observer {
  /// A fresh array of 2^B buckets (`bytes` with its spares) was allocated beside the old one.
  void growth_started(growth_kind, unsigned /*B*/, std::size_t /*bytes*/) noexcept {}
  /// The chain of old bucket `index` has moved.
  void bucket_evacuated(std::size_t /*index*/) noexcept {}
  /// An overflow bucket was appended to a chain.
  void overflow_made() noexcept {}
  /// Pages of `bytes` in all, none perhaps, of an array that is still there went back to the
  /// kernel.
  void pages_released(std::size_t /*bytes*/) noexcept {}
  /// No old bucket is left.
  void growth_finished() noexcept {}
  /// An array of `bytes` went back to the allocator.
  void storage_released(std::size_t /*bytes*/) noexcept {}
};

}  // namespace hmap
