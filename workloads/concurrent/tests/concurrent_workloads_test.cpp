// Each workload accepts a map that is right, whatever the number of threads, and refuses one that
// loses or invents something.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mapscope/concurrent_registry.hpp"
#include "workloads/concurrent/tests/fake_maps.hpp"
#include "workloads/payload.hpp"

namespace {

using fakes::fault;
using workloads::crowd;
using workloads::key_pool;

struct scope {};

/// Whether every answer of some passes is the expected one.
template <class Payload, fault Fault = fault::none>
bool is_right(std::string_view name, std::size_t threads, std::size_t n) {
  using map = fakes::map<workloads::key_of<Payload>, workloads::value_of<Payload>, Fault>;
  bool right = true;
  workloads::with_concurrent_class<map, Payload, scope>(name, [&]<class Workload>() {
    std::shared_ptr<void> shared;
    Workload work(key_pool(n, 7), crowd{name, threads, 7, {}, false, 2000}, shared);
    for (int pass = 0; pass < 3; ++pass) {
      work.prepare();
      work.run();
      right = right && work.answer() == work.expected();
    }
    EXPECT_GE(work.operations(), threads) << name;
    EXPECT_FALSE(Workload::summary_of(name).empty()) << name;
  });
  return right;
}

TEST(concurrent_workloads, are_right_with_any_number_of_threads) {
  for (const std::string_view name : workloads::concurrent_names) {
    for (const std::size_t threads : {1U, 2U, 4U}) {
      EXPECT_TRUE((is_right<workloads::int_int>(name, threads, 1000)))
          << name << " with " << threads << " threads";
    }
  }
}

TEST(concurrent_workloads, are_right_at_sizes_that_no_thread_count_divides) {
  for (const std::string_view name : workloads::concurrent_names) {
    for (const std::size_t n : {4U, 7U, 1023U}) {
      EXPECT_TRUE((is_right<workloads::int_int>(name, 4, n))) << name << " n = " << n;
    }
  }
}

TEST(concurrent_workloads, are_right_on_strings) {
  for (const std::string_view name : workloads::concurrent_names) {
    EXPECT_TRUE((is_right<workloads::string_string>(name, 2, 100))) << name;
  }
}

template <fault Fault>
std::set<std::string> refusing(std::size_t threads) {
  std::set<std::string> found;
  for (const std::string_view name : workloads::concurrent_names) {
    if (!is_right<workloads::int_int, Fault>(name, threads, 1000)) found.emplace(name);
  }
  return found;
}

TEST(concurrent_workloads, refuse_a_map_that_loses_inserts) {
  for (const std::size_t threads : {1U, 2U}) {
    const auto found = refusing<fault::loses_inserts>(threads);
    for (const char* const name : {"mixed_10_uniform_shared", "mixed_50_zipf_disjoint", "fill"}) {
      EXPECT_TRUE(found.contains(name)) << name << " with " << threads << " threads";
    }
  }
}

TEST(concurrent_workloads, refuse_a_map_that_keeps_what_is_erased) {
  for (const std::size_t threads : {1U, 2U}) {
    const auto found = refusing<fault::keeps_erased>(threads);
    for (const char* const name : {"mixed_50_uniform_shared", "mixed_50_zipf_disjoint"}) {
      EXPECT_TRUE(found.contains(name)) << name << " with " << threads << " threads";
    }
  }
}

TEST(concurrent_workloads, refuse_a_map_that_finds_another_value) {
  for (const std::size_t threads : {1U, 2U}) {
    const auto found = refusing<fault::wrong_value>(threads);
    for (const char* const name : {"mixed_0_uniform_shared", "mixed_0_zipf_disjoint", "fill"}) {
      EXPECT_TRUE(found.contains(name)) << name << " with " << threads << " threads";
    }
  }
}

TEST(concurrent_workloads, refuse_a_map_whose_iteration_skips_an_entry) {
  for (const std::size_t threads : {1U, 2U}) {
    const auto found = refusing<fault::skips_entry>(threads);
    for (const char* const name : {"range_written", "go_range"}) {
      EXPECT_TRUE(found.contains(name)) << name << " with " << threads << " threads";
    }
  }
}

TEST(concurrent_workloads, refuse_fewer_keys_than_threads) {
  using map = fakes::map<std::uint64_t, std::uint64_t>;
  std::shared_ptr<void> shared;
  const crowd many{"mixed_10_uniform_disjoint", 4, 1, {}, false, 10};
  EXPECT_THROW((workloads::mixed<map, workloads::int_int, scope>(key_pool(1, 1), many, shared)),
               workloads::inapplicable);
}

TEST(concurrent_workloads, leave_out_a_map_that_would_copy_itself_for_minutes) {
  using map = fakes::map<std::uint64_t, std::uint64_t>;
  using mixed = workloads::mixed<map, workloads::int_int, scope>;
  using fill = workloads::fill_together<map, workloads::int_int, scope>;
  std::shared_ptr<void> shared;
  const crowd written{"mixed_50_uniform_shared", 1, 1, {}, true, 10'000};
  EXPECT_THROW((mixed(key_pool(100'000, 1), written, shared)), workloads::inapplicable);
  EXPECT_NO_THROW((mixed(key_pool(1000, 1), written, shared)));
  shared = nullptr;
  const crowd usual{"mixed_50_uniform_shared", 1, 1, {}, true};
  EXPECT_EQ(mixed(key_pool(10'000, 1), usual, shared).operations(), 400U) << "of 16,384";
  shared = nullptr;
  const crowd read{"mixed_0_uniform_shared", 1, 1, {}, true, 10'000};
  EXPECT_NO_THROW((mixed(key_pool(100'000, 1), read, shared)));
  EXPECT_THROW((fill(key_pool(100'000, 1), crowd{"fill", 1, 1, {}, true}, shared)),
               workloads::inapplicable);
}

TEST(concurrent_workloads, say_where_a_map_cannot_iterate_while_it_is_written) {
  using payload = workloads::int_int;
  using map = fakes::map<std::uint64_t, std::uint64_t>;
  std::shared_ptr<void> shared;
  const crowd two{"range_written", 2, 1, "not while others write"};
  EXPECT_THROW((workloads::range_written<map, payload, scope>(key_pool(10, 1), two, shared)),
               workloads::inapplicable);
  const crowd alone{"range_written", 1, 1, "not while others write"};
  EXPECT_NO_THROW((workloads::range_written<map, payload, scope>(key_pool(10, 1), alone, shared)));
}

}  // namespace
