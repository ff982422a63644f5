// How long a lookup takes while another thread writes: open loop.
//
//   read_latency_measurement<Map, Payload, Scope>(pool).run()   response times of lookups of keys
//       that are there, in a table of n entries: alone, and beside a thread that inserts and erases
//       other keys without pause
//
// Lookups arrive at a fixed rate, whether or not the one before is over: a response time is from
// the arrival to the end of the lookup, so that one that waits makes those behind it wait too (no
// coordinated omission). The reader is pinned to one CPU and the writer to another. A map that
// cannot keep up is stopped after most_time: it has fewer reads, and their times are those of a
// queue.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/latency/histogram.hpp"
#include "workloads/concurrent/filling.hpp"
#include "workloads/concurrent/thread_team.hpp"
#include "workloads/concurrent/workload.hpp"
#include "workloads/keys.hpp"
#include "workloads/random.hpp"

namespace harness {

/// Response times of one reader, ns.
struct read_latency {
  std::size_t n = 0;
  std::uint64_t reads = 0, writes = 0;
  latency::histogram alone, written;
};

/// A lookup that misses every cache may take longer than a microsecond: this leaves it room.
inline constexpr double reads_a_second = 2e5;

template <class Map, class Payload, class Scope>
class read_latency_measurement {
 public:
  explicit read_latency_measurement(const workloads::key_pool& pool)
      : pool_(pool), team_(2), random_(pool.present(0)) {
    map_ = std::make_unique<Map>();
    workloads::fill_concurrent<Payload>(*map_, pool, pool.size(),
                                        [&](std::size_t i) { return pool.present(i); });
    keys_ = workloads::make_slots<workloads::key_of<Payload>>(keys_in_turn);
    digests_.resize(keys_in_turn);
    moving_ =
        workloads::make_slots<workloads::entry<Payload>>(std::max<std::size_t>(pool.size() / 8, 1));
    for (std::size_t i = 0; i < moving_.size(); ++i) pool.encode(pool.spare(i), moving_[i]);
  }

  /// Throws std::runtime_error where a lookup was wrong.
  read_latency run() {
    read_latency found;
    found.n = pool_.size();
    for (const bool is_written : {false, true}) {
      draw();
      is_over_.store(!is_written, std::memory_order_relaxed);
      latency::histogram& responses = is_written ? found.written : found.alone;
      std::uint64_t writes = 0;
      auto both = [&](std::size_t place) { place == 0 ? read(responses) : write(writes); };
      team_.gather();
      team_.run(both);
      found.writes += writes;
    }
    found.reads = std::min(found.alone.size(), found.written.size());
    if (found.reads == 0) throw std::runtime_error("no lookup was over in time");
    if (wrong_ > 0) throw std::runtime_error(std::to_string(wrong_) + " lookups were wrong");
    return found;
  }

 private:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t reads = 200'000, warm_reads = 10'000, keys_in_turn = 65'536;
  static constexpr std::chrono::seconds most_time{3};

  void draw() {
    for (std::size_t i = 0; i < keys_in_turn; ++i) {
      const std::uint64_t id = pool_.present(random_.below(pool_.size()));
      pool_.encode(id, keys_[i]);
      digests_[i] = workloads::value_digest<Payload>(id);
    }
  }

  void read(latency::histogram& responses) {
    const std::chrono::duration<double, std::nano> gap(1e9 / reads_a_second);
    const clock::time_point start = clock::now();
    for (std::size_t i = 0; i < warm_reads + reads && clock::now() - start < most_time; ++i) {
      const auto arrival =
          start + std::chrono::duration_cast<clock::duration>(gap * static_cast<double>(i));
      while (clock::now() < arrival) {
      }
      look_up(i % keys_in_turn);
      const std::chrono::duration<double, std::nano> response = clock::now() - arrival;
      if (i >= warm_reads) responses.add(response.count());
    }
    is_over_.store(true, std::memory_order_relaxed);
  }

  void look_up(std::size_t i) {
    std::uint64_t found = 0;
    const bool is_there = map_->visit(keys_[i], [&](const workloads::value_of<Payload>& value) {
      found = workloads::digest(value);
    });
    wrong_ += !is_there || found != digests_[i];
  }

  void write(std::uint64_t& writes) {
    workloads::random_source random(pool_.spare(0));
    while (!is_over_.load(std::memory_order_relaxed)) {
      const auto& slot = moving_[random.below(moving_.size())];
      if (random() % 2 == 0) {
        map_->insert(slot.key, slot.value);
      } else {
        map_->erase(slot.key);
      }
      ++writes;
    }
  }

  workloads::key_pool pool_;
  workloads::thread_team<Scope> team_;
  workloads::random_source random_;
  std::unique_ptr<Map> map_;
  std::vector<workloads::key_of<Payload>> keys_;
  std::vector<std::uint64_t> digests_;
  std::vector<workloads::entry<Payload>> moving_;
  std::uint64_t wrong_ = 0;
  alignas(workloads::apart) std::atomic<bool> is_over_{false};
};

}  // namespace harness
