#include "workloads/concurrent/thread_team.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <set>
#include <thread>
#include <vector>

namespace {

struct counting_scope {
  counting_scope() { ++entered; }
  ~counting_scope() { ++left; }
  static inline std::atomic<int> entered = 0, left = 0;
};

TEST(thread_team, calls_every_place_once_a_pass) {
  for (const std::size_t size : {1U, 2U, 3U, 8U}) {
    workloads::thread_team<int> team(size);
    EXPECT_EQ(team.size(), size);
    std::vector<std::atomic<int>> calls(size);
    auto count = [&](std::size_t place) { ++calls[place]; };
    for (int pass = 1; pass <= 50; ++pass) {
      team.gather();
      team.run(count);
      for (const auto& one : calls) EXPECT_EQ(one.load(), pass);
    }
  }
}

TEST(thread_team, runs_all_places_at_the_same_time) {
  workloads::thread_team<int> team(4);
  std::atomic<int> arrived = 0;
  auto meet = [&](std::size_t) {
    ++arrived;
    while (arrived.load() < 4) std::this_thread::yield();
  };
  team.gather();
  team.run(meet);
  EXPECT_EQ(arrived.load(), 4);
}

TEST(thread_team, makes_the_first_call_in_the_calling_thread) {
  workloads::thread_team<int> team(3);
  std::vector<std::thread::id> ids(3);
  auto note = [&](std::size_t place) { ids[place] = std::this_thread::get_id(); };
  team.gather();
  team.run(note);
  EXPECT_EQ(ids[0], std::this_thread::get_id());
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 3U);
}

TEST(thread_team, gives_each_thread_a_scope_until_it_ends) {
  std::thread([] {
    workloads::thread_team<counting_scope> team(4);
    team.gather();
    auto nothing = [](std::size_t) {};
    team.run(nothing);
    EXPECT_EQ(counting_scope::entered.load(), 4);
  }).join();
  EXPECT_EQ(counting_scope::left.load(), 4);
}

TEST(thread_team, ends_without_having_run) { workloads::thread_team<int> team(4); }

}  // namespace
