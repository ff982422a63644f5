#include "harness/process.hpp"

#include <array>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace harness {

void end_with_parent() { prctl(PR_SET_PDEATHSIG, SIGKILL); }

pid_t begin_child() {
  std::cout.flush();
  const pid_t child = fork();
  // Whoever is killed must not leave a pass behind that takes the CPU from the next run.
  if (child == 0) end_with_parent();
  return child;
}

void finish_child(pid_t child) {
  if (child < 0) throw std::runtime_error("fork: no process to be had");
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    throw std::runtime_error("a pass was killed by signal " + std::to_string(WTERMSIG(status)) +
                             "; out of memory?");
  }
  if (WEXITSTATUS(status) != 0) throw std::runtime_error("a pass failed; its reason is above");
}

void in_new_program(char** argv, const std::string& argument, const std::string& preload) {
  std::string last = argument;
  std::vector<char*> words;
  for (char** word = argv; *word != nullptr; ++word) words.push_back(*word);
  words.push_back(last.data());
  words.push_back(nullptr);
  const pid_t child = begin_child();
  if (child == 0) {
    setenv("LD_PRELOAD", preload.c_str(), 1);
    execute_again(words.data());
    _exit(127);
  }
  finish_child(child);
}

namespace {
constexpr unsigned long only_ask = 0xFFFFFFFF;
}  // namespace

bool has_fixed_addresses() {
  const int now = personality(only_ask);
  return now != -1 && (now & ADDR_NO_RANDOMIZE) != 0;
}

bool request_fixed_addresses() {
  const int now = personality(only_ask);
  return now != -1 && personality(static_cast<unsigned long>(now) | ADDR_NO_RANDOMIZE) != -1;
}

void execute_again(char** argv) { execv("/proc/self/exe", argv); }

std::string program_directory() {
  std::array<char, PATH_MAX> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size() - 1);
  const std::string program(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  return program.substr(0, program.rfind('/') + 1);
}

}  // namespace harness
