// The one interface to everything that counts. A backend says what it can count and, for each
// thing it cannot, why; it counts regions of operations; and what it reads is a number or a
// reason. Zero only ever means that something was counted and there were none.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness::backends {

/// A kind of thing that can be counted, by our name for it: l1_misses, instructions, ...
struct event {
  std::string name;
  std::string native;          // what is really counted, in the backend's own words
  std::string reason;          // why it is not; empty when it is
  bool needs_control = false;  // is only believed once a calibration kernel has read right
};

struct capabilities {
  std::string name;     // as in --counters
  std::string version;  // of the library or kernel behind it
  std::string label;    // what a column of its readings is headed with
  std::string reason;   // why there is nothing at all; empty when there is something
  std::vector<event> events;
  bool exact = false;  // counts a model, without prefetching or anyone else's interference
};

/// One event over some regions. Without a value there is a reason.
struct reading {
  std::string event;
  std::optional<double> value;
  std::string reason;
  double coverage = 1;  // the part of the time that it was really counted; the value is scaled up
};

class backend {
 public:
  backend() = default;
  backend(const backend&) = delete;
  backend& operator=(const backend&) = delete;
  virtual ~backend() = default;

  /// What was found when the backend was made. Events may be withdrawn later, by reject().
  const capabilities& probe() const noexcept { return found_; }
  bool available() const noexcept { return found_.reason.empty(); }

  /// Events that cannot be counted at the same time are in different groups, each of which needs a
  /// pass of its own over the same operations: other passes over the same tables will do for a
  /// model (`exact`), tables made anew from the same seed are needed elsewhere. No group: nothing
  /// to count.
  virtual std::size_t groups() const = 0;

  /// Everything from here on belongs to one benchmark; what came before is forgotten.
  virtual void enter() {}
  virtual void begin(std::size_t group) = 0;
  virtual void end() = 0;

  /// What the regions of the last group, since enter() or take(), amount to for each of
  /// `operations`.
  virtual std::vector<reading> take(std::size_t operations) = 0;

  /// Starting and stopping costs microseconds, so a region has to be long; a model has no such
  /// cost.
  virtual std::size_t least_operations() const { return 100'000; }

  /// An event that was caught reading wrong: it is not read again.
  void reject(std::string_view name, const std::string& why) {
    for (event& one : found_.events) {
      if (one.name == name && one.reason.empty()) one.reason = why;
    }
  }

  bool counts(std::string_view name) const noexcept {
    for (const event& one : found_.events) {
      if (one.name == name) return one.reason.empty();
    }
    return false;
  }

 protected:
  capabilities found_;
};

}  // namespace harness::backends
