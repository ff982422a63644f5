#include "harness/growth/memory_meter.hpp"

#include <sys/resource.h>

#include "harness/memory/allocations.hpp"

namespace harness::growth {
namespace {

allocation_totals& totals() noexcept {
  static allocation_totals nothing{};
  return mapscope_allocations != nullptr ? *mapscope_allocations() : nothing;
}

}  // namespace

std::uint64_t minor_faults() noexcept {
  rusage used{};
  getrusage(RUSAGE_THREAD, &used);
  return static_cast<std::uint64_t>(used.ru_minflt);
}

std::uint64_t involuntary_switches() noexcept {
  rusage used{};
  getrusage(RUSAGE_THREAD, &used);
  return static_cast<std::uint64_t>(used.ru_nivcsw);
}

memory_meter::memory_meter(const pass_report& growths, memory_report& memory,
                           std::size_t operations) noexcept
    : growths_(growths),
      memory_(memory),
      stride_(operations / most_samples + 1),
      trigger_(growths.events > 0 ? growths.event_list[0].operation : never),
      floor_(totals().bytes),
      allocations_before_(totals().allocations),
      frees_before_(totals().frees) {
  memory_.counted = mapscope_allocations != nullptr;
  totals().peak = totals().bytes;
}

std::uint64_t memory_meter::bytes() const noexcept { return totals().bytes - floor_; }

void memory_meter::take_sample(std::size_t entries) noexcept {
  if (memory_.samples < most_samples) memory_.sawtooth[memory_.samples++] = {entries, bytes()};
  next_sample_ += stride_;
}

void memory_meter::growth_begins() noexcept {
  memory_.events[begun_].bytes_before = bytes();
  peak_ = std::max(peak_, totals().peak - floor_);
  totals().peak = totals().bytes;
  faults_ = minor_faults();
}

void memory_meter::growth_began() noexcept {
  event_memory& here = memory_.events[begun_];
  const std::uint64_t faults = minor_faults();
  here.trigger_faults = faults - faults_;
  here.bytes_after = bytes();
  here.bytes_peak = totals().peak - floor_;
  faults_ = faults;
  ended_ = begun_;
  drained_ = growths_.event_list[begun_].drained_at;
  ++begun_;
  trigger_ = begun_ < growths_.events ? growths_.event_list[begun_].operation : never;
}

void memory_meter::growth_ended() noexcept {
  event_memory& here = memory_.events[ended_];
  here.drain_faults = minor_faults() - faults_;
  here.bytes_drained = bytes();
  here.bytes_peak = std::max(here.bytes_peak, totals().peak - floor_);
  drained_ = never;
}

void memory_meter::finish() noexcept {
  memory_.allocations = totals().allocations - allocations_before_;
  memory_.frees = totals().frees - frees_before_;
  memory_.bytes_final = bytes();
  memory_.bytes_peak = std::max(peak_, totals().peak - floor_);
}

void memory_meter::erased() noexcept { memory_.bytes_after_erasing = bytes(); }
void memory_meter::cleared() noexcept { memory_.bytes_after_clearing = bytes(); }

}  // namespace harness::growth
