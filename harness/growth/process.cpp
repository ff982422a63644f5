#include "harness/growth/process.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace growth {
namespace {

void wait_for(pid_t child) {
  int status = 0;
  if (child < 0) throw std::runtime_error("fork: no process to be had");
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    throw std::runtime_error("a pass was killed by signal " + std::to_string(WTERMSIG(status)) +
                             "; out of memory?");
  }
  if (WEXITSTATUS(status) != 0) throw std::runtime_error("a pass failed; its reason is above");
}

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

void in_child(const std::function<void()>& work) {
  std::cout.flush();
  const pid_t child = fork();
  if (child == 0) {
    // Whoever is killed must not leave a pass behind that takes the CPU from the next run.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
      work();
      _exit(0);
    } catch (const std::exception& error) {
      std::cerr << error.what() << std::endl;
      _exit(1);
    }
  }
  wait_for(child);
}

void in_new_program(char** argv, const std::string& argument, const std::string& preload) {
  std::string last = argument;
  std::vector<char*> words;
  for (char** word = argv; *word != nullptr; ++word) words.push_back(*word);
  words.push_back(last.data());
  words.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    setenv("LD_PRELOAD", preload.c_str(), 1);
    execv("/proc/self/exe", words.data());
    _exit(127);
  }
  wait_for(child);
}

residence measure_residence() {
  constexpr auto status = "/proc/self/status";
  return {bytes_in(status, "VmRSS:"), bytes_in(status, "VmHWM:"),
          bytes_in("/proc/self/smaps_rollup", "AnonHugePages:")};
}

std::uint64_t available_memory() { return bytes_in("/proc/meminfo", "MemAvailable:"); }

std::string program_directory() {
  std::array<char, PATH_MAX> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size() - 1);
  const std::string program(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  return program.substr(0, program.rfind('/') + 1);
}

}  // namespace growth
