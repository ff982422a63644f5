#include "harness/concurrent/read_latency.hpp"

#include <cstdint>
#include <stdexcept>

#include <gtest/gtest.h>

#include "harness/concurrent/read_latency_json.hpp"
#include "workloads/concurrent/tests/fake_maps.hpp"

namespace {

using payload = workloads::int_int;
struct scope {};

template <fakes::fault Fault>
using measurement =
    harness::read_latency_measurement<fakes::map<std::uint64_t, std::uint64_t, Fault>, payload,
                                      scope>;

TEST(read_latency, has_response_times_alone_and_beside_a_writer) {
  const auto found = measurement<fakes::fault::none>(workloads::key_pool(200, 3)).run();
  EXPECT_EQ(found.n, 200U);
  EXPECT_GT(found.writes, 0U) << "the writer wrote";
  EXPECT_GT(found.reads, 0U);
  EXPECT_LE(found.reads, found.alone.size());
  EXPECT_LE(found.reads, found.written.size());
  for (const auto* const one : {&found.alone, &found.written}) {
    EXPECT_GT(one->percentile(0.5), 0);
    EXPECT_LE(one->percentile(0.5), one->percentile(0.999));
    EXPECT_LE(one->percentile(0.9999), one->max());
  }
  const harness::json written = harness::json_of(found);
  EXPECT_EQ(written.at("n"), 200);
  EXPECT_EQ(written.at("reads"), found.reads);
  EXPECT_EQ(written.at("written").at("max"), found.written.max());
  EXPECT_EQ(written.at("alone").size(), 6U);
}

TEST(read_latency, refuses_a_map_that_finds_another_value) {
  measurement<fakes::fault::wrong_value> wrong(workloads::key_pool(200, 3));
  EXPECT_THROW(wrong.run(), std::runtime_error);
}

TEST(read_latency, refuses_a_map_that_has_lost_entries) {
  measurement<fakes::fault::loses_inserts> wrong(workloads::key_pool(2000, 3));
  EXPECT_THROW(wrong.run(), std::runtime_error);
}

}  // namespace
