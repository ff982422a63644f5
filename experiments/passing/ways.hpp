// The ways to pass a map as an argument, and functions that use them.
//
// Each way is a pair: a caller, which owns the map and passes it, and a callee, which gets it and
// reads its size. They are in two files, callers.cpp and callees.cpp, so that the compiler sees
// one side of a call at a time, as it does where a library takes a map. The report shows the
// instructions of both sides beside the time.
//
// A caller returns its callee's result plus one: a tail call would become a jump.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "hmap/handle.hpp"
#include "hmap/map.hpp"

namespace passing {

using map = hmap::map<std::uint64_t, std::uint64_t>;
using handle = hmap::handle<std::uint64_t, std::uint64_t>;
using entry = std::pair<std::uint64_t, std::uint64_t>;

/// A pointer and a length.
using span = std::span<const entry>;

/// What a Go slice is, and what a Go map is said to be: pointer, length, capacity.
struct slice {
  const entry* data;
  std::size_t length;
  std::size_t capacity;
};

std::size_t take_number(std::size_t size);
std::size_t take_reference(const map& table);
std::size_t take_pointer(const map* table);
std::size_t take_handle_reference(const handle& table);
std::size_t take_handle(handle table);
handle return_handle(handle table);
std::size_t take_span(span entries);
std::size_t take_slice(slice entries);
std::size_t take_map(map table);
map return_map(map table);

std::size_t pass_number(std::size_t size);
std::size_t pass_reference(const map& table);
std::size_t pass_pointer(const map* table);
std::size_t pass_handle_reference(const handle& table);
std::size_t pass_handle(const handle& table);
std::size_t move_handle(handle& table);
std::size_t pass_span(const span& entries);
std::size_t pass_slice(const slice& entries);
std::size_t copy_map(const map& table);
std::size_t move_map(map& table);

}  // namespace passing
