// Where the allocator gets memory from. By default glibc moves its mmap threshold as a program
// runs, so that a table's cost depends on which tables came before it. Both modes here fix it.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace harness {

enum class memory_mode { resident, first_touch };

inline constexpr std::array<std::string_view, 2> memory_names{"resident", "first_touch"};

/// To be called before anything large is allocated. `keep` is of a map that keeps the pages of
/// ended tables itself, past the allocator: it is asked to keep all of them, or none. Returns the
/// name of the mode in force, which says so when the allocator would not have it.
std::string set_memory_mode(memory_mode mode, void (*keep)(bool all));

/// Moves on to where a fresh page of the heap begins, past everything that was ever freed, so that
/// what is allocated from here on lies on the same lines of it whatever came before. For counting:
/// a table of small nodes touches several percent more lines when they lie half a line further on.
void settle_heap();

}  // namespace harness
