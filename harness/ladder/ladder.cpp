#include "harness/ladder/ladder.hpp"

#include <algorithm>
#include <new>
#include <numeric>
#include <span>
#include <string>

#include <sys/mman.h>

#include "harness/calibration/kernels.hpp"
#include "workloads/random.hpp"

namespace harness::ladder {

region::region(std::size_t bytes, layout how) : size_(bytes) {
  void* found = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (found == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<std::byte*>(found);
#if defined(MADV_NOHUGEPAGE)
  // Refused by a kernel that has no huge pages: then these are small anyway.
  if (how == layout::spread) static_cast<void>(madvise(found, bytes, MADV_NOHUGEPAGE));
#else
  static_cast<void>(how);
#endif
}

region::~region() { munmap(data_, size_); }

cycle::cycle(const region& memory, std::size_t lines, std::size_t stride, std::size_t line,
             std::uint64_t seed)
    : begin_(memory.data()), stride_(stride), line_(line), order_(lines) {
  std::iota(order_.begin(), order_.end(), std::uint32_t{0});
  workloads::random_source(seed).shuffle(std::span(order_));
  for (std::size_t i = 0; i < lines; ++i) {
    *reinterpret_cast<const void**>(place(order_[i])) = after(i + 1);
  }
}

std::byte* cycle::place(std::size_t line_number) const noexcept {
  return begin_ + line_number * stride_ + line_number * line_ % stride_;
}

namespace {

rung measure(const region& memory, layout how, std::size_t lines, const request& what,
             latency::stopwatch& watch) {
  const std::size_t stride = how == layout::packed ? what.line : what.page;
  const cycle path(memory, lines, stride, what.line, what.seed + lines);
  rung found{how, lines, {}};
  std::size_t steps = lines;
  const void* at = calibration::kernels::chase(path.start(), lines);  // warms what can be warm
  bool is_right = at == path.start();
  for (std::size_t pass = 0; pass < what.passes; ++pass) {
    watch.start();
    at = calibration::kernels::chase(at, loads);
    found.passes.push_back(watch.stop() / static_cast<double>(loads));
    steps += loads;
    is_right = is_right && at == path.after(steps);
  }
  if (!is_right) {
    throw wrong_chase("a pointer chase through " + std::to_string(lines) + " lines, " +
                      std::string(name_of(how)) + ", ended in the wrong place");
  }
  return found;
}

std::size_t largest(const std::vector<std::size_t>& numbers) {
  return numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end());
}

}  // namespace

std::vector<rung> climb(const request& what, const latency::clock_facts& clock) {
  latency::stopwatch watch(clock);
  std::vector<rung> found;
  if (!what.pages.empty()) {
    const region memory(largest(what.pages) * what.page, layout::spread);
    for (const std::size_t pages : what.pages) {
      found.push_back(measure(memory, layout::spread, pages, what, watch));
    }
  }
  if (!what.sizes.empty()) {
    const region memory(largest(what.sizes), layout::packed);
    for (const std::size_t bytes : what.sizes) {
      found.push_back(measure(memory, layout::packed, bytes / what.line, what, watch));
    }
  }
  return found;
}

}  // namespace harness::ladder
