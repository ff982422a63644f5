#include "harness/counting/count.hpp"

#include <memory>

#include <gtest/gtest.h>

#include "harness/backends/os.hpp"
#include "harness/backends/tests/fake_backend.hpp"

namespace harness {
namespace {

using backends::fake_backend;

/// Answers right until it is set to answer wrong.
class pass final : public fixture {
 public:
  explicit pass(bool is_right) : is_right_(is_right) {}
  void prepare() override {}
  void run() override {}
  std::uint64_t answer() const override { return is_right_ ? 42 : 0; }
  std::uint64_t expected() const override { return 42; }
  std::size_t operations() const override { return 5000; }
  double payload_bytes() const override { return 16; }
  workloads::scanned slots() const override { return {}; }
  bool renew(std::uint64_t) override { return false; }
  void touch() override {}
  bool prepare_warms() const override { return false; }

 private:
  bool is_right_;
};

template <bool IsRight>
std::unique_ptr<fixture> build(const order&) {
  return std::make_unique<pass>(IsRight);
}
const variant right{"pass", "shared", "", false, &build<true>};
const variant wrong{"pass", "shared", "", false, &build<false>};

TEST(count, reads_every_group_and_each_event_once) {
  fake_backend backend({{"instructions", "l1_misses"}, {"instructions", "l2_misses"}},
                       [](const auto& name, auto) { return name == "instructions" ? 5e5 : 5e3; });
  const counted result = count(backend, right, {.n = 10, .seed = 1});
  EXPECT_EQ(result.wrong, "");
  EXPECT_EQ(result.checksum, 42U);
  EXPECT_EQ(result.operations, 5000U);
  ASSERT_EQ(result.readings.size(), 3U);
  EXPECT_EQ(result.readings[0].value, 100.0);
  EXPECT_EQ(result.readings[1].value, 1.0);
  EXPECT_EQ(result.readings[2].event, "l2_misses");
}

TEST(count, a_group_that_ran_other_instructions_is_rejected) {
  for (const double factor : {1.0, 1.009, 1.02, 0.5}) {
    fake_backend backend({{"instructions", "l1_misses"}, {"instructions", "l2_misses"}},
                         [&](const auto& name, std::size_t group) {
                           return name == "instructions" && group == 1 ? factor * 5e5 : 5e5;
                         });
    const counted result = count(backend, right, {.n = 10, .seed = 1});
    EXPECT_TRUE(result.readings[1].value);
    EXPECT_EQ(result.readings[2].value.has_value(), factor < 1.01 && factor > 0.99) << factor;
    EXPECT_EQ(result.readings[2].reason.empty(), result.readings[2].value.has_value());
  }
}

TEST(count, a_wrong_answer_is_no_reading) {
  fake_backend backend({{"instructions"}}, [](auto&&...) { return 1.0; });
  const counted result = count(backend, wrong, {.n = 10, .seed = 1});
  EXPECT_NE(result.wrong, "");
  EXPECT_TRUE(result.readings.empty());
  EXPECT_EQ(backend.regions, 0);
}

TEST(count, regions_are_long_enough_for_what_it_costs_to_start_and_stop) {
  const auto os = backends::make_os();
  EXPECT_EQ(os->least_operations(), 100'000U);
  const counted result = count(*os, right, {.n = 10, .seed = 1});
  EXPECT_EQ(result.readings.size(), 5U);
  EXPECT_LT(result.readings[0].value.value(), 0.01) << "faults an operation that does nothing";
}

}  // namespace
}  // namespace harness
