#include "harness/backends/sim/simulator.hpp"

#include <bit>

namespace harness::backends::sim {

std::size_t distribution::p99() const noexcept {
  std::uint64_t below = 0;
  for (std::size_t lines = 0; lines < counts_.size(); ++lines) {
    below += counts_[lines];
    if (100 * below >= 99 * operations_) return lines;
  }
  return most_;
}

simulator::simulator(const geometry& shape)
    : line_shift_(static_cast<unsigned>(std::countr_zero(shape.line))),
      page_shift_(static_cast<unsigned>(std::countr_zero(shape.page / shape.line))),
      displacing_(2 * shape.caches.back().bytes / shape.line),
      caches_(shape, &memory_),
      map_(&memory_),
      operation_(&memory_),
      pass_(&memory_),
      lines_(&memory_),
      heap_lines_(&memory_) {}

void simulator::record(bool on) noexcept {
  recording_ = on;
  operation_.clear();  // what happened between two operations belongs to neither
  in_operation_ = {};
  quiet_line_ = no_line;
}

void simulator::flush() noexcept {
  const own_business own(*this);
  caches_.flush();
  last_line_ = last_page_ = quiet_line_ = no_line;
}

void simulator::mark(const void* begin, std::size_t bytes, region what) {
  const own_business own(*this);
  map_.mark(begin, bytes, what);
}

void simulator::forget_counts() noexcept {
  const own_business own(*this);
  pass_.clear();
  counted_ = {};
  lines_in_ = {};
  lines_.clear();
  heap_lines_.clear();
}

void simulator::reset() {
  const own_business own(*this);
  record(false);
  entries_to_come(0);
  flush();
  map_.forget_marks();
  forget_counts();
}

void simulator::block(std::uintptr_t address, std::size_t bytes, bool is_store) {
  if (!feeding() || bytes == 0) return;
  constexpr std::size_t step = 16;
  if (recording_) (is_store ? counted_.stores : counted_.loads) += (bytes + step - 1) / step;
  const std::uintptr_t end = address + bytes;
  while (address < end) {
    const std::uintptr_t next = ((address >> line_shift_) + 1) << line_shift_;
    touch(address, std::min(next, end) - address);
    address = next;
  }
}

void simulator::touch(std::uintptr_t address, std::size_t bytes) {
  const std::uint64_t first = address >> line_shift_;
  const std::uint64_t last = (address + bytes - 1) >> line_shift_;
  const own_business own(*this);
  std::size_t deepest = touch_line(first, address);
  for (std::uint64_t line = first + 1; line <= last; ++line) {
    deepest = std::max(deepest, touch_line(line, line << line_shift_));
  }
  if (recording_) {
    for (std::size_t level = 0; level < deepest; ++level) ++counted_.miss_accesses[level];
  }
}

std::size_t simulator::touch_line(std::uint64_t line, std::uintptr_t address) {
  std::size_t missed = 0, untranslated = 0;
  if (line != last_line_) {
    caches_.prefetch(line);
    if (recording_) pass_.prefetch(line);
    if (const std::uint64_t page = line >> page_shift_; page != last_page_) {
      untranslated = caches_.translate(page);
      last_page_ = page;
    }
    missed = caches_.read_line(line);
    last_line_ = line;
  }
  quiet_line_ = line;
  if (!recording_) return missed;
  for (std::size_t level = 0; level < untranslated; ++level) ++counted_.tlb_misses[level];
  for (std::size_t level = 0; level < missed; ++level) ++counted_.misses[level];
  if (map_.is_stream(address)) {
    for (std::size_t level = 0; level < missed; ++level) ++counted_.stream_misses[level];
    quiet_line_ = no_line;  // something that is not the stream's may share the line
  } else {
    collect(line, address);
  }
  return missed;
}

void simulator::collect(std::uint64_t line, std::uintptr_t address) {
  if (!operation_.insert(line)) return;
  const region what = map_(address);
  ++in_operation_[static_cast<std::size_t>(what)];
  if (what == region::heap) pass_.insert(line);
}

void simulator::operation_done() {
  if (!recording_) return;
  const own_business own(*this);
  lines_.add(operation_.size());
  heap_lines_.add(in_operation_[static_cast<std::size_t>(region::heap)]);
  for (std::size_t what = 0; what < region_count; ++what) lines_in_[what] += in_operation_[what];
  operation_.clear();
  in_operation_ = {};
  quiet_line_ = no_line;
}

}  // namespace harness::backends::sim
