#include "harness/backends/sim/sim.hpp"

#include <array>

#include "harness/backends/sim/hooks.hpp"
#include "harness/backends/sim/simulator.hpp"

namespace harness::backends {
namespace {

class sim_backend final : public backend {
 public:
  explicit sim_backend(const geometry& shape) : model_(shape) {
    found_.name = "sim";
    found_.label = "[sim: " + describe(shape) + ", no prefetch, virtual addresses]";
    found_.exact = true;
    for (const auto& [name, native] : known) found_.events.push_back({name, native, {}});
    sim::watch_with(&model_);
  }
  ~sim_backend() override { sim::watch_with(nullptr); }

  std::size_t groups() const override { return 2; }
  std::size_t least_operations() const override { return 1; }

  /// From here on, so that the pass that is recorded meets the caches as a program would have left
  /// them: the table was built, and used, before.
  void enter() override {
    model_.reset();
    model_.feed(true);
  }
  void begin(std::size_t group) override {
    group_ = group;
    if (group == cold) model_.flush();
    model_.feed(true);
    model_.record(true);
  }
  /// The cold pass forgets what lies between, so that need not be simulated: a fifth of all
  /// accesses.
  void end() override {
    model_.record(false);
    model_.feed(false);
  }

  std::vector<reading> take(std::size_t operations) override;

 private:
  struct named {
    const char* name;
    const char* native;
  };
  static constexpr std::size_t cold =
      1;  // a group of its own: a pass that starts with empty caches
  static constexpr auto known = std::to_array<named>({
      {"l1_misses", "lines not found in the first cache, key stream included"},
      {"l2_misses", "lines found in neither of the first two"},
      {"l3_misses", "lines found in none"},
      {"stream_l1_misses", "those of the key stream"},
      {"stream_l2_misses", "those of the key stream"},
      {"stream_l3_misses", "those of the key stream"},
      {"l1_miss_accesses", "accesses that missed, one that straddles two lines counted once"},
      {"l2_miss_accesses", "accesses that missed, one that straddles two lines counted once"},
      {"l3_miss_accesses", "accesses that missed, one that straddles two lines counted once"},
      {"tlb1_misses", "pages not found in the first TLB"},
      {"tlb_misses", "pages found in no TLB: page walks"},
      {"loads", "checked loads; in a library function one for 16 bytes"},
      {"stores", "checked stores; in a library function one for 16 bytes"},
      {"lines_mean", "distinct lines an operation, without the key stream"},
      {"lines_p99", "distinct lines an operation, without the key stream"},
      {"lines_max", "distinct lines an operation, without the key stream"},
      {"heap_lines_mean", "distinct lines on the heap an operation"},
      {"heap_lines_p99", "distinct lines on the heap an operation"},
      {"heap_lines_max", "distinct lines on the heap an operation"},
      {"header_lines_mean", "distinct lines of the map object and the workload"},
      {"stack_lines_mean", "distinct lines on the stack"},
      {"image_lines_mean", "distinct lines of constants and variables"},
      {"pass_lines", "distinct lines on the heap of the whole pass, an operation"},
      {"cold_l1_misses", "in another pass, with empty caches at its start"},
      {"cold_l2_misses", "in another pass, with empty caches at its start"},
      {"cold_l3_misses", "in another pass, with empty caches at its start"},
      {"cold_tlb_misses", "in another pass, with empty caches at its start"},
  });

  std::vector<double> warm_values(double operations) const;
  std::vector<double> cold_values(double operations) const;

  sim::simulator model_;
  std::size_t group_ = 0;
};

/// In the order of `known`, the cold ones left out.
std::vector<double> sim_backend::warm_values(double operations) const {
  const auto ratio = [&](auto count) { return static_cast<double>(count) / operations; };
  const sim::tally& sums = model_.counted();
  return {
      ratio(sums.misses[0]),
      ratio(sums.misses[1]),
      ratio(sums.misses[2]),
      ratio(sums.stream_misses[0]),
      ratio(sums.stream_misses[1]),
      ratio(sums.stream_misses[2]),
      ratio(sums.miss_accesses[0]),
      ratio(sums.miss_accesses[1]),
      ratio(sums.miss_accesses[2]),
      ratio(sums.tlb_misses[0]),
      ratio(sums.tlb_misses[1]),
      ratio(sums.loads),
      ratio(sums.stores),
      ratio(model_.lines().sum()),
      static_cast<double>(model_.lines().p99()),
      static_cast<double>(model_.lines().most()),
      ratio(model_.heap_lines().sum()),
      static_cast<double>(model_.heap_lines().p99()),
      static_cast<double>(model_.heap_lines().most()),
      ratio(model_.lines_in(sim::region::header)),
      ratio(model_.lines_in(sim::region::stack)),
      ratio(model_.lines_in(sim::region::image)),
      ratio(model_.pass_lines()),
  };
}

/// The last of `known`.
std::vector<double> sim_backend::cold_values(double operations) const {
  const sim::tally& sums = model_.counted();
  std::vector<double> values;
  for (const std::uint64_t misses : sums.misses) {
    values.push_back(static_cast<double>(misses) / operations);
  }
  values.push_back(static_cast<double>(sums.tlb_misses[1]) / operations);
  return values;
}

std::vector<reading> sim_backend::take(std::size_t operations) {
  const double each = static_cast<double>(operations);
  const std::vector<double> taken = group_ == cold ? cold_values(each) : warm_values(each);
  const std::size_t first = group_ == cold ? known.size() - taken.size() : 0;
  std::vector<reading> readings;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const event& what = found_.events[first + i];
    reading one{what.name, {}, what.reason};
    if (what.reason.empty()) one.value = taken[i];
    readings.push_back(one);
  }
  model_.forget_counts();
  return readings;
}

}  // namespace

std::unique_ptr<backend> make_sim(const geometry& shape) {
  return std::make_unique<sim_backend>(shape);
}

}  // namespace harness::backends
