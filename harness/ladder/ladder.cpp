#include "harness/ladder/ladder.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <numeric>
#include <span>
#include <string>
#include <utility>

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

void cycle::warm() const noexcept {
  for (const std::uint32_t line_number : order_) {
    static_cast<void>(*reinterpret_cast<const volatile std::uintptr_t*>(place(line_number)));
  }
}

namespace {

/// Measures rung after rung, as long as there is time.
class climber {
 public:
  climber(const request& what, const latency::clock_facts& clock)
      : what_(what), watch_(clock), half_(now() + what.seconds / 2) {}

  /// From the smallest up, whatever their order. The largest alone shows memory's latency: the
  /// second half of the time is its own.
  std::vector<rung> climb(layout how, const std::vector<std::size_t>& lines) {
    if (lines.empty()) return {};
    const std::size_t stride = how == layout::packed ? what_.line : what_.page;
    const std::size_t largest = *std::max_element(lines.begin(), lines.end());
    const region memory(largest * stride, how);
    std::vector<rung> found;
    for (const std::size_t count : lines) found.push_back({how, count, {}, {}});
    double before = 0;  // seconds for the rung before; the next one has at most twice the lines
    for (rung* one : upwards(found)) {
      const double begin = now();
      if (one->lines == largest || begin + 2 * before <= half_) {
        measure(*one, memory, stride);
        before = now() - begin;
      } else {
        one->reason = "there was no time for it";
      }
    }
    return found;
  }

 private:
  static double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }

  static std::vector<rung*> upwards(std::vector<rung>& rungs) {
    std::vector<rung*> found;
    for (rung& one : rungs) found.push_back(&one);
    std::stable_sort(found.begin(), found.end(),
                     [](const rung* a, const rung* b) { return a->lines < b->lines; });
    return found;
  }

  void measure(rung& one, const region& memory, std::size_t stride) {
    const cycle path(memory, one.lines, stride, what_.line, what_.seed + one.lines);
    path.warm();
    const void* at = path.start();
    for (std::size_t pass = 1; pass <= what_.passes; ++pass) {
      watch_.start();
      at = calibration::kernels::chase(at, loads);
      one.passes.push_back(watch_.stop() / static_cast<double>(loads));
      if (at != path.after(pass * loads)) {
        throw wrong_chase("a pointer chase through " + std::to_string(one.lines) + " lines, " +
                          std::string(name_of(one.how)) + ", ended in the wrong place");
      }
    }
  }

  const request& what_;
  latency::stopwatch watch_;
  double half_;
};

}  // namespace

std::vector<rung> climb(const request& what, const latency::clock_facts& clock) {
  climber one(what, clock);
  std::vector<std::size_t> packed;
  for (const std::size_t bytes : what.sizes) packed.push_back(bytes / what.line);
  std::vector<rung> found = one.climb(layout::spread, what.pages);
  for (rung& each : one.climb(layout::packed, packed)) found.push_back(std::move(each));
  return found;
}

}  // namespace harness::ladder
