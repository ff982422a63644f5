// A process that stays as it was before anything depended on the command line or the clock, and
// forks a child for every benchmark that is counted without real counters. So the heap a table is
// built on is the same whatever ran before it: two simulations agree to the bit, and callgrind sees
// the same lines.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/catalogue.hpp"
#include "harness/counting/count.hpp"
#include "harness/memory/memory_mode.hpp"

namespace harness {

/// Starts this program anew with the same addresses every time. Returns (true) in the new one, and
/// false where the kernel or a container will not have it.
bool fix_addresses(char** argv);

/// One benchmark, in plain data: this travels between processes.
struct counting_job {
  std::array<char, 128> name;
  std::size_t payload, variant;  // their places in the catalogue
  std::size_t n;
  std::uint64_t seed;
  std::array<char, 32> keys;
  std::array<char, 4096> key_lines;
  std::size_t cache;  // its place among backends::geometry_names()
  memory_mode memory;
};

class fork_server {
 public:
  using work = counted (*)(const catalogue& known, const counting_job& what);

  /// Forks. To be made as early as may be.
  fork_server(const catalogue& known, work each);
  ~fork_server();
  fork_server(const fork_server&) = delete;
  fork_server& operator=(const fork_server&) = delete;

  /// Has it done in a child of its own. A child that dies is an exception here.
  counted run(const counting_job& what) const;

 private:
  struct mailbox;

  void serve(const catalogue& known, work each, int socket) const;

  mailbox* mail_;  // shared by all three generations
  int socket_;
  int server_;
};

/// The two kinds of work. One simulates a pass, and one marks a pass for callgrind.
counted simulate(const catalogue& known, const counting_job& what);
counted mark_for_callgrind(const catalogue& known, const counting_job& what);

}  // namespace harness
