// hmap's observer, with a clock: takes the time from each of its calls to the next, and puts it
// down to what has been done meanwhile.
#pragma once

#include <algorithm>
#include <cstddef>

#include "harness/growth/report.hpp"
#include "harness/latency/clock.hpp"

namespace harness::growth {

/// Where the observer's calls go; one table at a time is observed.
class part_clock {
 public:
  part_clock(const latency::clock_facts& facts, pass_report& report) noexcept
      : watch_(facts), report_(report) {}

  /// Before every operation.
  void operation_begins() noexcept { watch_.start(); }

  void growth_started() noexcept {
    if (started_ == most_events) return;
    current_ = &report_.part_list[started_++];
    put(current_->allocation_ns);
  }
  void bucket_evacuated() noexcept {
    if (current_ == nullptr) return;
    put(current_->migration_ns);
    ++current_->chains;
  }
  void overflow_made() noexcept {
    if (current_ == nullptr) return;
    put(current_->overflow_ns);
    ++current_->overflow_buckets;
  }
  void released() noexcept {
    if (current_ == nullptr) return;
    const double before = current_->release_ns;
    put(current_->release_ns);
    current_->longest_release_ns =
        std::max(current_->longest_release_ns, current_->release_ns - before);
    ++current_->releases;
  }
  std::size_t growths() const noexcept { return started_; }

 private:
  void put(double& part) noexcept {
    part += watch_.stop();
    watch_.start();
  }

  latency::stopwatch watch_;
  pass_report& report_;
  std::size_t started_ = 0;
  parts* current_ = nullptr;
};

/// Stateless, as tables copy their observers; the clock is set for the pass.
struct timed_observer {
  static inline part_clock* clock = nullptr;

  template <class Kind>
  void growth_started(Kind, unsigned, std::size_t) noexcept {
    if (clock) clock->growth_started();
  }
  void bucket_evacuated(std::size_t) noexcept {
    if (clock) clock->bucket_evacuated();
  }
  void overflow_made() noexcept {
    if (clock) clock->overflow_made();
  }
  void pages_released(std::size_t bytes) noexcept {
    if (clock && bytes > 0) clock->released();
  }
  void growth_finished() noexcept {}
  void storage_released(std::size_t) noexcept {
    if (clock) clock->released();
  }
};

}  // namespace harness::growth
