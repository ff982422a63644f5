// The changes to a map during an iteration, and the outcomes that are distinguished.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace mutation {

enum class change {
  insert_with_room,
  insert_that_grows,
  assign_value,
  erase_this,
  erase_earlier,
  erase_later,
  reserve,
  clear,
  assign_map,
  swap
};

inline constexpr std::array<std::string_view, 10> change_names{
    "insert, room reserved", "insert that grows", "m[k] = v, k present", "erase this entry",
    "erase an earlier one",  "erase a later one", "reserve, rehash",     "clear",
    "m = other map",         "swap with another"};

/// Of the entries that are there from start to end.
enum class outcome {
  safe,      // each is visited exactly once; what was erased and not yet visited, never
  skipped,   // some are never visited
  repeated,  // some are visited twice
  ends,      // the iteration ends there, without an error
  invalid    // the iterator may not be used any more: this is never run
};

inline constexpr std::array<std::string_view, 5> outcome_names{"safe", "skipped", "repeated",
                                                               "ends", "invalid"};

constexpr std::string_view name_of(change one) {
  return change_names[static_cast<std::size_t>(one)];
}
constexpr std::string_view name_of(outcome one) {
  return outcome_names[static_cast<std::size_t>(one)];
}

/// What a library documents of one way to iterate over one map: an outcome for each change, and the
/// source.
struct claims {
  std::string_view iteration;
  std::array<outcome, change_names.size()> of;
  std::string_view source;
};

}  // namespace mutation
