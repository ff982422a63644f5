#include "harness/calibration/calibration.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/backends/os.hpp"
#include "harness/backends/tests/fake_backend.hpp"
#include "harness/calibration/kernels.hpp"

namespace harness::calibration {
namespace {

using namespace backends;

constexpr double instructions = 1'000'000.0 * kernels::instructions_a_count;

std::vector<result> calibrate_reading(fake_backend& backend) {
  return calibrate(backend, geometry_of("zen4"));
}

TEST(calibration, believes_what_is_within_five_percent) {
  for (const double factor : {0.951, 1.0, 1.049}) {
    fake_backend backend({{"instructions"}}, [&](auto&&...) { return factor * instructions; });
    const auto results = calibrate_reading(backend);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_TRUE(results[0].accepted);
    EXPECT_EQ(results[0].kernel, "instruction_loop");
    EXPECT_NEAR(*results[0].error, factor - 1, 1e-9);
    EXPECT_TRUE(backend.counts("instructions"));
  }
}

TEST(calibration, rejects_what_is_off_and_says_so) {
  for (const double factor : {0.0, 0.949, 1.051, 2.0}) {
    fake_backend backend({{"instructions"}}, [&](auto&&...) { return factor * instructions; });
    EXPECT_FALSE(calibrate_reading(backend).at(0).accepted);
    EXPECT_FALSE(backend.counts("instructions")) << factor;
    const std::string reason = backend.probe().events[0].reason;
    EXPECT_NE(reason.find("instruction_loop should read = 2000000"), std::string::npos) << reason;
  }
}

TEST(calibration, a_lower_bound_is_missed_from_below_only) {
  for (const bool enough : {false, true}) {
    fake_backend backend({{"cycles"}}, [&](auto&&...) { return enough ? 1e9 : 0.0; });
    calibrate_reading(backend);
    EXPECT_EQ(backend.counts("cycles"), enough);
  }
}

TEST(calibration, one_kernel_that_reads_wrong_is_enough) {
  // Right for the chases that miss at each step, wrong for one_line, which must not miss.
  fake_backend backend({{"l1_misses"}}, [&](auto&&...) { return 100'000.0; });
  const auto results = calibrate_reading(backend);
  EXPECT_TRUE(std::any_of(results.begin(), results.end(), [](auto& r) { return r.accepted; }));
  EXPECT_FALSE(backend.counts("l1_misses"));
}

TEST(calibration, an_event_that_no_kernel_knows_is_not_believed) {
  fake_backend backend({{"unicorns"}}, [](auto&&...) { return 1.0; });
  EXPECT_TRUE(calibrate_reading(backend).empty());
  EXPECT_FALSE(backend.counts("unicorns"));
}

TEST(calibration, every_group_is_run) {
  fake_backend backend({{"instructions"}, {"instructions", "cycles"}}, [](const auto& name, auto) {
    return name == "cycles" ? 1e9 : instructions;
  });
  EXPECT_EQ(calibrate_reading(backend).size(), 3U);
}

TEST(calibration, the_kernels_page_faults_are_the_kernels_own) {
  const auto os = make_os();
  const auto results = calibrate(*os, geometry_of("zen4"));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].event, "minor_faults");
  EXPECT_EQ(results[0].expected, 512);
  EXPECT_TRUE(results[0].accepted) << *results[0].read;
}

TEST(calibration, lists_what_callgrind_must_find) {
  const auto wanted = calibrate_callgrind(geometry_of("zen4"));
  for (const auto& one : wanted) {
    EXPECT_EQ(one.backend, "callgrind");
    EXPECT_FALSE(one.read);
    EXPECT_GT(one.steps, 0U);
  }
  for (const char* event : {"instructions", "l1_misses", "l2_misses", "l3_misses"}) {
    EXPECT_TRUE(std::any_of(wanted.begin(), wanted.end(), [&](const auto& one) {
      return one.event == event;
    })) << event;
  }
}

}  // namespace
}  // namespace harness::calibration
