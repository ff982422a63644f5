// Sees every access of a watched pass: drives the model of the caches, and collects the distinct
// lines that each operation touches.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "harness/backends/geometry.hpp"
#include "harness/backends/sim/address_map.hpp"
#include "harness/backends/sim/hierarchy.hpp"
#include "harness/backends/sim/line_set.hpp"
#include "harness/backends/sim/own_memory.hpp"

namespace harness::backends::sim {

/// Sums over the recorded accesses.
struct tally {
  std::uint64_t loads = 0, stores = 0;
  std::array<std::uint64_t, 3> misses{};         // lines not found in each cache
  std::array<std::uint64_t, 3> stream_misses{};  // those of them that hold the workload's keys
  std::array<std::uint64_t, 3> miss_accesses{};  // accesses with at least one such line
  std::array<std::uint64_t, 2> tlb_misses{};
};

/// How many operations touched how many lines.
class distribution {
 public:
  explicit distribution(std::pmr::memory_resource* memory) : counts_(64, memory) {}

  void add(std::size_t lines) {
    if (lines >= counts_.size()) counts_.resize(std::max(2 * counts_.size(), lines + 1));
    ++counts_[lines];
    ++operations_;
    sum_ += lines;
    most_ = std::max(most_, lines);
  }
  void clear() { *this = distribution(counts_.get_allocator().resource()); }

  std::uint64_t operations() const noexcept { return operations_; }
  std::uint64_t sum() const noexcept { return sum_; }
  std::size_t most() const noexcept { return most_; }
  /// The least number of lines that 99 of 100 operations do not exceed.
  std::size_t p99() const noexcept;

 private:
  std::pmr::vector<std::uint32_t> counts_;
  std::uint64_t operations_ = 0, sum_ = 0;
  std::size_t most_ = 0;
};

class simulator {
 public:
  explicit simulator(const geometry& shape);

  /// The model of the caches runs from `feed` on; what it sees counts from `record` on.
  void feed(bool on) noexcept {
    feeding_ = on;
    update();
  }
  void record(bool on) noexcept;
  /// Whether an access made now is one of the program's: the simulator itself makes some, too.
  bool feeding() const noexcept { return watched_; }
  /// Ignores accesses from here until resumed as often as it was paused.
  void look_away(bool away) noexcept {
    away ? ++away_ : --away_;
    update();
  }
  /// Ignores accesses as long as what is to come of a table being filled displaces all that they
  /// would leave in the caches: most of a simulation's time was the fill of large tables.
  void entries_to_come(std::size_t count) noexcept {
    const bool early = count > displacing_;
    if (early == early_) return;
    early_ = early;
    update();
  }
  void flush() noexcept;
  /// Forgets what was recorded; the caches stay as they are.
  void forget_counts() noexcept;
  /// Forgets what was recorded and whose memory is whose, and empties the caches.
  void reset();

  void access(std::uintptr_t address, std::size_t bytes, bool is_store) {
    if (!feeding()) return;
    if (recording_) ++(is_store ? counted_.stores : counted_.loads);
    // Most accesses go where the one before them went, and change nothing.
    const std::uint64_t line = address >> line_shift_;
    if (line == quiet_line_ && (address + bytes - 1) >> line_shift_ == line) return;
    touch(address, bytes);
  }
  /// A block that a library function works through: an access for every 16 bytes, at least one
  /// for every line.
  void block(std::uintptr_t address, std::size_t bytes, bool is_store);
  void operation_done();
  void mark(const void* begin, std::size_t bytes, region what);

  const tally& counted() const noexcept { return counted_; }
  const distribution& lines() const noexcept { return lines_; }
  const distribution& heap_lines() const noexcept { return heap_lines_; }
  /// Distinct lines of one kind, summed over the operations.
  std::uint64_t lines_in(region what) const noexcept {
    return lines_in_[static_cast<std::size_t>(what)];
  }
  /// Distinct heap lines of all recorded operations together.
  std::size_t pass_lines() const noexcept { return pass_.size(); }

 private:
  static constexpr std::uint64_t no_line = ~std::uint64_t{0};

  /// Its own tables grow by the same memset and memmove that the program's accesses arrive by.
  class own_business {
   public:
    explicit own_business(simulator& one) noexcept : one_(one) { one_.look_away(true); }
    ~own_business() { one_.look_away(false); }
    own_business(const own_business&) = delete;
    own_business& operator=(const own_business&) = delete;

   private:
    simulator& one_;
  };
  void update() noexcept { watched_ = feeding_ && !early_ && away_ == 0; }

  void touch(std::uintptr_t address, std::size_t bytes);
  std::size_t touch_line(std::uint64_t line, std::uintptr_t address);
  void collect(std::uint64_t line, std::uintptr_t address);

  own_memory kernel_;
  std::pmr::unsynchronized_pool_resource memory_{&kernel_};
  unsigned line_shift_, page_shift_;  // both sizes are powers of two; the second is in lines
  /// Entries whose inserts displace all that was in the caches. Each writes to a line at random at
  /// least: of twice as many as the last cache has lines, a set of 16 ways sees 32 in the mean, and
  /// fewer than 16 with a probability of 0.04 %.
  std::size_t displacing_;
  hierarchy caches_;
  address_map map_;
  bool feeding_ = false, recording_ = false;
  bool early_ = false;    // in the part of a fill that leaves nothing behind
  bool watched_ = false;  // feeding, and neither early nor looking away
  int away_ = 0;

  tally counted_;
  line_set operation_, pass_;
  std::array<std::uint32_t, region_count> in_operation_{};
  std::array<std::uint64_t, region_count> lines_in_{};
  distribution lines_, heap_lines_;
  std::uint64_t last_line_ = no_line;   // the most recent of its set in the first level
  std::uint64_t last_page_ = no_line;   // and of its TLB's
  std::uint64_t quiet_line_ = no_line;  // the last line, if touching it again changes nothing
};

}  // namespace harness::backends::sim
