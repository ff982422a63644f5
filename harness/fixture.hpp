// A workload behind a virtual interface, so that only this needs to know its type. A pass has
// thousands of operations; one indirect call is not seen in it, and the compiler cannot look
// through it, which keeps the work inside the two readings of the clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

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
};

template <class Workload, class Payload>
class fixture_of final : public fixture {
 public:
  /// `further` is what the workload gets beside its keys and its seed.
  template <class... Further>
  fixture_of(const workloads::key_pool& pool, std::uint64_t seed, const Further&... further)
      : work_(pool, seed, further...),
        payload_bytes_(workloads::mean_payload_bytes<Payload>(pool)) {
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

  template <class... Further>
  static std::unique_ptr<fixture> build(std::size_t n, std::uint64_t seed,
                                        const Further&... further) {
    return std::make_unique<fixture_of>(workloads::key_pool(n, seed), seed, further...);
  }

 private:
  Workload work_;
  double payload_bytes_;
};

}  // namespace harness
