// How much memory the process may have at all: the machine's, or its control group's if that is
// less.
//
// A large request is granted by Linux as addresses: malloc() of more than a control group may hold
// succeeds, and reserved address space promises anything. The process is killed when it touches
// what was promised. So what takes a size from a caller (reserve, rehash, a hint)
// checks it here first and throws std::bad_alloc instead.
//
// The limits are read at each request of 64 MB or more (some 30 us); they can change while the
// program runs. What other programs use is not taken off: that changes from moment to moment, and
// a request that fits into the machine may be right.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#if defined(__linux__)
#include <sys/sysinfo.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#endif

namespace maps::common {

inline constexpr std::uint64_t no_memory_limit = std::numeric_limits<std::uint64_t>::max();

#if defined(__linux__)

/// A file that holds one number of bytes. "max", as a control group says, is no limit, and neither
/// is a file that is not there.
inline std::uint64_t limit_in_file(const char* path) noexcept {
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return no_memory_limit;
  char text[32] = {};
  const bool read = std::fgets(text, sizeof text, file) != nullptr;
  std::fclose(file);
  char* end = text;
  const std::uint64_t bytes = read ? std::strtoull(text, &end, 10) : 0;
  return end == text ? no_memory_limit : bytes;
}

/// The least limit of the group `path` and of the groups that contain it, below the directory
/// `root` of the hierarchy. A path that does not exist there, because the process sees another
/// root than its groups are named by, leaves the root's own limit.
inline std::uint64_t group_limit(const char* root, const char* path, const char* file) noexcept {
  char group[512], name[640];
  std::snprintf(group, sizeof group, "%s", path);
  std::uint64_t least = no_memory_limit;
  for (;;) {
    const int length = std::snprintf(name, sizeof name, "%s%s/%s", root, group, file);
    if (length > 0 && static_cast<std::size_t>(length) < sizeof name) {
      least = std::min(least, limit_in_file(name));
    }
    char* last = std::strrchr(group, '/');
    if (last == nullptr) return least;
    *last = '\0';
  }
}

/// What /proc/self/cgroup names: "0::<path>" in version 2, "<n>:memory:<path>" in version 1.
inline std::uint64_t control_group_limit(const char* groups = "/proc/self/cgroup") noexcept {
  std::FILE* file = std::fopen(groups, "re");
  if (file == nullptr) return no_memory_limit;
  char line[512];
  std::uint64_t least = no_memory_limit;
  while (std::fgets(line, sizeof line, file) != nullptr) {
    line[std::strcspn(line, "\n")] = '\0';
    if (std::strncmp(line, "0::", 3) == 0) {
      least = std::min(least, group_limit("/sys/fs/cgroup", line + 3, "memory.max"));
    } else if (const char* memory = std::strstr(line, ":memory:")) {
      least = std::min(least,
                       group_limit("/sys/fs/cgroup/memory", memory + 8, "memory.limit_in_bytes"));
    }
  }
  std::fclose(file);
  return least;
}

/// Memory and swap of the machine, in bytes.
inline std::uint64_t machine_memory() noexcept {
  struct sysinfo info{};
  if (::sysinfo(&info) != 0) return no_memory_limit;
  return (std::uint64_t{info.totalram} + info.totalswap) * info.mem_unit;
}

inline std::uint64_t memory_limit() noexcept {
  return std::min(machine_memory(), control_group_limit());
}

#else

inline std::uint64_t memory_limit() noexcept { return no_memory_limit; }

#endif

/// Whether `bytes` are more than this process can ever have at once.
inline bool exceeds_memory(std::uint64_t bytes) noexcept {
  constexpr std::uint64_t worth_asking = std::uint64_t{64} << 20;
  return bytes >= worth_asking && bytes > memory_limit();
}

}  // namespace maps::common
