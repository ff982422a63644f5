#include "harness/backends/sim/simulator.hpp"

#include <cstdint>

#include <gtest/gtest.h>

#include "harness/backends/geometry.hpp"
#include "workloads/random.hpp"

namespace harness::backends::sim {
namespace {

constexpr std::uintptr_t heap = std::uintptr_t{1} << 40;  // nobody's: counts as heap

/// A simulator that records from the start.
struct recording : simulator {
  explicit recording(const char* processor = "zen4") : simulator(geometry_of(processor)) {
    reset();
    feed(true);
    record(true);
  }
  void load(std::uintptr_t at, std::size_t bytes = 8) { access(at, bytes, false); }
};

TEST(simulator, one_line_misses_once) {
  recording model;
  for (int i = 0; i < 1000; ++i) model.load(heap + 8 * (i % 8));
  EXPECT_EQ(model.counted().misses, (std::array<std::uint64_t, 3>{1, 1, 1}));
  EXPECT_EQ(model.counted().tlb_misses, (std::array<std::uint64_t, 2>{1, 1}));
  EXPECT_EQ(model.counted().loads, 1000U);
  EXPECT_EQ(model.counted().stores, 0U);
}

TEST(simulator, the_first_of_very_many_entries_are_not_simulated) {
  const geometry shape = geometry_of("zen4");
  recording model;
  const std::size_t lines = 2 * shape.caches.back().bytes / shape.line;
  model.entries_to_come(lines + 1);
  model.load(heap);
  EXPECT_EQ(model.counted().loads, 0U);
  model.entries_to_come(lines);
  model.load(heap);
  EXPECT_EQ(model.counted().loads, 1U);
  model.entries_to_come(2 * lines);
  model.load(heap);
  EXPECT_EQ(model.counted().loads, 1U);
  model.reset();
  model.feed(true);
  model.record(true);
  model.load(heap);
  EXPECT_EQ(model.counted().loads, 1U);
}

TEST(simulator, what_is_not_simulated_leaves_nothing_behind) {
  constexpr std::size_t entries = 2'000'000;
  recording whole, part;
  workloads::random_source random(1);
  for (recording* model : {&whole, &part}) model->record(false);
  for (std::size_t left = entries; left > 0; --left) {
    const std::uintptr_t at = heap + 64 * random.below(entries);
    part.entries_to_come(left);
    for (recording* model : {&whole, &part}) model->load(at);
  }
  for (recording* model : {&whole, &part}) model->record(true);
  for (int i = 0; i < 10'000; ++i) {
    const std::uintptr_t at = heap + 64 * random.below(entries);
    for (recording* model : {&whole, &part}) model->load(at);
  }
  EXPECT_EQ(part.counted().misses, whole.counted().misses);
  EXPECT_EQ(part.counted().tlb_misses, whole.counted().tlb_misses);
  EXPECT_GT(whole.counted().misses[2], 5'000U);
  EXPECT_LT(whole.counted().misses[2], 9'000U);
}

TEST(simulator, an_access_that_straddles_counts_two_lines_and_is_one_access) {
  recording model;
  model.load(heap + 60, 8);
  EXPECT_EQ(model.counted().misses[0], 2U);
  EXPECT_EQ(model.counted().miss_accesses[0], 1U);
  EXPECT_EQ(model.counted().loads, 1U);
  model.operation_done();
  EXPECT_EQ(model.lines().sum(), 2U);
  EXPECT_EQ(model.heap_lines().most(), 2U);
}

TEST(simulator, a_straddling_access_of_which_one_half_is_there_still_misses) {
  recording model;
  model.load(heap, 8);
  model.load(heap + 60, 8);
  EXPECT_EQ(model.counted().misses[0], 2U);
  EXPECT_EQ(model.counted().miss_accesses[0], 2U);
}

TEST(simulator, reading_in_order_misses_each_line_and_page_once_whatever_the_processor) {
  for (std::string_view name : geometry_names()) {
    if (name == "host") continue;
    const geometry shape = geometry_of(name);
    recording model(std::string(name).c_str());
    const std::size_t bytes = 4 * shape.page;
    for (std::size_t at = 0; at < bytes; at += 8) model.load(heap + at);
    const std::uint64_t lines = bytes / shape.line;
    EXPECT_EQ(model.counted().misses, (std::array{lines, lines, lines})) << name;
    EXPECT_EQ(model.counted().tlb_misses[1], 4U) << name;
  }
}

TEST(simulator, a_loop_that_is_one_line_too_long_for_the_first_cache_misses_it_always) {
  const geometry shape = geometry_of("zen4");
  for (const std::size_t more : {0U, 1U}) {
    recording model;
    const std::size_t ways = shape.caches[0].ways + more;
    const std::size_t stride = shape.caches[0].bytes / shape.caches[0].ways;
    for (std::size_t round = 0; round < 10; ++round) {
      for (std::size_t i = 0; i < ways; ++i) model.load(heap + i * stride);
    }
    EXPECT_EQ(model.counted().misses[0], more == 0 ? ways : 10 * ways);
    EXPECT_EQ(model.counted().misses[1], ways);
  }
}

TEST(simulator, distinct_lines_are_those_of_each_operation) {
  recording model;
  for (std::size_t lines = 1; lines <= 100; ++lines) {
    for (std::size_t i = 0; i < lines; ++i)
      model.load(heap + 64 * i), model.load(heap + 64 * i + 8);
    model.operation_done();
  }
  EXPECT_EQ(model.lines().operations(), 100U);
  EXPECT_EQ(model.lines().sum(), 5050U);
  EXPECT_EQ(model.lines().p99(), 99U);
  EXPECT_EQ(model.lines().most(), 100U);
  EXPECT_EQ(model.pass_lines(), 100U);
}

TEST(simulator, the_stream_misses_but_is_none_of_the_lines) {
  recording model;
  alignas(64) static char stream[128], header[64];
  model.mark(stream, sizeof stream, region::stream);
  model.mark(header, sizeof header, region::header);
  const auto address = [](char* at) { return reinterpret_cast<std::uintptr_t>(at); };
  model.load(address(stream));
  model.load(address(header));
  model.load(address(stream + 64));
  model.load(heap);
  int local = 0;
  model.load(reinterpret_cast<std::uintptr_t>(&local), 4);
  model.load(reinterpret_cast<std::uintptr_t>(&geometry_of), 1);
  model.operation_done();
  EXPECT_EQ(model.counted().stream_misses[0], 2U);
  EXPECT_EQ(model.counted().misses[0], 6U);
  EXPECT_EQ(model.lines().sum(), 4U);
  EXPECT_EQ(model.lines_in(region::heap), 1U);
  EXPECT_EQ(model.lines_in(region::header), 1U);
  EXPECT_EQ(model.lines_in(region::image), 1U);
#if !defined(__SANITIZE_ADDRESS__)  // which keeps locals in memory of its own
  EXPECT_EQ(model.lines_in(region::stack), 1U);
#endif
}

TEST(simulator, a_map_object_inside_a_workload_stays_a_map_object) {
  recording model;
  alignas(64) static char workload[192];
  model.mark(workload + 64, 64, region::header);
  model.mark(workload, sizeof workload, region::stream);
  model.load(reinterpret_cast<std::uintptr_t>(workload) + 64);
  model.load(reinterpret_cast<std::uintptr_t>(workload) + 128);
  model.operation_done();
  EXPECT_EQ(model.lines_in(region::header), 1U);
  EXPECT_EQ(model.lines().sum(), 1U);
}

TEST(simulator, what_is_not_recorded_still_fills_the_caches) {
  recording model;
  model.record(false);
  model.load(heap);
  model.record(true);
  model.load(heap);
  model.operation_done();
  EXPECT_EQ(model.counted().misses[0], 0U);
  EXPECT_EQ(model.lines().sum(), 1U) << "a line is touched though it does not miss";
  model.flush();
  model.load(heap);
  EXPECT_EQ(model.counted().misses[2], 1U);
}

TEST(simulator, a_block_is_an_access_for_16_bytes_and_misses_by_the_line) {
  recording model;
  model.block(heap + 8, 100, true);
  EXPECT_EQ(model.counted().stores, 7U);
  EXPECT_EQ(model.counted().misses[0], 2U);
  model.block(heap, 0, true);
  EXPECT_EQ(model.counted().stores, 7U);
}

}  // namespace
}  // namespace harness::backends::sim
