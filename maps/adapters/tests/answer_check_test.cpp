// The answer check lets right maps pass and catches maps that are wrong in one way each.
#include "maps/adapters/answer_check.hpp"

#include <cstdint>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>

#include <gtest/gtest.h>

#include "workloads/payload.hpp"

namespace maps {
namespace {

template <class Payload>
using right_map = std::unordered_map<workloads::key_of<Payload>, workloads::value_of<Payload>>;

template <class Payload>
class any_payload : public testing::Test {};
using payloads = testing::Types<workloads::int_int, workloads::string_string, workloads::int_struct,
                                workloads::string_int>;
TYPED_TEST_SUITE(any_payload, payloads);

TYPED_TEST(any_payload, a_right_map_passes) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    EXPECT_EQ((answer_check<right_map<TypeParam>, TypeParam>(seed)), "") << "seed " << seed;
  }
}

using key = std::uint64_t;
using base = right_map<workloads::int_int>;

/// The first words of what the check says, for several seeds: luck must not decide.
template <class Map>
void expect_caught(const std::string& words) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const std::string wrong = answer_check<Map, workloads::int_int>(seed);
    EXPECT_EQ(wrong.substr(0, words.size()), words) << "seed " << seed << ": " << wrong;
  }
}

TEST(answer_check, catches_an_erase_that_always_says_one) {
  struct map : base {
    std::size_t erase(key k) { return base::erase(k), 1; }
  };
  expect_caught<map>("erase(key) is 1, should be 0 ");
}

TEST(answer_check, catches_an_erase_that_keeps_the_entry) {
  struct map : base {
    std::size_t erase(key k) { return contains(k); }
  };
  expect_caught<map>("size() after erase ");
}

TEST(answer_check, catches_a_find_that_misses) {
  struct map : base {
    using base::find;
    iterator find(const key& k) { return size() > 100 && k % 16 == 0 ? end() : base::find(k); }
  };
  expect_caught<map>("find(key) is 0, should be 1 ");
}

TEST(answer_check, catches_a_const_find_that_misses) {
  struct map : base {
    using base::find;
    iterator find(const key& k) { return base::find(k); }
    const_iterator find(const key& k) const { return k % 16 == 0 ? end() : base::find(k); }
  };
  expect_caught<map>("find(key) on a const map is 0, should be 1 ");
}

TEST(answer_check, catches_a_find_that_finds_another_entry) {
  struct map : base {
    using base::find;
    iterator find(const key& k) { return base::find(k) == end() ? end() : begin(); }
  };
  expect_caught<map>("the key at find(key) ");
}

TEST(answer_check, catches_contains_that_is_always_true) {
  struct map : base {
    bool contains(key) const { return true; }
  };
  expect_caught<map>("contains(key) is 1, should be 0 ");
}

TEST(answer_check, catches_try_emplace_that_overwrites) {
  struct map : base {
    auto try_emplace(key k, key v) { return insert_or_assign(k, v); }
  };
  expect_caught<map>("the value at find(key) ");
}

TEST(answer_check, catches_insert_or_assign_that_keeps_the_old_value) {
  struct map : base {
    auto insert_or_assign(key k, key v) { return try_emplace(k, v); }
  };
  expect_caught<map>("the value at find(key) ");
}

TEST(answer_check, catches_insert_or_assign_that_always_says_inserted) {
  struct map : base {
    std::pair<iterator, bool> insert_or_assign(key k, key v) {
      return {base::insert_or_assign(k, v).first, true};
    }
  };
  expect_caught<map>("insert_or_assign(key, value) is 1, should be 0 ");
}

TEST(answer_check, catches_a_subscript_that_forgets_the_default) {
  struct map : base {
    key& operator[](key k) { return try_emplace(k, 1).first->second; }
  };
  expect_caught<map>("the value at map[key] ");
}

TEST(answer_check, catches_iteration_that_skips_an_entry) {
  struct map : base {
    const_iterator begin() const { return empty() ? base::begin() : std::next(base::begin()); }
    using base::begin;
  };
  expect_caught<map>("the number of entries visited ");
}

TEST(answer_check, catches_a_clear_that_does_nothing) {
  struct map : base {
    void clear() {}
  };
  expect_caught<map>("size() is ");
}

TEST(answer_check, catches_a_reserve_that_loses_entries) {
  struct map : base {
    void reserve(std::size_t n) {
      if (!empty()) base::erase(begin());
      base::reserve(n);
    }
  };
  expect_caught<map>("size() is ");
}

TEST(answer_check, catches_a_size_that_is_off_by_one) {
  struct map : base {
    std::size_t size() const { return base::size() + (base::size() > 1000); }
  };
  expect_caught<map>("size() after ");
}

/// Growth is where tables go wrong: this one loses an entry, once, when it has become large.
TEST(answer_check, catches_a_growth_that_loses_an_entry) {
  struct map : base {
    bool grown = false;
    auto try_emplace(key k, key v) {
      if (size() > 1024 && !std::exchange(grown, true)) base::erase(begin());
      return base::try_emplace(k, v);
    }
  };
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    EXPECT_NE((answer_check<map, workloads::int_int>(seed)), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace maps
