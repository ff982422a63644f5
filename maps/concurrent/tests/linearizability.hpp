// Whether what threads saw of a map could have come from operations that happened one after the
// other, each at some moment between its call and its return.
//
// Operations on different keys are independent, and linearizability is local: a history is
// linearizable exactly if the operations of each key are. So the checker takes one key at a time,
// whose state is a value or none. It is Wing & Gong's search (1993) with Lowe's memory (2017):
//
//   Any operation that was called before the first return among those left may be next. Where its
//   result fits the state, go on with the rest; where nothing fits, go back. Two ways to one set
//   of done operations and one state have the same rest, which is searched once.
//
// The search is exponential in how many operations overlap, so histories are short: threads ×
// operations is at most 64, which a word holds as the set. Thousands of short rounds meet more
// interleavings than a long one, too.
//
// Porcupine checks the same and is well known, but it is Go's, and a C++ test must not need Go.
//
// Calls and returns are numbered by one atomic counter. Its increments order more than the map
// does: a store that is delayed beyond the return of its operation is not seen here
// (store_buffering_test.cpp is about those).
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace concurrent_test {

enum class operation : unsigned char {
  load,
  store,
  swap,
  load_or_store,
  insert,
  load_and_delete,
  erase,
  compare_and_swap,
  compare_and_delete,
  clear,  // of all keys; a range is a load of each of them
};

inline constexpr const char* names_of_operations[] = {"load",
                                                      "store",
                                                      "swap",
                                                      "load_or_store",
                                                      "insert",
                                                      "load_and_delete",
                                                      "erase",
                                                      "compare_and_swap",
                                                      "compare_and_delete",
                                                      "clear"};

/// One call on one key. Values are small numbers.
struct event {
  operation what{};
  std::uint64_t key = 0;
  std::uint64_t argument = 0;   // of what stores
  std::uint64_t old_value = 0;  // of what compares
  std::optional<std::uint64_t> result_value;
  bool result = false;
  std::uint64_t called = 0, returned = 0;
};

/// The state of one key.
using key_state = std::optional<std::uint64_t>;

/// What an operation turns the state into, or nothing where the results of the event contradict it.
inline std::optional<key_state> after(const event& e, const key_state& before) {
  const auto when = [](bool fits, key_state next) {
    return fits ? std::optional<key_state>(next) : std::nullopt;
  };
  const bool is_equal = before == e.old_value;
  switch (e.what) {
    case operation::load: return when(e.result_value == before, before);
    case operation::store: return when(true, e.argument);
    case operation::swap: return when(e.result_value == before, e.argument);
    case operation::load_or_store:
      return when(e.result == before.has_value() && e.result_value == before.value_or(e.argument),
                  before.value_or(e.argument));
    case operation::insert:
      return when(e.result != before.has_value(), before.value_or(e.argument));
    case operation::load_and_delete: return when(e.result_value == before, std::nullopt);
    case operation::erase: return when(e.result == before.has_value(), std::nullopt);
    case operation::compare_and_swap:
      return when(e.result == is_equal, is_equal ? e.argument : before);
    case operation::compare_and_delete:
      return when(e.result == is_equal, is_equal ? std::nullopt : before);
    case operation::clear: return when(true, std::nullopt);
  }
  return std::nullopt;
}

/// The search of one key's history.
class linearization {
 public:
  linearization(std::vector<event> history, key_state initial)
      : history_(std::move(history)), initial_(initial) {}

  bool exists() { return search(0, initial_); }

 private:
  bool search(std::uint64_t done, const key_state& state) {
    if (done == all()) return true;
    if (!seen_.emplace(done, state).second) return false;
    const std::uint64_t first_return = first_return_of_rest(done);
    for (std::size_t i = 0; i < history_.size(); ++i) {
      const event& e = history_[i];
      if ((done >> i & 1) != 0 || e.called > first_return) continue;
      const auto next = after(e, state);
      if (next && search(done | std::uint64_t{1} << i, *next)) return true;
    }
    return false;
  }

  std::uint64_t all() const {
    return history_.empty() ? 0 : ~std::uint64_t{0} >> (64 - history_.size());
  }

  std::uint64_t first_return_of_rest(std::uint64_t done) const {
    std::uint64_t first = ~std::uint64_t{0};
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if ((done >> i & 1) == 0) first = std::min(first, history_[i].returned);
    }
    return first;
  }

  std::vector<event> history_;
  key_state initial_;
  std::set<std::pair<std::uint64_t, key_state>> seen_;
};

inline constexpr std::size_t longest_history = 64;

/// Of one key, whatever keys the events name.
inline bool is_linearizable(std::vector<event> history, key_state initial = std::nullopt) {
  return linearization(std::move(history), initial).exists();
}

/// For the message of a failure: one line an event, in the order of the calls.
inline std::string to_text(std::vector<event> history) {
  std::sort(history.begin(), history.end(),
            [](const event& a, const event& b) { return a.called < b.called; });
  const auto text = [](const key_state& v) { return v ? std::to_string(*v) : std::string("none"); };
  std::string lines;
  for (const event& e : history) {
    lines += '[' + std::to_string(e.called) + ", " + std::to_string(e.returned) + "] " +
             names_of_operations[static_cast<std::size_t>(e.what)] + '(' + std::to_string(e.key) +
             ", " + std::to_string(e.argument) + ", old " + std::to_string(e.old_value) +
             ") = " + text(e.result_value) + ", " + (e.result ? "true" : "false") + '\n';
  }
  return lines;
}

/// Numbers calls and returns of one round, by all of its threads.
class recorder {
 public:
  /// Runs f, which fills in the results, and returns the event with both numbers.
  template <class F>
  event record(event e, F f) {
    e.called = clock_.fetch_add(1);
    f(e);
    e.returned = clock_.fetch_add(1);
    return e;
  }

 private:
  std::atomic<std::uint64_t> clock_ = 0;
};

}  // namespace concurrent_test
