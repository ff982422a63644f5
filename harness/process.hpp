// Processes: work in a child that begins as this one is, and this program run anew, at fixed
// addresses or with other libraries.
#pragma once

#include <exception>
#include <iostream>
#include <string>

#include <sys/types.h>
#include <unistd.h>

namespace harness {

/// Asks the kernel to kill this process when its parent ends.
void end_with_parent();

/// Forks. Returns 0 in the child, which is killed when its parent ends, and -1 when it fails.
pid_t begin_child();

/// Waits for a child. Throws std::runtime_error when it did not end well.
void finish_child(pid_t child);

/// Does `work` in a child and waits for it. Allocates nothing, so that children of one parent have
/// the same heap. What the child throws is printed there. Throws std::runtime_error when it fails.
template <class Work>
void in_child(const Work& work) {
  const pid_t child = begin_child();
  if (child == 0) {
    try {
      work();
      _exit(0);
    } catch (const std::exception& error) {
      std::cerr << error.what() << '\n';
      _exit(1);
    }
  }
  finish_child(child);
}

/// Runs this very program anew in a child, with one more argument and a library loaded before all
/// others. Throws std::runtime_error when it does not end well.
void in_new_program(char** argv, const std::string& argument, const std::string& preload);

/// Whether the kernel gives this process the same addresses each time it runs.
bool has_fixed_addresses();

/// Asks for fixed addresses from the next execution on. False where the kernel or a container
/// refuses.
bool request_fixed_addresses();

/// Executes this program again in this process. Returns only when that fails.
void execute_again(char** argv);

/// The directory this program lies in, with a slash behind it.
std::string program_directory();

}  // namespace harness
