// Durations by how long they are, in bins that grow with them: a value is known to within 1 %, from
// a tenth of a nanosecond to hours, in 50 KB. (HdrHistogram does the same; its C library is in few
// distributions, and this is what is needed of it.)
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace harness::latency {

class histogram {
 public:
  /// Each doubling of the duration is cut into so many bins: half a bin is 0.4 % of its value.
  static constexpr unsigned bins_per_octave_log2 = 7;

  histogram() : counts_(bin_of(unit_limit) + 1) {}

  void add(double ns) noexcept {
    const double units = std::min(ns * units_per_ns, static_cast<double>(unit_limit));
    constexpr double half = 0.5;  // rounds: units are not negative
    ++counts_[bin_of(static_cast<std::uint64_t>(units + half))];
    ++size_;
    total_ += ns;
    max_ = std::max(max_, ns);
  }

  void add(const histogram& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    size_ += other.size_;
    total_ += other.total_;
    max_ = std::max(max_, other.max_);
  }

  std::uint64_t size() const noexcept { return size_; }
  double total() const noexcept { return total_; }
  double max() const noexcept { return max_; }

  /// The duration that a share `p` of all does not exceed: within 1 %, and exact at the end.
  double percentile(double p) const noexcept {
    const auto wanted = static_cast<std::uint64_t>(
        std::max(1.0, std::ceil(p * static_cast<double>(size_) * (1 - 1e-15))));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen >= size_ && size_ > 0 && wanted >= size_) return max_;
      if (seen >= wanted) return std::min(middle(i), max_);
    }
    return max_;
  }

  /// Calls `visit(ns, count)` for each bin that is not empty, in ascending order.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] != 0) visit(std::min(middle(i), max_), counts_[i]);
    }
  }

 private:
  static constexpr double units_per_ns = 10;
  static constexpr std::uint64_t unit_limit = std::uint64_t{1} << 46;  // two hours

  static constexpr std::size_t bin_of(std::uint64_t units) noexcept {
    constexpr unsigned linear = bins_per_octave_log2 + 1;
    const auto width = static_cast<unsigned>(std::bit_width(units));
    if (width <= linear) return units;
    const unsigned shift = width - linear;
    return (std::size_t{shift} << bins_per_octave_log2) + (units >> shift);
  }

  static double middle(std::size_t bin) noexcept {
    constexpr std::size_t octave = std::size_t{1} << bins_per_octave_log2;
    if (bin < 2 * octave) return static_cast<double>(bin) / units_per_ns;
    const std::size_t shift = bin / octave - 1;
    const auto low = static_cast<double>(std::uint64_t{bin - shift * octave} << shift);
    const auto wide = static_cast<double>(std::uint64_t{1} << shift);
    return (low + (wide - 1) / 2) / units_per_ns;
  }

  std::vector<std::uint64_t> counts_;
  std::uint64_t size_ = 0;
  double total_ = 0;
  double max_ = 0;
};

}  // namespace harness::latency
