#include "harness/latency/open_loop.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace harness::latency {
namespace {

TEST(OpenLoop, WithoutAQueueResponseIsService) {
  const std::vector<float> service(1000, 10);
  const auto responses = replay(service, {arrivals::fixed, 100, 1});
  EXPECT_EQ(responses.size(), 1000U);
  EXPECT_EQ(responses.max(), 10);
}

TEST(OpenLoop, AStallIsWaitedForByAllWhoComeMeanwhile) {
  std::vector<float> service(1000, 10);
  service[100] = 10'000;  // a hundred arrivals
  const auto responses = replay(service, {arrivals::fixed, 100, 1});
  std::uint64_t waiting = 0;
  responses.for_each([&](double ns, std::uint64_t count) { waiting += ns > 10.5 ? count : 0; });
  EXPECT_EQ(responses.max(), 10'000);
  EXPECT_EQ(waiting, 111U);  // they are served ten times as fast as they come
}

/// The same from the times at which each comes and goes.
TEST(OpenLoop, AgreesWithAnEventByEventSimulation) {
  workloads::random_source random(5);
  std::vector<float> service;
  for (int i = 0; i < 5000; ++i) service.push_back(static_cast<float>(random.below(300)));
  for (const arrivals kind : {arrivals::fixed, arrivals::poisson}) {
    arrival_stream gaps(kind, 160, 9);
    double arrival = 0, free_at = 0, sum = 0, most = 0;
    for (const float ns : service) {
      free_at = std::max(free_at, arrival) + static_cast<double>(ns);
      sum += free_at - arrival;
      most = std::max(most, free_at - arrival);
      arrival += gaps.next();
    }
    const auto responses = replay(service, {kind, 160, 9});
    EXPECT_NEAR(responses.total(), sum, sum * 1e-9);
    EXPECT_NEAR(responses.max(), most, most * 1e-9);
  }
}

TEST(OpenLoop, PoissonArrivalsHaveTheirMean) {
  arrival_stream gaps(arrivals::poisson, 1000, 2);
  double sum = 0;
  for (int i = 0; i < 200'000; ++i) sum += gaps.next();
  EXPECT_NEAR(sum / 200'000, 1000, 10);
}

}  // namespace
}  // namespace harness::latency
