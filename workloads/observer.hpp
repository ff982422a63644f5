// What a workload reports to the simulation of every memory access: where an operation ends, which
// memory is the workload's and not the map's, and which accesses not to track. In the binaries that
// are timed each of these is empty and inline, and compiles to no instruction. A build that
// simulates defines MAPSCOPE_WATCHED, and the functions.
#pragma once

#include <cstddef>

namespace workloads::observer {

#if defined(MAPSCOPE_WATCHED)

inline constexpr bool is_watched = true;

/// What was touched since the last call was touched by one operation.
void operation_done() noexcept;
/// A table is filled, outside of what is measured, and so many entries are to come.
void entries_to_come(std::size_t count) noexcept;
/// The workload's own memory: above all the stream of keys and values that operations read from.
void is_stream(const void* begin, std::size_t bytes) noexcept;
/// The map objects themselves, wherever they lie; what they point to is the map's own business.
void is_header(const void* begin, std::size_t bytes) noexcept;
/// While one exists, no access is tracked: for bookkeeping that no map would do.
struct untracked_scope {
  untracked_scope() noexcept;
  ~untracked_scope();
  untracked_scope(const untracked_scope&) = delete;
  untracked_scope& operator=(const untracked_scope&) = delete;
};

#else

inline constexpr bool is_watched = false;

inline void operation_done() noexcept {}
inline void entries_to_come(std::size_t) noexcept {}
inline void is_stream(const void*, std::size_t) noexcept {}
inline void is_header(const void*, std::size_t) noexcept {}
struct untracked_scope {};

#endif

}  // namespace workloads::observer
