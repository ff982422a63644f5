// What operations cost while the old buckets of a growth drain, against the full table just before
// and the new one just after. For maps that grow in steps and report it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "harness/growth/report.hpp"
#include "harness/growth/shared_memory.hpp"
#include "harness/latency/clock.hpp"
#include "maps/adapters/growing.hpp"
#include "workloads/tables.hpp"

namespace harness::growth {

template <class Adapter, class Map, class Payload>
class drain_meter {
 public:
  /// `growth`: as an earlier pass saw it that inserted the same keys.
  drain_meter(const workloads::key_pool& pool, const event& growth,
              const latency::clock_facts& facts, drain_report& report)
      : pool_(pool),
        growth_(growth),
        watch_(facts),
        report_(report),
        // Few enough writes that they do not drain it: each moves two chains at most.
        writes_(
            std::clamp<std::size_t>((growth.drained_at - growth.operation) / 4, 1, most_writes)),
        random_(pool.present(0)) {}

  void measure(drain_pass which) {
    report_.floor = measure_residence().now;
    switch (which) {
      case drain_pass::reads: return read();
      case drain_pass::inserts: return insert();
      case drain_pass::updates: return update();
      case drain_pass::erases: return erase();
    }
  }

 private:
  enum state { before, draining, after };
  enum place { find_hit, find_miss, range, inserted, updated, erased };
  using key = workloads::key_of<Payload>;
  using slot = workloads::entry<Payload>;
  static constexpr std::size_t most_writes = 1 << 16, lookups = 1 << 17;

  /// Reading moves nothing: the table stays as it is.
  void read() {
    insert_until(growth_.entries);
    read_in(before);
    insert_until(growth_.entries + 1 + (growth_.drained_at - growth_.operation) / 2);
    report_.stuck_at = table_.size();
    read_in(draining);
    drain();
    read_in(after);
  }

  void read_in(state now) {
    report_.resident[now] = measure_residence().now;
    std::vector<key> keys(lookups);
    for (key& one : keys) pool_.encode(pool_.present(random_.below(table_.size())), one);
    std::uint64_t found = 0;
    take(find_hit, now, lookups, [&] {
      for (const key& one : keys) {
        const auto at = table_.find(one);
        if (at != table_.end()) found += 1 + (workloads::digest(at->second) >> 63 >> 1);
      }
    });
    expect(found == lookups);
    for (key& one : keys) pool_.encode(pool_.any_absent(random_), one);
    take(find_miss, now, lookups, [&] {
      for (const key& one : keys) found += table_.find(one) == table_.end();
    });
    expect(found == 2 * lookups);
    std::uint64_t sum = 0;
    take(range, now, table_.size(), [&] { sum = workloads::sum_of_entries(table_); });
    expect(sum == workloads::expected_sum<Payload>(pool_, table_.size()));
  }

  void insert() {
    insert_until(growth_.entries - writes_);
    insert_timed(before);
    insert_until(growth_.entries + 1);
    insert_timed(draining);
    drain();
    insert_timed(after);
  }

  void insert_timed(state now) {
    std::vector<slot> entries(writes_);
    for (std::size_t k = 0; k < writes_; ++k)
      pool_.encode(pool_.present(table_.size() + k), entries[k]);
    std::uint64_t added = 0;
    take(inserted, now, writes_, [&] {
      for (const slot& one : entries) added += table_.try_emplace(one.key, one.value).second;
    });
    expect(added == writes_);
  }

  void update() {
    insert_until(growth_.entries);
    update_timed(before);
    insert_until(growth_.entries + 1);
    update_timed(draining);
    drain();
    update_timed(after);
  }

  void update_timed(state now) {
    std::vector<slot> entries(writes_);
    for (slot& one : entries) pool_.encode(pool_.present(random_.below(table_.size())), one);
    std::uint64_t added = 0;
    take(updated, now, writes_, [&] {
      for (const slot& one : entries) added += table_.insert_or_assign(one.key, one.value).second;
    });
    expect(added == 0);
  }

  void erase() {
    insert_until(growth_.entries);
    erase_timed(before);
    insert_until(growth_.entries + 1);
    erase_timed(draining);
    drain();
    erase_timed(after);
  }

  /// Of all ages; they come back when the time has been taken.
  void erase_timed(state now) {
    std::vector<slot> entries(writes_);
    const std::size_t stride = table_.size() / writes_;
    for (std::size_t k = 0; k < writes_; ++k) pool_.encode(pool_.present(k * stride), entries[k]);
    std::uint64_t gone = 0;
    take(erased, now, writes_, [&] {
      for (const slot& one : entries) gone += table_.erase(one.key);
    });
    expect(gone == writes_);
    for (const slot& one : entries) table_.try_emplace(one.key, one.value);
  }

  /// Keeps the time only if the table was in that state from the first operation to the last.
  template <class Work>
  void take(place what, state now, std::size_t operations, Work work) {
    const bool ready = is_draining() == (now == draining);
    watch_.start();
    work();
    const double ns = watch_.stop();
    if (ready && is_draining() == (now == draining)) {
      report_.ns[what][now] = ns / static_cast<double>(operations);
    }
  }

  bool is_draining() const noexcept { return maps::growth_in_progress<Adapter>(table_); }

  void insert_until(std::size_t entries) {
    slot one;
    while (table_.size() < entries) {
      pool_.encode(pool_.present(table_.size()), one);
      table_.try_emplace(one.key, one.value);
    }
  }

  void drain() {
    while (is_draining()) insert_until(table_.size() + 1);
  }

  static void expect(bool right) {
    if (!right) throw std::runtime_error("wrong answer around a growth");
  }

  workloads::key_pool pool_;
  event growth_;
  latency::stopwatch watch_;
  drain_report& report_;
  std::size_t writes_;
  workloads::random_source random_;
  Map table_;
};

}  // namespace harness::growth
