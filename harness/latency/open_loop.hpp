// Open-loop load: response times without coordinated omission. In a closed loop, which starts an
// operation when the one before it has ended, a stall of 100 ms is one slow operation; to callers
// who come at their own times it delays each of the thousands that came meanwhile. So the service
// times of the loop are replayed against arrivals: one server, first come, first served.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "harness/latency/histogram.hpp"
#include "workloads/random.hpp"

namespace harness::latency {

enum class arrivals { fixed, poisson };

/// Times between arrivals, with a mean of `ns`.
class arrival_stream {
 public:
  arrival_stream(arrivals kind, double ns, std::uint64_t seed) noexcept
      : kind_(kind), ns_(ns), random_(seed) {}

  double next() noexcept {
    if (kind_ == arrivals::fixed) return ns_;
    constexpr double scale = 0x1p-53;
    const double share = (static_cast<double>(random_() >> 11) + 0.5) * scale;  // in (0, 1)
    return -std::log(share) * ns_;
  }

 private:
  arrivals kind_;
  double ns_;
  workloads::random_source random_;
};

/// Response times, from arrival to end of service, of operations that take `service` ns each.
inline histogram replay(std::span<const float> service, arrival_stream gaps) {
  histogram responses;
  double waiting = 0;  // of the operation at hand, before its service begins
  for (const float ns : service) {
    const double response = waiting + static_cast<double>(ns);
    responses.add(response);
    waiting = std::max(0.0, response - gaps.next());
  }
  return responses;
}

}  // namespace harness::latency
