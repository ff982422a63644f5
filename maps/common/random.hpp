// Where seeds come from: hash0 of a new or emptied table, the random start of a range,
// the sampled overflow count. One small generator a thread, so that tables of different
// threads share nothing. Not cryptographic.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>

#include "config.hpp"

namespace maps::common {

constexpr std::uint64_t splitmix64(std::uint64_t& state) noexcept {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

struct generator {
  std::uint64_t state = 0;
  bool seeded = false;
};

inline generator& this_thread_generator() noexcept {
  static thread_local constinit generator g;
  return g;
}

inline std::uint64_t entropy() noexcept {
  // Threads started in the same clock tick must still differ.
  static std::atomic<std::uint64_t> counter{0};
  std::uint64_t mixed = counter.fetch_add(1, std::memory_order_relaxed) * 0xd1342543de82ef95;
  mixed ^= static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  MAPS_TRY {
    std::random_device device;
    mixed ^= std::uint64_t{device()} << 32 | device();
  }
  MAPS_CATCH_ALL {
    // No entropy source: the clock and the counter have to do.
  }
  return mixed;
}

inline std::uint64_t random_u64() noexcept {
  generator& g = this_thread_generator();
  if (!g.seeded) [[unlikely]] {
    g.state = entropy();
    g.seeded = true;
  }
  return splitmix64(g.state);
}

/// Makes every later seed of this thread's tables a function of `seed`: same program,
/// same tables. For tests and benchmarks only; without it each process differs.
inline void fix_random_seed(std::uint64_t seed) noexcept { this_thread_generator() = {seed, true}; }

}  // namespace maps::common
