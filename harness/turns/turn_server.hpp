// Measures in turns: a process that answers commands, so that a runner can keep the processes of
// all maps alive and interleave their passes. One line a command on standard input, one line an
// answer on standard output:
//
//   open <workload>                        builds it and makes its first pass, which is checked
//   pace <ms>                              how fast the core is at best within so many ms
//   turn <number> <start> <ns> [<next>]    warms up, then times passes for at least so long
//   close                                  frees it
//
// <number>: of the turn, from 1. With the same number, every map gets the same other keys now and
//   then, where a table is small.
// <start>: `pass`: one pass is not timed before those that are, where passes are short; `table`:
//   before that, the whole table is read, where it is read at random; `as_is`: neither;
//   `evict=<bytes>`: so many bytes are read instead, which leaves nothing of the table in a cache
//   smaller than that, and one pass is timed.
// <next>: with --baton=<fd>, a turn begins when a byte can be read from <fd>, and one is written to
//   <next> when it is over: the runner deals out many turns at once, and none waits for the runner.
//
// Answers are JSON: what `open` found; {"passes":..,"ns":..,"switches":..,"pace":..,"fastest":..}
// of a turn, with pace_ns() right before and after its passes on average and at the least; the
// operating system's counters on `close`. {"error":".."} ends a workload, {"inapplicable":".."}
// says that the map has no such state. The protocol is described in docs/guide/runner_protocol.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/backends/backend.hpp"
#include "harness/catalogue.hpp"
#include "harness/fixture.hpp"
#include "harness/json.hpp"
#include "harness/options.hpp"

namespace harness {

/// The version of the protocol, in the first line that a process writes.
inline constexpr int turn_protocol = 2;

/// What a turn finds in the caches.
struct turn_start {
  bool reads_table = false;
  bool makes_pass = false;
  std::size_t evicted_bytes = 0;
};

struct turn_order {
  std::uint64_t number = 1;
  turn_start start;
  std::uint64_t least_ns = 0;
  int next = -1;  // a descriptor; none: -1
};

class turn_server {
 public:
  /// `what` has one payload, one size and one hash.
  turn_server(const catalogue& known, const options& chosen);

  /// Answers until the input ends. Throws usage_error on a line that is no command.
  void run();

  /// How many workloads ended with an error.
  std::size_t failures() const noexcept { return failures_; }

 private:
  static void send(const json& answer);
  json open(const std::string& workload);
  json turn(const turn_order& wanted);
  json close();
  static json pace(const std::string& milliseconds);
  json fail(const std::string& why);
  std::uint64_t warm_up(const turn_order& wanted);
  json timed(const turn_order& wanted, std::uint64_t untimed_ns);
  double take_switches();
  void evict(std::size_t bytes);
  void wait_for_baton() const;
  static void pass_baton(int next);

  const payload_entry& payload_;
  const options& chosen_;
  shared_tables tables_;
  bool tables_are_renewed_ = false;
  std::unique_ptr<fixture> work_;  // null while nothing is open
  std::unique_ptr<backends::backend> os_;
  std::map<std::string, double> totals_;  // of the timed passes since open, by event
  std::uint64_t passes_ = 0;
  std::size_t failures_ = 0;
  std::vector<unsigned char> evicting_;
  volatile unsigned evicted_ = 0;
};

/// Throws usage_error.
turn_order parse_turn(const std::string& words);

}  // namespace harness
