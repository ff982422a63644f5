// What a workload tells to whoever watches it: where an operation ends, which memory belongs to it
// and not to the map, and what is not worth watching. In the binaries that are timed nobody
// watches, and each of these is empty and inline: no instruction of it is left. A build that
// watches every access defines MAPSCOPE_WATCHED, and the functions.
#pragma once

#include <cstddef>

namespace workloads::observer {

#if defined(MAPSCOPE_WATCHED)

inline constexpr bool is_watched = true;

/// What was touched since the last call was touched by one operation.
void operation_done() noexcept;
/// The workload's own memory: above all the stream of keys and values that operations read from.
void is_stream(const void* begin, std::size_t bytes) noexcept;
/// The map objects themselves, wherever they lie; what they point to is the map's own business.
void is_header(const void* begin, std::size_t bytes) noexcept;
/// While one exists, what is done is bookkeeping that no map would do: it is not looked at.
struct aside {
  aside() noexcept;
  ~aside();
  aside(const aside&) = delete;
  aside& operator=(const aside&) = delete;
};

#else

inline constexpr bool is_watched = false;

inline void operation_done() noexcept {}
inline void is_stream(const void*, std::size_t) noexcept {}
inline void is_header(const void*, std::size_t) noexcept {}
struct aside {};

#endif

}  // namespace workloads::observer
