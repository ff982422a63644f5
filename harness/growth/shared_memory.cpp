#include "harness/growth/shared_memory.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

namespace harness::growth {
namespace {

/// The number behind `name` in a file of the kernel, in KiB there; 0 when it is not there.
std::uint64_t bytes_in(const char* path, const std::string& name) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    std::uint64_t kib = 0;
    if (word == name && file >> kib) return kib * 1024;
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return 0;
}

}  // namespace

shared_memory::shared_memory(std::size_t bytes)
    : bytes_(bytes),
      descriptor_(-1),
      data_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE,
                 -1, 0)) {
  if (data_ == MAP_FAILED) throw std::bad_alloc();
}

shared_memory shared_memory::to_pass_on(std::size_t bytes) {
  const int descriptor = memfd_create("mapscope", 0);
  if (descriptor >= 0 && ftruncate(descriptor, static_cast<off_t>(bytes)) == 0)
    return {descriptor, bytes};
  const std::string reason = std::strerror(errno);
  if (descriptor >= 0) close(descriptor);
  throw std::runtime_error("no memory to share: " + reason);
}

shared_memory::shared_memory(int descriptor, std::size_t bytes)
    : bytes_(bytes),
      descriptor_(descriptor),
      data_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)) {
  if (data_ == MAP_FAILED) throw std::bad_alloc();
}

shared_memory::~shared_memory() {
  munmap(data_, bytes_);
  if (descriptor_ >= 0) close(descriptor_);
}

ready_memory::ready_memory(std::size_t bytes)
    : bytes_(bytes),
      data_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
                 -1, 0)) {
  if (data_ == MAP_FAILED) throw std::bad_alloc();
}

ready_memory::~ready_memory() { munmap(data_, bytes_); }

residence measure_residence() {
  constexpr auto status = "/proc/self/status";
  return {bytes_in(status, "VmRSS:"), bytes_in(status, "VmHWM:"),
          bytes_in("/proc/self/smaps_rollup", "AnonHugePages:")};
}

std::uint64_t available_memory() { return bytes_in("/proc/meminfo", "MemAvailable:"); }

}  // namespace harness::growth
