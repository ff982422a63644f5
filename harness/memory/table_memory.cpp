#include "harness/memory/table_memory.hpp"

#include <cstdlib>

#include <unistd.h>

#include "harness/process.hpp"

namespace harness {
namespace {

constexpr const char* loaded_first = "LD_PRELOAD";

bool is_sanitized() noexcept {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

}  // namespace

std::optional<std::string> why_not_counted(char** argv) {
  if (allocations_are_counted()) return {};
  if (is_sanitized()) return "allocations are not counted in a build with sanitizers";
  const std::string library = program_directory() + MAPSCOPE_ALLOCATIONS;
  if (access(library.c_str(), R_OK) != 0) return MAPSCOPE_ALLOCATIONS " is not built";
  const char* const before = std::getenv(loaded_first);
  if (before != nullptr && before == library) return "the allocator cannot be counted here";
  setenv(loaded_first, library.c_str(), 1);
  execute_again(argv);
  return "the program cannot be started anew";
}

}  // namespace harness
