// Every workload on maps that are right, on maps that are wrong, and on one that listens.
#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include "mapscope/registry.hpp"
#include "workloads/hash.hpp"
#include "workloads/tests/key_sets.hpp"
#include "workloads/workload.hpp"

namespace workloads {
namespace {

constexpr std::size_t sizes[] = {1, 10, 1000, 5000};

template <class Payload, class Hash = shared_hash>
using right_map = std::unordered_map<key_of<Payload>, value_of<Payload>, Hash>;

/// Calls `visit.template operator()<Workload>()` for every registered workload.
template <class Map, class Payload, class Visit>
void for_each_workload(Visit visit) {
  [&]<class... Workload>(std::tuple<Workload...>*) {
    (visit.template operator()<Workload>(), ...);
  }(static_cast<all<Map, Payload>*>(nullptr));
}

template <class Workload>
bool next_pass_is_right(Workload& work) {
  work.prepare();
  work.run();
  return work.answer() == work.expected();
}

template <class Workload>
Workload made(std::size_t n, std::uint64_t seed, const key_set& keys = {}) {
  const key_pool pool(n, seed, keys);
  if constexpr (reads_full_tables<Workload>) {
    return Workload(std::make_shared<typename Workload::tables>(pool), seed);
  } else {
    return Workload(pool, seed);
  }
}

template <class Workload>
std::uint64_t first_answer(std::size_t n, std::uint64_t seed) {
  auto work = made<Workload>(n, seed);
  work.prepare();
  work.run();
  return work.answer();
}

template <class Payload>
class any_payload : public testing::Test {};
using payloads = testing::Types<int_int, string_string, int_struct, string_int>;
TYPED_TEST_SUITE(any_payload, payloads);

TYPED_TEST(any_payload, each_workload_is_right_on_a_right_map_pass_after_pass) {
  for_each_workload<right_map<TypeParam>, TypeParam>([]<class Workload>() {
    static_assert(workload<Workload>);
    for (const std::size_t n : sizes) {
      auto work = made<Workload>(n, 1);
      for (int pass = 0; pass < 3; ++pass) {
        EXPECT_TRUE(next_pass_is_right(work)) << Workload::name << " n=" << n << " pass " << pass;
      }
    }
  });
}

TYPED_TEST(any_payload, each_workload_is_right_with_every_set_of_keys) {
  constexpr bool of_texts = std::same_as<key_of<TypeParam>, std::string>;
  for (const key_set& keys : of_texts ? sets_of_strings() : sets_of_integers()) {
    for_each_workload<right_map<TypeParam>, TypeParam>([&]<class Workload>() {
      auto work = made<Workload>(1000, 1, keys);
      for (int pass = 0; pass < 2; ++pass) {
        EXPECT_TRUE(next_pass_is_right(work))
            << Workload::name << " keys " << static_cast<int>(keys.shape()) << " pass " << pass;
      }
    });
  }
}

TYPED_TEST(any_payload, a_pass_is_long_enough_to_time_and_lookups_are_bounded) {
  for_each_workload<right_map<TypeParam>, TypeParam>([]<class Workload>() {
    for (const std::size_t n : sizes) {
      const auto work = made<Workload>(n, 1);
      EXPECT_GE(work.operations(), least_operations) << Workload::name << " n=" << n;
      EXPECT_LE(work.operations(), most_lookups) << Workload::name << " n=" << n;
    }
  });
}

TYPED_TEST(any_payload, the_answer_depends_on_the_seed_and_not_on_the_map) {
  using own_hash = std::hash<key_of<TypeParam>>;
  std::vector<std::uint64_t> one, other;
  for_each_workload<right_map<TypeParam>, TypeParam>([&]<class Workload>() {
    one.push_back(first_answer<Workload>(1000, 7));
    const std::string_view name = Workload::name;
    const bool counts_only =
        name == "find_miss" || name == "erase" || name == "life_grow" || name == "life_reserved";
    EXPECT_EQ(first_answer<Workload>(1000, 8) == one.back(), counts_only) << name;
  });
  for_each_workload<right_map<TypeParam, own_hash>, TypeParam>(
      [&]<class Workload>() { other.push_back(first_answer<Workload>(1000, 7)); });
  EXPECT_EQ(one, other);
}

// Maps that are wrong in one way each.

using int_map = right_map<int_int>;

/// A few inserts are lost, and said to have succeeded.
struct loses_inserts : int_map {
  std::pair<iterator, bool> try_emplace(std::uint64_t key, std::uint64_t value) {
    if (key % 64 == 0) return {end(), true};
    return int_map::try_emplace(key, value);
  }
};

struct stores_other_values : int_map {
  auto try_emplace(std::uint64_t key, std::uint64_t value) {
    return int_map::try_emplace(key, key % 64 == 0 ? value + 1 : value);
  }
};

struct finds_anything : int_map {
  using int_map::find;
  iterator find(const std::uint64_t& key) {
    const auto found = int_map::find(key);
    return found == end() && key % 64 == 0 ? begin() : found;
  }
};

struct erases_nothing : int_map {
  std::size_t erase(std::uint64_t) { return 1; }
};

struct erases_in_secret : int_map {
  std::size_t erase(std::uint64_t key) { return int_map::erase(key) * (key % 64 != 0); }
};

template <class Map>
std::vector<std::string_view> workloads_that_notice() {
  std::vector<std::string_view> names;
  for_each_workload<Map, int_int>([&]<class Workload>() {
    auto work = made<Workload>(2000, 1);
    if (!next_pass_is_right(work)) names.push_back(Workload::name);
  });
  return names;
}

using names = std::vector<std::string_view>;

TEST(wrong_maps, lost_inserts) {
  EXPECT_EQ(workloads_that_notice<loses_inserts>(),
            (names{"insert_grow", "insert_reserved", "find_hit", "find_hit_chained", "find_miss",
                   "find_mixed_50", "erase", "churn", "range", "life_grow", "life_reserved",
                   "ttl_cache"}));
}

TEST(wrong_maps, other_values) {
  EXPECT_EQ(workloads_that_notice<stores_other_values>(),
            (names{"insert_grow", "insert_reserved", "find_hit", "find_hit_chained",
                   "find_mixed_50", "churn", "range", "ttl_cache"}));
}

TEST(wrong_maps, found_what_is_not_there) {
  EXPECT_EQ(workloads_that_notice<finds_anything>(),
            (names{"find_miss", "find_mixed_50", "ttl_cache"}));
}

TEST(wrong_maps, kept_what_was_erased) {
  EXPECT_EQ(workloads_that_notice<erases_nothing>(), (names{"erase", "churn", "ttl_cache"}));
}

TEST(wrong_maps, wrong_count_of_erased) {
  EXPECT_EQ(workloads_that_notice<erases_in_secret>(), (names{"erase", "churn", "ttl_cache"}));
}

// A map that records which keys are looked up, in order.

std::vector<std::uint64_t> heard;

struct listener : int_map {
  using int_map::find;
  iterator find(const std::uint64_t& key) { return heard.push_back(key), int_map::find(key); }
  std::size_t erase(const std::uint64_t& key) { return heard.push_back(key), int_map::erase(key); }
  auto try_emplace(const std::uint64_t& key, std::uint64_t value) {
    return heard.push_back(key), int_map::try_emplace(key, value);
  }
};

template <class Workload>
std::vector<std::uint64_t> listen(Workload& work) {
  work.prepare();
  heard.clear();
  work.run();
  return heard;
}

TEST(orders, no_pass_replays_another) {
  for_each_workload<listener, int_int>([]<class Workload>() {
    auto work = made<Workload>(1000, 1);
    const auto first = listen(work);
    const auto second = listen(work);
    const bool has_order = std::string_view(Workload::name) != "range";
    EXPECT_EQ(first.empty(), !has_order) << Workload::name;
    EXPECT_EQ(first != second, has_order) << Workload::name;
  });
}

TEST(orders, the_same_seed_asks_the_same_questions) {
  for_each_workload<listener, int_int>([]<class Workload>() {
    auto one = made<Workload>(1000, 1);
    auto two = made<Workload>(1000, 1);
    EXPECT_EQ(listen(one), listen(two)) << Workload::name;
  });
}

/// The next key may only be known once the last value is: with other values, other keys follow.
TEST(orders, chained_lookups_depend_on_what_was_found) {
  struct other_values : listener {
    auto try_emplace(std::uint64_t key, std::uint64_t value) {
      return listener::try_emplace(key, value ^ 1);
    }
  };
  auto right = made<find_hit_chained<listener, int_int>>(1000, 1);
  auto wrong = made<find_hit_chained<other_values, int_int>>(1000, 1);
  EXPECT_NE(listen(right), listen(wrong));
}

/// Lookups must not be able to match by address: a key is never the object in the table.
TEST(orders, strings_are_asked_for_with_other_objects) {
  static std::vector<const char*> asked;
  struct map : right_map<string_int> {
    using right_map<string_int>::find;
    iterator find(const std::string& key) {
      asked.push_back(key.data());
      const auto found = right_map<string_int>::find(key);
      EXPECT_NE(found->first.data(), key.data());
      return found;
    }
  };
  auto work = made<find_hit<map, string_int>>(5000, 1);
  work.prepare();
  work.run();
  EXPECT_EQ(asked.size(), work.operations());
  EXPECT_TRUE(std::ranges::is_sorted(asked, std::less<>{}))
      << "the stream is read in address order";
}

TYPED_TEST(any_payload, workloads_that_read_share_tables_and_take_other_keys_together) {
  using tables = full_tables<right_map<TypeParam>, TypeParam>;
  const auto full = std::make_shared<tables>(key_pool(1000, 1));
  find_hit<right_map<TypeParam>, TypeParam> hit(full, 1);
  find_miss<right_map<TypeParam>, TypeParam> miss(full, 1);
  EXPECT_TRUE(next_pass_is_right(hit));
  hit.renew(2);
  EXPECT_EQ(full->one().size(), 1000U);
  EXPECT_TRUE(full->one().contains(encoded<key_of<TypeParam>>(key_pool(1000, 2).present(0))));
  EXPECT_FALSE(full->one().contains(encoded<key_of<TypeParam>>(key_pool(1000, 1).present(0))));
  EXPECT_TRUE(next_pass_is_right(hit));
  EXPECT_TRUE(next_pass_is_right(miss));
  range<right_map<TypeParam>, TypeParam> all(full, 1);
  EXPECT_TRUE(next_pass_is_right(all));
  all.renew(3);
  EXPECT_TRUE(next_pass_is_right(all));
  EXPECT_TRUE(next_pass_is_right(hit));
}

TEST(full_tables, fill_only_what_is_asked_for) {
  full_tables<right_map<int_int>, int_int> full(key_pool(100, 1));
  EXPECT_EQ(full.one().size(), 100U);
  EXPECT_EQ(full.count(), tables_for(100));
  for (const auto& table : full.many()) EXPECT_EQ(table.size(), 100U);
}

}  // namespace
}  // namespace workloads
