// Which entries are asked for: all of them alike, or some far more often than others.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "workloads/random.hpp"

namespace workloads {

/// All entries alike.
class evenly {
 public:
  explicit evenly(std::size_t n) noexcept : n_(n) {}
  std::size_t draw(random_source& random) const noexcept { return random.below(n_); }

 private:
  std::size_t n_;
};

/// Ranks 0 to n - 1 with probabilities proportional to 1 / (rank + 1)^0.99, as web caches see them:
/// of a million entries, the first ten are asked for in 19 % of the draws. Drawn by rejection from
/// an integral of the density (Hörmann and Derflinger 1996): no table, a few logarithms a draw.
class zipf {
 public:
  static constexpr double exponent = 0.99;

  explicit zipf(std::size_t n) noexcept
      : last_(static_cast<double>(n)),
        low_(integral(1.5) - 1.0),
        high_(integral(last_ + 0.5)),
        near_(2.0 - inverse(integral(2.5) - density(2.0))) {}

  std::size_t draw(random_source& random) const noexcept {
    for (;;) {
      const double part = static_cast<double>(random() >> 11) * 0x1p-53;
      const double at = high_ + part * (low_ - high_);
      const double x = inverse(at);
      const double rank = std::clamp(std::floor(x + 0.5), 1.0, last_);
      if (rank - x <= near_ || at >= integral(rank + 0.5) - density(rank)) {
        return static_cast<std::size_t>(rank) - 1;
      }
    }
  }

 private:
  static double density(double x) noexcept { return std::pow(x, -exponent); }
  static double integral(double x) noexcept {
    return (std::pow(x, 1 - exponent) - 1) / (1 - exponent);
  }
  static double inverse(double y) noexcept {
    return std::pow(1 + y * (1 - exponent), 1 / (1 - exponent));
  }

  double last_, low_, high_, near_;
};

}  // namespace workloads
