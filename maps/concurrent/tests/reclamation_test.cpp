// What is replaced or erased ends when nobody can read it any more: not before, and not never.
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include <urcu/urcu-memb.h>

#include "subjects.hpp"

namespace {

using namespace concurrent_test;
using concurrent::reclamation::barrier;

/// How many operations retire more than some chunks of reclamation.hpp hold.
constexpr std::uint64_t many = 2'000;

/// A number that counts how many of its kind live, and notices to be read after its end.
class counted {
 public:
  counted(std::uint64_t number) : number_(number) { ++live_; }
  counted(const counted& other) : counted(other.number_) {}
  counted& operator=(const counted& other) = default;
  ~counted() {
    alive_ = 0;
    --live_;
  }
  bool operator==(const counted& other) const { return number_ == other.number_; }

  bool is_alive() const { return alive_ == alive; }
  static long live() { return live_; }

 private:
  static constexpr std::uint64_t alive = 0x600D'600D'600D'600D;
  static inline std::atomic<long> live_ = 0;
  std::uint64_t number_;
  volatile std::uint64_t alive_ = alive;  // or the last store would be left out
};

template <class Map>
long entries_of(Map& map) {
  long entries = 0;
  map.for_each([&](std::uint64_t, const counted&) { ++entries; });
  return entries;
}

void wait_for(const std::atomic<bool>& flag) {
  while (!flag) std::this_thread::yield();
}

/// Until every grace period that was asked for so far is over: liburcu keeps their order.
/// urcu_memb_barrier() does the same, and ThreadSanitizer takes its memory for a race.
void wait_for_grace_periods() {
  struct marker : rcu_head {
    std::atomic<bool> is_over = false;
  } last;
  {
    const concurrent::reclamation::read_guard registers_this_thread;
  }
  concurrent::reclamation::detail::annotate_release(&last);
  urcu_memb_call_rcu(&last, [](rcu_head* head) {
    concurrent::reclamation::detail::annotate_acquire(head);
    static_cast<marker*>(head)->is_over = true;
  });
  wait_for(last.is_over);
}

template <class Map>
class reclamation : public ::testing::Test {
 protected:
  ~reclamation() override {
    barrier();
    EXPECT_EQ(counted::live(), 0) << "of all maps, once they have ended";
  }
};
using subjects = maps_of<std::uint64_t, counted>::reclaiming;
TYPED_TEST_SUITE(reclamation, subjects);

/// Another thread visits key 0 while `change` takes its value out of the map, which must not end as
/// long as the visit lasts, whatever else is freed.
template <class Map, class Change>
void expect_alive_while_visited(Change change) {
  Map map;
  map.store(0, 0);
  std::atomic<bool> is_visiting = false, is_changed = false;
  std::thread reader([&] {
    map.visit(0, [&](const counted& value) {
      is_visiting = true;
      wait_for(is_changed);
      EXPECT_TRUE(value.is_alive());
    });
  });
  wait_for(is_visiting);
  change(map);
  for (std::uint64_t i = 0; i < many; ++i) map.store(1, i);
  is_changed = true;
  reader.join();
  barrier();
  EXPECT_EQ(counted::live(), entries_of(map));
}

TYPED_TEST(reclamation, an_erased_value_ends_after_its_visit) {
  expect_alive_while_visited<TypeParam>([](TypeParam& map) { map.erase(0); });
}

TYPED_TEST(reclamation, a_deleted_value_ends_after_its_visit) {
  expect_alive_while_visited<TypeParam>([](TypeParam& map) { map.load_and_delete(0); });
}

TYPED_TEST(reclamation, a_replaced_value_ends_after_its_visit) {
  expect_alive_while_visited<TypeParam>([](TypeParam& map) { map.store(0, 1); });
}

TYPED_TEST(reclamation, a_swapped_value_ends_after_its_visit) {
  expect_alive_while_visited<TypeParam>([](TypeParam& map) { map.compare_and_swap(0, 0, 1); });
}

TYPED_TEST(reclamation, a_value_deleted_if_equal_ends_after_its_visit) {
  expect_alive_while_visited<TypeParam>([](TypeParam& map) { map.compare_and_delete(0, 0); });
}

TYPED_TEST(reclamation, a_cleared_value_ends_after_its_visit) {
  expect_alive_while_visited<TypeParam>([](TypeParam& map) { map.clear(); });
}

/// Without a section the tests above pass as well, as long as no grace period ends meanwhile.
TYPED_TEST(reclamation, functions_are_called_inside_of_a_read_section) {
  TypeParam map;
  map.store(0, 0);
  map.for_each([](auto&&...) {});  // in a go_sync_map, what is new is looked up with a lock
  int calls = 0;
  const auto expect_section = [&](auto&&...) {
    EXPECT_TRUE(urcu_memb_read_ongoing());
    ++calls;
    return true;
  };
  map.visit(0, expect_section);
  map.range(expect_section);
  map.for_each(expect_section);
  EXPECT_EQ(calls, 3);
  EXPECT_FALSE(urcu_memb_read_ongoing());
}

TYPED_TEST(reclamation, as_many_values_live_as_there_are_entries) {
  TypeParam map;
  for (const std::uint64_t keys : {5U, 300U}) {
    together(4, [&](std::size_t t) {
      random_stream random(t);
      for (std::uint64_t i = 0; i < many; ++i) {
        const std::uint64_t k = random.below(keys);
        switch (random.below(8)) {
          case 0: map.store(k, i); break;
          case 1: map.swap(k, i); break;
          case 2: map.load_or_store(k, i); break;
          case 3: map.erase(k); break;
          case 4: map.load_and_delete(k); break;
          case 5: map.compare_and_swap(k, i - 1, i); break;
          case 6: map.compare_and_delete(k, i - 1); break;
          default: map.load(k);
        }
      }
    });
    barrier();  // those threads have ended, and left to others what they retired
    EXPECT_EQ(counted::live(), entries_of(map));
  }
  for (std::uint64_t k = 0; k < 300; ++k) map.erase(k);
  barrier();
  EXPECT_EQ(counted::live(), 0);
  for (std::uint64_t k = 0; k < 300; ++k) map.insert(k, k);
  map.clear();
  barrier();
  EXPECT_EQ(counted::live(), 0);
}

TYPED_TEST(reclamation, a_thread_that_goes_on_does_not_collect_without_end) {
  TypeParam map;
  std::atomic<long> most = 0;
  together(1, [&](std::size_t) {
    for (std::uint64_t i = 0; i < many; ++i) {
      map.store(0, i);
      // What is left then is in the chunks that this thread has not asked for yet.
      if (i % 100 == 0) wait_for_grace_periods();
      most = std::max(most.load(), counted::live());
    }
  });
  EXPECT_LT(most.load(), 1'000);
}

TYPED_TEST(reclamation, a_range_may_change_the_map) {
  constexpr std::uint64_t keys = 500;
  TypeParam map;
  for (std::uint64_t k = 0; k < keys; ++k) map.store(k, k);
  std::map<std::uint64_t, int> passed;
  map.range([&](std::uint64_t k, const counted& value) {
    map.erase(k);
    if (k < keys) map.store(keys + k, k);
    ++passed[k];
    EXPECT_TRUE(value.is_alive());
    return true;
  });
  for (const auto& [k, times] : passed) EXPECT_EQ(times, 1) << k;
  for (std::uint64_t k = 0; k < keys; ++k) {
    EXPECT_TRUE(passed.contains(k)) << k;
    EXPECT_FALSE(map.load(k)) << k;
  }
}

TYPED_TEST(reclamation, a_range_may_take_a_lock_that_is_held_while_another_thread_stores) {
  TypeParam map;
  map.store(0, 0);
  std::mutex of_the_program;
  std::atomic<bool> is_ranging = false, is_locked = false;
  std::thread writer([&] {
    wait_for(is_ranging);
    const std::lock_guard lock(of_the_program);
    is_locked = true;
    for (std::uint64_t i = 0; i < many; ++i) {
      map.store(1, i);
      map.erase(1);
    }
  });
  map.range([&](std::uint64_t, const counted&) {
    is_ranging = true;
    wait_for(is_locked);
    const std::lock_guard lock(of_the_program);  // never, if the writer waited for this range
    return true;
  });
  writer.join();
  EXPECT_FALSE(map.load(1));
}

/// Notes in memory of its own that it has ended.
class notes_its_end {
 public:
  explicit notes_its_end(int* ended) : ended_(ended) {}
  notes_its_end(notes_its_end&& other) noexcept : ended_(std::exchange(other.ended_, nullptr)) {}
  notes_its_end(const notes_its_end& other) : ended_(other.ended_) {}
  notes_its_end& operator=(const notes_its_end&) = delete;
  ~notes_its_end() {
    if (ended_ != nullptr) ++*ended_;
  }

 private:
  int* ended_;
};

TEST(barrier_of_reclamation, is_after_all_that_destructors_did) {
  for (int round = 0; round < 20; ++round) {
    std::array<int, 100> ended{};
    concurrent::hash_trie_map<std::uint64_t, notes_its_end> map;
    for (std::size_t i = 0; i < ended.size(); ++i) map.insert(i, notes_its_end(&ended[i]));
    ended.fill(0);
    together(1, [&](std::size_t) {
      for (std::size_t i = 0; i < ended.size(); ++i) map.erase(i);
    });
    barrier();
    for (const int times : ended) EXPECT_EQ(times, 1);
  }
}

using log_map = concurrent::go_sync_map<std::uint64_t, std::uint64_t>;

/// Writes to another map where it ends, so that freeing retires.
template <std::uint64_t Stores>
class writes_at_its_end {
 public:
  writes_at_its_end(log_map& log) : log_(&log) {}
  writes_at_its_end(const writes_at_its_end&) = default;
  writes_at_its_end& operator=(const writes_at_its_end&) = default;
  ~writes_at_its_end() {
    for (std::uint64_t i = 0; i < Stores; ++i) log_->store(i % 7, i);
  }

 private:
  log_map* log_;
};

/// Frees in this thread, in the one that ends, and in that of liburcu.
template <class Map>
void free_values_that_write() {
  log_map log;
  for (const bool is_over : {false, true}) {
    together(2, [&](std::size_t) {
      Map map;
      for (std::uint64_t i = 0; i < 600; ++i) map.store(0, log);
      if (is_over) wait_for_grace_periods();  // what was retired needs no more waiting
    });
    barrier();
  }
  EXPECT_TRUE(log.load(0));
}

TEST(reclamation_of_values_that_write, one_entry_each) {
  free_values_that_write<concurrent::go_sync_map<std::uint64_t, writes_at_its_end<1>>>();
  free_values_that_write<concurrent::hash_trie_map<std::uint64_t, writes_at_its_end<1>>>();
}

TEST(reclamation_of_values_that_write, more_than_a_chunk_each) {
  free_values_that_write<concurrent::hash_trie_map<std::uint64_t, writes_at_its_end<100>>>();
}

}  // namespace
