// The checker itself: it accepts what is right and rejects each kind of what is wrong.
#include "linearizability.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace concurrent_test;

struct interval {
  std::uint64_t called, returned;
};

event make_event(interval when, operation what, std::uint64_t argument = 0) {
  event e;
  e.what = what;
  e.argument = argument;
  e.called = when.called;
  e.returned = when.returned;
  return e;
}

event store(interval when, std::uint64_t v) { return make_event(when, operation::store, v); }

event load(interval when, key_state found) {
  event e = make_event(when, operation::load);
  e.result_value = found;
  return e;
}

event swap(interval when, std::uint64_t v, key_state previous) {
  event e = make_event(when, operation::swap, v);
  e.result_value = previous;
  return e;
}

event load_or_store(interval when, std::uint64_t v, std::uint64_t actual, bool loaded) {
  event e = make_event(when, operation::load_or_store, v);
  e.result_value = actual;
  e.result = loaded;
  return e;
}

event insert(interval when, std::uint64_t v, bool is_new) {
  event e = make_event(when, operation::insert, v);
  e.result = is_new;
  return e;
}

event erase(interval when, bool was_there) {
  event e = make_event(when, operation::erase);
  e.result = was_there;
  return e;
}

event load_and_delete(interval when, key_state deleted) {
  event e = make_event(when, operation::load_and_delete);
  e.result_value = deleted;
  return e;
}

event compare_and_swap(interval when, std::uint64_t old_value, std::uint64_t v, bool swapped) {
  event e = make_event(when, operation::compare_and_swap, v);
  e.old_value = old_value;
  e.result = swapped;
  return e;
}

event compare_and_delete(interval when, std::uint64_t old_value, bool deleted) {
  event e = make_event(when, operation::compare_and_delete);
  e.old_value = old_value;
  e.result = deleted;
  return e;
}

TEST(linearizability, accepts_an_empty_history) { EXPECT_TRUE(is_linearizable({})); }

TEST(linearizability, accepts_each_operation_in_sequence) {
  EXPECT_TRUE(is_linearizable({
      load({0, 1}, std::nullopt),
      insert({2, 3}, 1, true),
      insert({4, 5}, 2, false),
      load({6, 7}, 1),
      store({8, 9}, 3),
      swap({10, 11}, 4, 3),
      load_or_store({12, 13}, 5, 4, true),
      compare_and_swap({14, 15}, 9, 5, false),
      compare_and_swap({16, 17}, 4, 6, true),
      compare_and_delete({18, 19}, 4, false),
      compare_and_delete({20, 21}, 6, true),
      load_or_store({22, 23}, 7, 7, false),
      load_and_delete({24, 25}, 7),
      erase({26, 27}, false),
      swap({28, 29}, 8, std::nullopt),
      make_event({30, 31}, operation::clear),
      load_and_delete({32, 33}, std::nullopt),
  }));
}

// Each operation returns what no state of its moment would let it return.
TEST(linearizability, rejects_each_operation_that_returns_something_else) {
  const event before = store({0, 1}, 1);
  EXPECT_FALSE(is_linearizable({before, load({2, 3}, std::nullopt)}));
  EXPECT_FALSE(is_linearizable({before, load({2, 3}, 2)}));
  EXPECT_FALSE(is_linearizable({before, swap({2, 3}, 5, std::nullopt)}));
  EXPECT_FALSE(is_linearizable({before, load_or_store({2, 3}, 5, 5, false)}));
  EXPECT_FALSE(is_linearizable({before, load_or_store({2, 3}, 5, 5, true)}));
  EXPECT_FALSE(is_linearizable({before, insert({2, 3}, 5, true)}));
  EXPECT_FALSE(is_linearizable({before, load_and_delete({2, 3}, std::nullopt)}));
  EXPECT_FALSE(is_linearizable({before, erase({2, 3}, false)}));
  EXPECT_FALSE(is_linearizable({before, compare_and_swap({2, 3}, 1, 5, false)}));
  EXPECT_FALSE(is_linearizable({before, compare_and_swap({2, 3}, 2, 5, true)}));
  EXPECT_FALSE(is_linearizable({before, compare_and_delete({2, 3}, 1, false)}));
  EXPECT_FALSE(is_linearizable({before, compare_and_delete({2, 3}, 2, true)}));
  EXPECT_FALSE(is_linearizable({insert({0, 1}, 1, false)}));
  EXPECT_FALSE(is_linearizable({load_or_store({0, 1}, 1, 1, true)}));
  EXPECT_FALSE(is_linearizable({erase({0, 1}, true)}));
}

// And each leaves behind what it says.
TEST(linearizability, rejects_a_state_that_the_operation_does_not_leave) {
  const event before = store({0, 1}, 1);
  EXPECT_FALSE(is_linearizable({before, swap({2, 3}, 2, 1), load({4, 5}, 1)}));
  EXPECT_FALSE(is_linearizable({before, load_or_store({2, 3}, 2, 1, true), load({4, 5}, 2)}));
  EXPECT_FALSE(is_linearizable({before, insert({2, 3}, 2, false), load({4, 5}, 2)}));
  EXPECT_FALSE(is_linearizable({before, load_and_delete({2, 3}, 1), load({4, 5}, 1)}));
  EXPECT_FALSE(is_linearizable({before, erase({2, 3}, true), load({4, 5}, 1)}));
  EXPECT_FALSE(is_linearizable({before, compare_and_swap({2, 3}, 1, 2, true), load({4, 5}, 1)}));
  EXPECT_FALSE(is_linearizable({before, compare_and_swap({2, 3}, 3, 2, false), load({4, 5}, 2)}));
  EXPECT_FALSE(is_linearizable({before, compare_and_delete({2, 3}, 1, true), load({4, 5}, 1)}));
  EXPECT_FALSE(is_linearizable({before, make_event({2, 3}, operation::clear), load({4, 5}, 1)}));
}

TEST(linearizability, starts_from_the_state_that_is_given) {
  EXPECT_TRUE(is_linearizable({load({0, 1}, 7)}, 7));
  EXPECT_FALSE(is_linearizable({load({0, 1}, std::nullopt)}, 7));
}

TEST(linearizability, accepts_either_result_of_a_load_that_overlaps_a_store) {
  EXPECT_TRUE(is_linearizable({store({0, 3}, 1), load({1, 2}, std::nullopt)}));
  EXPECT_TRUE(is_linearizable({store({0, 3}, 1), load({1, 2}, 1)}));
  EXPECT_TRUE(is_linearizable({store({0, 2}, 1), load({1, 3}, std::nullopt)}));
}

TEST(linearizability, rejects_a_stale_read) {
  EXPECT_FALSE(is_linearizable({store({0, 1}, 1), store({2, 3}, 2), load({4, 5}, 1)}));
}

TEST(linearizability, rejects_a_new_value_and_then_the_old_one) {
  EXPECT_FALSE(is_linearizable({store({0, 9}, 1), load({1, 2}, 1), load({3, 4}, std::nullopt)}));
}

TEST(linearizability, rejects_a_lost_update) {
  EXPECT_TRUE(is_linearizable({compare_and_swap({0, 2}, 1, 2, true),
                               compare_and_swap({1, 3}, 1, 2, false), load({4, 5}, 2)},
                              1));
  EXPECT_FALSE(is_linearizable(
      {compare_and_swap({0, 2}, 1, 2, true), compare_and_swap({1, 3}, 1, 2, true), load({4, 5}, 2)},
      1));
  EXPECT_FALSE(is_linearizable({swap({0, 2}, 1, std::nullopt), swap({1, 3}, 2, std::nullopt)}));
}

TEST(linearizability, rejects_a_double_delete) {
  EXPECT_TRUE(is_linearizable({erase({0, 2}, true), erase({1, 3}, false)}, 1));
  EXPECT_FALSE(is_linearizable({erase({0, 2}, true), erase({1, 3}, true)}, 1));
}

TEST(linearizability, rejects_a_double_insert) {
  EXPECT_FALSE(is_linearizable({insert({0, 2}, 1, true), insert({1, 3}, 2, true)}));
}

TEST(linearizability, goes_back_from_a_choice_that_leads_nowhere) {
  // The store of 1 must come second, though it was called first.
  EXPECT_TRUE(is_linearizable(
      {store({0, 9}, 1), store({1, 2}, 2), load({3, 4}, 2), load({5, 6}, 1), load({7, 8}, 1)}));
  EXPECT_FALSE(is_linearizable(
      {store({0, 9}, 1), store({1, 2}, 2), load({3, 4}, 1), load({5, 6}, 2), load({7, 8}, 1)}));
}

TEST(linearizability, takes_as_many_operations_as_it_says) {
  // All overlap, and half of them have the same effect: without memory the search does not end.
  std::vector<event> history;
  for (std::uint64_t i = 0; i < longest_history / 2; ++i) {
    history.push_back(store({i, 1'000 + i}, 1));
    history.push_back(load({i, 1'000 + i}, 1));
  }
  EXPECT_TRUE(is_linearizable(history));
  history.back().result_value = 2;
  for (std::size_t i = 8; i < history.size(); ++i) {
    history[i].called += 10'000;
    history[i].returned = history[i].called + 1;
  }
  EXPECT_FALSE(is_linearizable(history));
}

TEST(linearizability, says_what_happened) {
  EXPECT_EQ(to_text({load({4, 5}, 1), store({0, 1}, 1)}),
            "[0, 1] store(0, 1, old 0) = none, false\n[4, 5] load(0, 0, old 0) = 1, false\n");
}

TEST(recorder, numbers_calls_and_returns) {
  recorder log;
  const event first =
      log.record(make_event({}, operation::insert), [](event& e) { e.result = true; });
  const event second = log.record(make_event({}, operation::erase), [](event&) {});
  EXPECT_TRUE(first.result);
  EXPECT_EQ(first.called, 0U);
  EXPECT_EQ(first.returned, 1U);
  EXPECT_EQ(second.called, 2U);
  EXPECT_EQ(second.returned, 3U);
}

}  // namespace
