// A workload behind a virtual interface, so that only this needs to know its type. A pass has
// thousands of operations; one indirect call is not seen in it, and the compiler cannot look
// through it, which keeps the work inside the two readings of the clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "workloads/keys.hpp"
#include "workloads/observer.hpp"
#include "workloads/state.hpp"
#include "workloads/workload.hpp"

namespace harness {

class fixture {
 public:
  virtual ~fixture() = default;
  virtual void prepare() = 0;
  virtual void run() = 0;
  virtual std::uint64_t answer() const = 0;
  virtual std::uint64_t expected() const = 0;
  virtual std::size_t operations() const = 0;
  virtual double payload_bytes() const = 0;
  /// Of one pass; neither a number nor a reason where the workload does not scan.
  virtual workloads::scanned slots() const = 0;
  /// Other keys in a table that is only read, from a seed. False, and nothing, where a workload has
  /// its own keys in each pass, or its tables are expensive to fill.
  virtual bool renew(std::uint64_t seed) = 0;
  /// Reads the whole table into the caches, where a workload reads one at random.
  virtual void touch() = 0;
  /// Whether prepare() leaves the caches as a pass would.
  virtual bool prepare_warms() const = 0;
};

template <class Workload, class Payload>
class fixture_of final : public fixture {
 public:
  /// `further` is what the workload is constructed from.
  template <class... Further>
  explicit fixture_of(const workloads::key_pool& pool, Further&&... further)
      : work_(std::forward<Further>(further)...),
        payload_bytes_(workloads::mean_payload_bytes<Payload>(pool)),
        n_(pool.size()) {
    workloads::observer::is_stream(this, sizeof *this);  // but for the map objects in it
  }

  void prepare() override { work_.prepare(); }
  void run() override { work_.run(); }
  std::uint64_t answer() const override {
    [[maybe_unused]] const workloads::observer::untracked_scope bookkeeping{};
    return work_.answer();
  }
  std::uint64_t expected() const override { return work_.expected(); }
  std::size_t operations() const override { return work_.operations(); }
  double payload_bytes() const override { return payload_bytes_; }
  workloads::scanned slots() const override {
    if constexpr (requires { work_.slots(); }) {
      [[maybe_unused]] const workloads::observer::untracked_scope bookkeeping{};
      return work_.slots();
    } else {
      return {};
    }
  }

  bool renew([[maybe_unused]] std::uint64_t seed) override {
    if constexpr (requires { work_.renew(seed); }) {
      if (n_ <= most_renewed) return work_.renew(seed), true;
    }
    return false;
  }
  void touch() override {
    if constexpr (requires { work_.touch(); }) touched_ = work_.touch();
  }

  bool prepare_warms() const override {
    return requires { requires Workload::prepare_warms; };
  }

 private:
  /// Filling this many entries takes a tenth of a turn of a millisecond.
  static constexpr std::size_t most_renewed = 2048;

  Workload work_;
  double payload_bytes_;
  std::size_t n_;
  volatile std::uint64_t touched_ = 0;
};

}  // namespace harness
