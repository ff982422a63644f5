// PAPI for real, on any machine: its software-defined events count what this test increments.
#include "harness/backends/papi.hpp"

#include <algorithm>

#include <sde_lib.h>

#include <gtest/gtest.h>

#include "harness/calibration/calibration.hpp"
#include "harness/counting/count.hpp"

namespace {

using namespace harness::backends;

long long ticks = 0, tocks = 0;

void register_counters() {
  static const bool once = [] {
    papi_handle_t handle = papi_sde_init("mapscope");
    papi_sde_register_counter(handle, "ticks", PAPI_SDE_RO | PAPI_SDE_DELTA, PAPI_SDE_long_long,
                              &ticks);
    papi_sde_register_counter(handle, "tocks", PAPI_SDE_RO | PAPI_SDE_DELTA, PAPI_SDE_long_long,
                              &tocks);
    return true;
  }();
  static_cast<void>(once);
}

const event& event_named(const backend& from, std::string_view name) {
  const auto& events = from.probe().events;
  return *std::find_if(events.begin(), events.end(), [&](auto& one) { return one.name == name; });
}

constexpr const char* tick_event = "sde:::mapscope::ticks";
constexpr const char* tock_event = "sde:::mapscope::tocks";
constexpr const char* tick_name = "sde_mapscope_ticks";
constexpr const char* tock_name = "sde_mapscope_tocks";

/// The group that counts `name`.
std::size_t group_of(backend& from, std::string_view name) {
  for (std::size_t group = 0; group < from.groups(); ++group) {
    from.enter();
    from.begin(group);
    from.end();
    for (const reading& one : from.take(1)) {
      if (one.event == name) return group;
    }
  }
  return from.groups();
}

TEST(papi, known_increments_read_back_exactly) {
  register_counters();
  const auto papi = make_papi({tick_event});
  ASSERT_TRUE(papi->available()) << papi->probe().reason;
  const std::size_t group = group_of(*papi, tick_name);
  ASSERT_LT(group, papi->groups());
  papi->enter();
  ticks += 5;  // outside of any region
  for (const long long increment : {12'345LL, 0LL, 1LL << 40}) {
    papi->begin(group);
    ticks += increment;
    papi->end();
    ticks += 7;
  }
  const auto readings = papi->take(1);
  EXPECT_EQ(readings.back().event, tick_name);
  EXPECT_EQ(readings.back().value, 12'345.0 + static_cast<double>(1LL << 40));
}

TEST(papi, readings_are_for_one_operation_and_taken_once) {
  register_counters();
  const auto papi = make_papi({tick_event, tock_event});
  const std::size_t group = group_of(*papi, tock_name);
  papi->enter();
  papi->begin(group);
  ticks += 30, tocks += 60;
  papi->end();
  const auto readings = papi->take(10);
  EXPECT_EQ(readings.back().event, tock_name);
  EXPECT_EQ(readings.back().value, 6.0);
  EXPECT_EQ(papi->take(10).back().value, 0.0);
}

TEST(papi, calibration_leaves_a_users_own_events_alone) {
  register_counters();
  const auto papi = make_papi({tick_event});
  harness::calibration::calibrate(*papi, geometry_of("zen4"));
  EXPECT_TRUE(papi->counts(tick_name)) << event_named(*papi, tick_name).reason;
}

TEST(papi, an_event_that_cannot_be_had_has_papis_reason) {
  const auto papi = make_papi({"no_such_event"});
  const event& unknown = event_named(*papi, "no_such_event");
  EXPECT_EQ(unknown.reason.rfind("add: ", 0), 0U) << unknown.reason;
  EXPECT_NE(unknown.reason.find("(-"), std::string::npos) << "with its number: " << unknown.reason;
  EXPECT_FALSE(papi->counts("no_such_event"));
}

TEST(papi, no_preset_is_offered_that_does_not_count) {
  const auto papi = make_papi({});
  EXPECT_EQ(papi->available(), papi->groups() > 0);
  EXPECT_FALSE(papi->probe().version.empty());
  if (!papi->available()) {
    EXPECT_NE(papi->probe().reason.find(papi->probe().version), std::string::npos)
        << papi->probe().reason;
    return;
  }
  harness::calibration::calibrate(*papi, geometry_of("zen4"));
  for (const event& one : papi->probe().events) {
    EXPECT_TRUE(one.reason.empty() || !papi->counts(one.name));
  }
}

/// A pass that ticks three times an operation, as a benchmark's own counting would see it.
class ticking final : public harness::fixture {
 public:
  void prepare() override { ticks += 1000; }
  void run() override { ticks += 3 * 5000; }
  std::uint64_t answer() const override { return 0; }
  std::uint64_t expected() const override { return 0; }
  std::size_t operations() const override { return 5000; }
  double payload_bytes() const override { return 8; }
  workloads::scanned slots() const override { return {}; }
  bool renew(std::uint64_t) override { return false; }
  void touch() override {}
  bool prepare_warms() const override { return false; }
};

TEST(papi, whole_passes_are_counted_and_nothing_between_them) {
  register_counters();
  const auto papi = make_papi({tick_event});
  const harness::variant what{"ticking", "shared", "", false, [](const harness::order&) {
                                return std::unique_ptr<harness::fixture>(new ticking);
                              }};
  std::size_t found = 0;
  for (const reading& one : harness::count(*papi, what, {.n = 1, .seed = 1}).readings) {
    if (one.event != tick_name) continue;
    EXPECT_EQ(one.value, 3.0);
    ++found;
  }
  EXPECT_EQ(found, 1U);
}

}  // namespace
