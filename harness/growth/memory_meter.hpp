// Bytes and page faults at each growth of a table, and bytes over the number of entries.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "harness/growth/report.hpp"

namespace harness::growth {

/// Page faults of this thread that needed no disk, so far.
std::uint64_t minor_faults() noexcept;
/// How often another program took the CPU, so far.
std::uint64_t involuntary_switches() noexcept;

class memory_meter {
 public:
  /// `growths` is what an earlier pass over the same operations has seen.
  memory_meter(const pass_report& growths, memory_report& memory, std::size_t operations) noexcept;

  void before(std::size_t operation, std::size_t entries) noexcept {
    if (operation == next_sample_) take_sample(entries);
    if (operation == trigger_) growth_begins();
  }
  void after(std::size_t operation) noexcept {
    if (operation == trigger_) growth_began();
    if (operation == drained_) growth_ended();
  }

  void finish() noexcept;
  void erased() noexcept;
  void cleared() noexcept;

 private:
  void take_sample(std::size_t entries) noexcept;
  void growth_begins() noexcept;
  void growth_began() noexcept;
  void growth_ended() noexcept;
  std::uint64_t bytes() const noexcept;

  const pass_report& growths_;
  memory_report& memory_;
  std::size_t stride_;
  std::uint64_t next_sample_ = 0;
  std::uint64_t trigger_, drained_ = never;
  std::size_t begun_ = 0, ended_ = 0;
  std::uint64_t floor_;  // bytes in use before the table was made
  std::uint64_t allocations_before_, frees_before_;
  std::uint64_t faults_ = 0;
  std::uint64_t peak_ = 0;  // of the whole pass
};

}  // namespace harness::growth
