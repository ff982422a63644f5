// The passes over one growing table, behind an interface that does not know its type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "harness/growth/drain.hpp"
#include "harness/growth/memory_meter.hpp"
#include "harness/growth/part_clock.hpp"
#include "harness/growth/recorder.hpp"
#include "harness/growth/report.hpp"
#include "maps/adapters/growing.hpp"
#include "workloads/growth.hpp"
#include "workloads/hash.hpp"

namespace harness::growth {

struct settings {
  std::size_t n;
  std::uint64_t seed;
  workloads::growth_mix mix;
  std::size_t churn;  // of that mix: pairs of operations for each entry
  bool reserved;      // room for all before the first
  bool warm;          // the table was built once before, on the same heap
};

class fixture {
 public:
  virtual ~fixture() = default;
  virtual std::size_t operations() const = 0;
  virtual workloads::action what(std::size_t operation) const = 0;
  virtual std::uint64_t expected() const = 0;
  virtual bool can_be_observed() const = 0;
  virtual bool grows_in_steps() const = 0;
  /// Before a pass, so that what it needs besides the table is there already.
  virtual void prepare() = 0;
  /// Every operation timed. The table is left standing.
  virtual void run(recorder& record, pass_report& report) = 0;
  /// The same loop with nothing to do.
  virtual void run_empty(recorder& record) = 0;
  /// The parts of each growth, on a map with an observer.
  virtual void observe(const latency::clock_facts& facts, pass_report& report) = 0;
  /// Memory at each of `growths`, over n, and after it is no longer needed. Nothing is timed.
  virtual void count_memory(const pass_report& growths, pass_report& report) = 0;
  /// What operations cost around `growth`, on a map that grows in steps; `report` gets what `which`
  /// is.
  virtual void measure_drain(const event& growth, drain_pass which,
                             const latency::clock_facts& facts, drain_report& report) = 0;
};

/// Makes the compiler compute a result, now.
template <class T>
void need(const T& value) noexcept {
  __asm__ volatile("" : : "r"(value) : "memory");
}

template <class Adapter, class Payload>
class fixture_of final : public fixture {
  using key = workloads::key_of<Payload>;
  using value = workloads::value_of<Payload>;
  using map = typename Adapter::template map<key, value, workloads::shared_hash>;
  static constexpr bool observable =
      maps::can_be_observed<Adapter, key, value, workloads::shared_hash, timed_observer>;

 public:
  explicit fixture_of(const settings& set)
      : set_(set), script_(workloads::key_pool(set.n, set.seed), set.mix, set.churn, set.seed) {}

  static std::unique_ptr<fixture> build(const settings& set) {
    return std::make_unique<fixture_of>(set);
  }

  std::size_t operations() const override { return script_.operations(); }
  workloads::action what(std::size_t operation) const override { return script_.what(operation); }
  std::uint64_t expected() const override { return script_.expected(); }
  void prepare() override { script_.prepare(); }
  bool can_be_observed() const override { return observable; }
  bool grows_in_steps() const override { return maps::grows_in_steps<Adapter, map>; }

  void run(recorder& record, pass_report& report) override {
    if (set_.warm) warm_up();
    auto& table = fresh_table<map>();
    reserve(table, record, report);
    fill(table);
    event_log<Adapter> log(report);
    log.before_first(table);
    std::uint64_t yes = 0;
    script_.run([&](std::size_t i, const auto& slot) {
      const action now = script_.what(i);
      const bool done = timed(now, table, slot, record);
      yes += done;
      log.after(i, table, now == action::insert && done);
    });
    report.answer = yes + workloads::sum_of_entries(table);
  }

  void run_empty(recorder& record) override {
    script_.run([&](std::size_t, const auto& slot) {
      record.start();
      need(&slot);
      record.stop();
    });
  }

  void observe(const latency::clock_facts& facts, pass_report& report) override {
    if constexpr (observable) {
      using observed = typename Adapter::template observed_map<key, value, workloads::shared_hash,
                                                               timed_observer>;
      part_clock clock(facts, report);
      auto& table = fresh_table<observed>();
      if (set_.reserved) table.reserve(set_.n);
      fill(table);
      timed_observer::clock = &clock;
      std::uint64_t yes = 0;
      script_.run([&](std::size_t i, const auto& slot) {
        clock.operation_begins();
        yes += done(script_.what(i), table, slot);
      });
      timed_observer::clock = nullptr;
      report.observed = clock.growths();
      report.answer = yes + workloads::sum_of_entries(table);
    }
  }

  void count_memory(const pass_report& growths, pass_report& report) override {
    memory_meter meter(growths, report.memory, script_.operations());
    auto table = std::make_unique<map>();
    if (set_.reserved) table->reserve(set_.n);
    fill(*table);
    std::uint64_t yes = 0;
    script_.run([&](std::size_t i, const auto& slot) {
      // What stays at one size has its operations on the axis instead.
      meter.before(i, script_.begins_full() ? i : table->size());
      yes += done(script_.what(i), *table, slot);
      meter.after(i);
    });
    report.answer = yes + workloads::sum_of_entries(*table);
    meter.finish();
    erase_all(*table);
    meter.erased();
    table->clear();
    meter.cleared();
  }

  void measure_drain(const event& growth, drain_pass which, const latency::clock_facts& facts,
                     drain_report& report) override {
    if constexpr (maps::grows_in_steps<Adapter, map>) {
      drain_meter<Adapter, map, Payload> meter(workloads::key_pool(set_.n, set_.seed), growth,
                                               facts, report);
      meter.measure(which);
    }
  }

 private:
  using slot_type = workloads::entry<Payload>;
  using action = workloads::action;

  /// Lives as long as this fixture, so that its end is in no pass.
  template <class Table>
  Table& fresh_table() {
    auto table = std::make_shared<Table>();
    Table& there = *table;
    standing_ = std::move(table);
    return there;
  }

  static bool timed(action now, map& table, const slot_type& slot, recorder& record) {
    switch (now) {
      case action::insert: return insert(table, slot, record);
      case action::look_up: return look_up(table, slot, record);
      case action::erase: return erase(table, slot, record);
    }
    return false;
  }

  template <class Table>
  static bool done(action now, Table& table, const slot_type& slot) {
    switch (now) {
      case action::insert: return table.try_emplace(slot.key, slot.value).second;
      case action::look_up: return table.find(slot.key) != table.end();
      case action::erase: return table.erase(slot.key) > 0;
    }
    return false;
  }

  template <class Table>
  void fill(Table& table) {
    script_.fill([&](const auto& slot) { table.try_emplace(slot.key, slot.value); });
  }

  static bool insert(map& table, const slot_type& slot, recorder& record) {
    record.start();
    const bool done = table.try_emplace(slot.key, slot.value).second;
    need(done);
    record.stop();
    return done;
  }

  static bool look_up(map& table, const slot_type& slot, recorder& record) {
    record.start();
    const auto at = table.find(slot.key);
    const bool found = at != table.end();
    need(found ? workloads::digest(at->second) : 0);
    record.stop();
    return found;
  }

  static bool erase(map& table, const slot_type& slot, recorder& record) {
    record.start();
    const bool done = table.erase(slot.key) > 0;
    need(done);
    record.stop();
    return done;
  }

  void reserve(map& table, recorder& record, pass_report& report) {
    if (!set_.reserved) return;
    report.reserve_ns = record.time([&] { table.reserve(set_.n); });
  }

  void warm_up() {
    map table;
    fill(table);
    script_.run([&](std::size_t i, const auto& slot) { done(script_.what(i), table, slot); });
  }

  void erase_all(map& table) {
    script_.fill([&](const auto& slot) { table.erase(slot.key); });
    script_.run([&](std::size_t, const auto& slot) { table.erase(slot.key); });
  }

  settings set_;
  std::shared_ptr<void> standing_;
  workloads::growth_script<Payload> script_;
};

}  // namespace harness::growth
