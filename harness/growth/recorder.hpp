// Times single operations, and notes growths in between. What is not the operation happens while
// the clock is stopped.
#pragma once

#include <cstddef>
#include <span>

#include "harness/growth/report.hpp"
#include "harness/latency/clock.hpp"
#include "maps/adapters/growing.hpp"

namespace harness::growth {

class recorder {
 public:
  recorder(const latency::clock_facts& facts, std::span<float> trace) noexcept
      : watch_(facts), next_(trace.data()) {}

  void start() noexcept { watch_.start(); }
  void stop() noexcept { *next_++ = static_cast<float>(watch_.stop()); }

  /// Nanoseconds that `work` takes; not part of the trace.
  template <class Work>
  double time(Work work) {
    watch_.start();
    work();
    return watch_.stop();
  }

 private:
  latency::stopwatch watch_;
  float* next_;
};

/// Sees growths begin and end by looking at the table after every operation.
template <class Adapter>
class event_log {
 public:
  explicit event_log(pass_report& report) noexcept : report_(report) {}

  template <class Map>
  void before_first(const Map& table) noexcept {
    capacity_ = maps::capacity_of(table);
    earlier_ = maps::growth_in_progress<Adapter>(table);
  }

  template <class Map>
  void after(std::size_t operation, const Map& table, bool inserted) noexcept {
    const std::size_t capacity = maps::capacity_of(table);
    const bool growing = maps::growth_in_progress<Adapter>(table);
    // Also to an array of the same size, where a table grows in steps and can be seen to.
    if (capacity != capacity_ || (growing && !draining_ && !earlier_)) {
      begin(operation, capacity, table.size() - inserted);
    }
    if (!growing) earlier_ = false;
    // A growth of a small table begins and ends in one operation.
    if (draining_ && !growing) end(operation);
  }

 private:
  void begin(std::size_t operation, std::size_t capacity, std::size_t entries) noexcept {
    if (draining_) end(operation);
    if (report_.events < most_events) {
      report_.event_list[report_.events++] = {operation, entries, capacity_, capacity, never};
      draining_ = true;
    }
    earlier_ = false;
    capacity_ = capacity;
  }

  void end(std::size_t operation) noexcept {
    report_.event_list[report_.events - 1].drained_at = operation;
    draining_ = false;
  }

  pass_report& report_;
  std::size_t capacity_ = 0;
  bool draining_ = false;
  bool earlier_ = false;  // a growth is in progress that began before the first operation
};

}  // namespace harness::growth
