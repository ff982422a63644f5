// Every operation, with every allocation, hash, comparison and copy on its way failing once: it
// throws, the map has exactly what it had, and nothing is leaked.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <new>
#include <stdexcept>
#include <string>

#include "maps/common/random.hpp"
#include "subjects.hpp"

namespace {

/// Of this thread: so many steps succeed, then one fails. Negative: all succeed.
thread_local std::int64_t steps_left = -1;

bool fails_now() { return steps_left >= 0 && steps_left-- == 0; }

/// What was allocated and not freed, by all threads.
std::atomic<std::int64_t> live_allocations = 0;

void may_throw() {
  if (fails_now()) throw std::runtime_error("a step that fails");
}

}  // namespace

void* operator new(std::size_t bytes) {
  void* const found = fails_now() ? nullptr : std::malloc(bytes);
  if (found == nullptr) throw std::bad_alloc();
  ++live_allocations;
  return found;
}
void operator delete(void* given) noexcept {
  live_allocations -= given != nullptr ? 1 : 0;
  std::free(given);
}
void operator delete(void* given, std::size_t) noexcept { operator delete(given); }

namespace {

using namespace concurrent_test;
using concurrent::reclamation::barrier;

struct throwing_hash {
  using is_avalanching = void;
  std::size_t operator()(std::uint64_t key) const {
    may_throw();
    return key * 0x9E3779B97F4A7C15;
  }
};

struct throwing_equal {
  bool operator()(std::uint64_t a, std::uint64_t b) const {
    may_throw();
    return a == b;
  }
};

/// Its text is on the heap.
class throwing_value {
 public:
  explicit throwing_value(std::uint64_t number = 0) : number_(number), text_(40, 'x') {}
  throwing_value(const throwing_value& other) : number_(other.number_), text_(other.text_) {
    may_throw();
  }
  throwing_value(throwing_value&&) noexcept = default;
  throwing_value& operator=(const throwing_value& other) { return *this = throwing_value(other); }
  throwing_value& operator=(throwing_value&&) noexcept = default;
  ~throwing_value() = default;
  bool operator==(const throwing_value& other) const {
    may_throw();
    return number_ == other.number_ && text_ == other.text_;
  }
  std::uint64_t number() const { return text_.size() == 40 ? number_ : 0; }

 private:
  std::uint64_t number_;
  std::string text_;
};

template <class Map>
class allocation : public ::testing::Test {
 protected:
  using content = std::map<std::uint64_t, std::uint64_t>;

  static content of(Map& map) {
    content found;
    map.for_each([&](std::uint64_t k, const throwing_value& v) { found[k] = v.number(); });
    return found;
  }

  /// Keys 0 to 23, of which every third is erased, and some of those are stored again; with new
  /// keys between. In go_sync_map each of these is another state of an entry.
  static void fill(Map& map) {
    for (std::uint64_t k = 0; k < 24; ++k) map.store(k, throwing_value(k));
    map.for_each([](std::uint64_t, const throwing_value&) {});  // go_sync_map: promotes
    for (std::uint64_t k = 0; k < 24; k += 3) map.erase(k);
    if (!is_all_read_) {
      for (std::uint64_t k = 100; k < 103; ++k) map.store(k, throwing_value(k));
    }
    for (std::uint64_t k = 0; k < 12; k += 3) map.store(k, throwing_value(k));
  }

  /// Fails at one step after the other, until the operation succeeds.
  template <class F>
  static void fail_everywhere(const char* what, F operation) {
    for (const bool is_all_read : {false, true}) {
      SCOPED_TRACE(what + std::string(is_all_read ? ", nothing is new" : ""));
      is_all_read_ = is_all_read;
      std::int64_t step = 0;
      while (!HasFailure() && !succeeds_but_for(step, operation)) ++step;
      EXPECT_GT(step, 0) << "nothing could fail";
    }
  }

 private:
  template <class F>
  static bool succeeds_but_for(std::int64_t step, F operation) {
    // Four maps that are alike, because to look at all entries changes a go_sync_map.
    Map untouched, failed, repeated, done;
    for (Map* const map : {&untouched, &failed, &repeated, &done}) {
      maps::common::fix_random_seed(1);  // steps must not wander
      fill(*map);
    }
    if (!throws_at(step, failed, operation)) return true;
    EXPECT_EQ(of(failed), of(untouched)) << "step " << step;
    // All works as before, what is erased and comes back and the operation itself.
    for (Map* const map : {&untouched, &failed}) {
      for (std::uint64_t k = 0; k < 24; ++k) map->store(k, throwing_value(k + 1));
    }
    EXPECT_EQ(of(failed), of(untouched)) << "step " << step;
    if (throws_at(step, repeated, operation)) operation(repeated);
    operation(done);
    EXPECT_EQ(of(repeated), of(done)) << "step " << step;
    return false;
  }

  template <class F>
  static bool throws_at(std::int64_t step, Map& map, F operation) {
    bool has_thrown = false;
    steps_left = step;
    try {
      operation(map);
    } catch (const std::bad_alloc&) {
      has_thrown = true;
    } catch (const std::runtime_error&) {
      has_thrown = true;
    }
    steps_left = -1;
    return has_thrown;
  }

  static inline bool is_all_read_ = false;
};
using subjects = maps_of<std::uint64_t, throwing_value, throwing_hash, throwing_equal>::all;
TYPED_TEST_SUITE(allocation, subjects);

TYPED_TEST(allocation, a_failure_changes_nothing) {
  const throwing_value v(500), one(1);
  const auto fail_everywhere = [](const char* what, auto operation) {
    TestFixture::fail_everywhere(what, operation);
  };
  fail_everywhere("load", [](TypeParam& m) { m.load(1); });
  fail_everywhere("load of a new key", [](TypeParam& m) { m.load(101); });
  fail_everywhere("store of a new key", [&](TypeParam& m) { m.store(200, v); });
  fail_everywhere("store of a key that is there", [&](TypeParam& m) { m.store(1, v); });
  fail_everywhere("store of an erased key", [&](TypeParam& m) { m.store(15, v); });
  fail_everywhere("swap", [&](TypeParam& m) { m.swap(1, v); });
  fail_everywhere("swap of an erased key", [&](TypeParam& m) { m.swap(15, v); });
  fail_everywhere("insert", [&](TypeParam& m) { m.insert(200, v); });
  fail_everywhere("insert of an erased key", [&](TypeParam& m) { m.insert(15, v); });
  fail_everywhere("load_or_store", [&](TypeParam& m) { m.load_or_store(200, v); });
  fail_everywhere("load_or_store of a key that is there",
                  [&](TypeParam& m) { m.load_or_store(1, v); });
  fail_everywhere("load_and_delete", [](TypeParam& m) { m.load_and_delete(1); });
  fail_everywhere("load_and_delete of a new key", [](TypeParam& m) { m.load_and_delete(101); });
  fail_everywhere("erase", [](TypeParam& m) { m.erase(1); });
  fail_everywhere("erase of a new key", [](TypeParam& m) { m.erase(101); });
  fail_everywhere("compare_and_swap", [&](TypeParam& m) { m.compare_and_swap(1, one, v); });
  fail_everywhere("compare_and_delete", [&](TypeParam& m) { m.compare_and_delete(1, one); });
}

TYPED_TEST(allocation, growth_that_fails_changes_nothing) {
  // Each insertion fails at each of its steps before it succeeds: whichever makes a table grow, or
  // a node, is among them.
  TypeParam map;
  typename TestFixture::content expected;
  for (std::uint64_t k = 0; k < 60; ++k) {
    const throwing_value v(k);
    for (std::int64_t step = 0;; ++step) {
      bool has_thrown = false;
      try {
        steps_left = step;
        map.insert(k, v);
      } catch (const std::exception&) {
        has_thrown = true;
      }
      steps_left = -1;
      if (!has_thrown) break;
      ASSERT_EQ(this->of(map), expected) << "step " << step << " of key " << k;
    }
    expected[k] = k;
  }
  ASSERT_EQ(this->of(map), expected);
}

TYPED_TEST(allocation, what_a_function_throws_is_passed_on) {
  TypeParam map;
  this->fill(map);
  const auto throws = [](auto&&...) -> bool { throw std::runtime_error("of the function"); };
  EXPECT_THROW(map.visit(1, throws), std::runtime_error);
  EXPECT_THROW(map.range(throws), std::runtime_error);
  map.store(1, throwing_value(9));  // no lock was kept, and no read section: barrier() returns
  barrier();
  EXPECT_EQ(map.load(1)->number(), 9U);
}

TYPED_TEST(allocation, nothing_is_left_of_a_map) {
  const auto use = [&] {
    TypeParam map;
    this->fill(map);
    this->fill(map);
    map.clear();
    this->fill(map);
  };
  use();
  barrier();
  const std::int64_t before = live_allocations;
  for (int i = 0; i < 10; ++i) use();
  barrier();
  // What a thread keeps to retire with: a chunk in use and a spare one, and none of them twice.
  EXPECT_LE(live_allocations, before + 2);
}

/// Of go_sync_map the keys stay, as docs/claims.md says.
TEST(allocation_of_a_trie, an_emptied_one_has_as_much_as_a_new_one) {
  concurrent::hash_trie_map<std::uint64_t, std::uint64_t> map;
  map.store(0, 0);
  map.erase(0);
  barrier();
  const std::int64_t before = live_allocations;
  for (const std::uint64_t n : {2U, 17U, 3'000U}) {
    for (std::uint64_t k = 0; k < n; ++k) map.store(k, k);
    EXPECT_GE(live_allocations, before + static_cast<std::int64_t>(n));
    for (std::uint64_t k = 0; k < n; ++k) map.erase(k);
    barrier();
    EXPECT_LE(live_allocations, before + 2) << n << " keys";
  }
}

}  // namespace
