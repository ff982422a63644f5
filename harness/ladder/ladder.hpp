// The latency ladder: how long one load takes that has to wait for the one before it, by the bytes
// that are chased through. A working set that fits a cache has that cache's latency, so the sizes
// lead from the nearest cache down to memory.
//
// Two layouts of the same number of lines. Packed: one behind the other, as small pages or large
// ones hold them, whatever the system hands out. Spread: one line in each small page. What spread
// takes longer is the cost of finding the pages, and where it sets in is the reach of a TLB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/latency/clock.hpp"

namespace harness::ladder {

enum class layout { packed, spread };

constexpr std::string_view name_of(layout how) {
  return how == layout::packed ? "packed" : "spread";
}

/// Some bytes of zeroed memory straight from the kernel, aligned to pages.
class region {
 public:
  /// Spread wants small pages and says so; packed takes what there is. Throws std::bad_alloc.
  region(std::size_t bytes, layout how);
  ~region();
  region(const region&) = delete;
  region& operator=(const region&) = delete;

  std::byte* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

 private:
  std::size_t size_;
  std::byte* data_;
};

/// The pointers of one rung: a single cycle through all of its lines, in random order.
class cycle {
 public:
  /// `stride` bytes lie between two lines; `line` is the size of one. In a spread layout each page
  /// uses another of its lines, so that all sets of a cache are used.
  cycle(const region& memory, std::size_t lines, std::size_t stride, std::size_t line,
        std::uint64_t seed);

  const void* start() const noexcept { return place(order_[0]); }
  /// Reads every line once, in order, and leaves the caches as a chase would, in a tenth of the
  /// time: these loads are independent.
  void warm() const noexcept;
  /// Where a chase of so many steps from start() has to end.
  const void* after(std::size_t steps) const noexcept {
    return place(order_[steps % order_.size()]);
  }

 private:
  std::byte* place(std::size_t line_number) const noexcept;

  std::byte* begin_;
  std::size_t stride_, line_;
  std::vector<std::uint32_t> order_;
};

/// What was measured at one working set.
struct rung {
  layout how;
  std::size_t lines;
  std::vector<double> passes;  // ns per load
  std::string reason;          // why there are none; empty when there are
};

struct request {
  std::vector<std::size_t> sizes;  // bytes of packed lines
  std::vector<std::size_t> pages;  // spread over so many
  std::size_t line = 64;
  std::size_t page = 4096;
  std::size_t passes = 5;
  std::uint64_t seed = 1;
  /// Half of them for the largest of the sizes, which is always measured; half for the others.
  double seconds = std::numeric_limits<double>::infinity();
};

/// Timed loads of one pass.
inline constexpr std::size_t loads = std::size_t{1} << 16;

/// A pointer chase did not end where it must.
struct wrong_chase : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A rung for each working set, in the order of the request; with a reason where there was no time.
/// Throws wrong_chase, and std::bad_alloc without memory.
std::vector<rung> climb(const request& what, const latency::clock_facts& clock);

}  // namespace harness::ladder
