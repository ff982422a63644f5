// The further workloads on maps that are right, on maps that are wrong, and on one that listens.
#include <cmath>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include "mapscope/registry.hpp"
#include "workloads/hash.hpp"
#include "workloads/popularity.hpp"
#include "workloads/state.hpp"
#include "workloads/tests/key_sets.hpp"
#include "workloads/workload.hpp"

namespace workloads {
namespace {

template <class Payload>
using right_map = std::unordered_map<key_of<Payload>, value_of<Payload>, shared_hash>;
using int_map = right_map<int_int>;
using names = std::vector<std::string_view>;

/// All but find_small_cold, which fills 64 MB of tables.
template <class Map, class Payload, class Visit>
void for_each_workload(Visit visit) {
  const auto each = [&]<class Workload>() {
    if constexpr (Workload::name != std::string_view("find_small_cold")) {
      visit.template operator()<Workload>();
    }
  };
  [&]<class... Workload>(std::tuple<Workload...>*) {
    (each.template operator()<Workload>(), ...);
  }(static_cast<further<Map, Payload>*>(nullptr));
}

/// None where the workload is inapplicable.
template <class Workload>
std::unique_ptr<Workload> made(std::size_t n, std::uint64_t seed, const key_set& keys = {}) {
  const key_pool pool(n, seed, keys);
  try {
    if constexpr (reads_full_tables<Workload>) {
      return std::make_unique<Workload>(std::make_shared<typename Workload::tables>(pool), seed);
    } else {
      return std::make_unique<Workload>(pool, seed);
    }
  } catch (const inapplicable&) {
    return nullptr;
  }
}

template <class Workload>
bool next_pass_is_right(Workload& work) {
  work.prepare();
  work.run();
  return work.answer() == work.expected();
}

std::size_t heard_tables = 0;

struct counted_map : int_map {
  counted_map() { ++heard_tables; }
};

template <class Payload>
class further_workloads : public testing::Test {};
using payloads = testing::Types<int_int, string_string, int_struct, string_int>;
TYPED_TEST_SUITE(further_workloads, payloads);

TYPED_TEST(further_workloads, are_right_on_a_right_map_pass_after_pass) {
  names absent;
  for_each_workload<right_map<TypeParam>, TypeParam>([&]<class Workload>() {
    static_assert(workload<Workload>);
    for (const std::size_t n : {1, 7, 1000, 5000}) {
      const auto work = made<Workload>(n, 1);
      if (!work) {
        if (n <= 1000) absent.push_back(Workload::name);
        continue;
      }
      EXPECT_GE(work->operations(), least_operations) << Workload::name;
      for (int pass = 0; pass < 3; ++pass) {
        EXPECT_TRUE(next_pass_is_right(*work)) << Workload::name << " n=" << n << " pass " << pass;
      }
    }
  });
  const bool has_numbers = std::same_as<value_of<TypeParam>, std::uint64_t>;
  EXPECT_EQ(absent, has_numbers ? names{} : names(3, "word_count"));
}

TYPED_TEST(further_workloads, are_right_with_every_set_of_keys) {
  constexpr bool of_texts = std::same_as<key_of<TypeParam>, std::string>;
  for (const key_set& keys : of_texts ? sets_of_strings() : sets_of_integers()) {
    for_each_workload<right_map<TypeParam>, TypeParam>([&]<class Workload>() {
      const auto work = made<Workload>(500, 1, keys);
      EXPECT_TRUE(!work || next_pass_is_right(*work))
          << Workload::name << " keys " << static_cast<int>(keys.shape());
    });
  }
}

TEST(further_workloads, cold_small_tables_are_right_and_large_together) {
  const auto work = made<find_small_cold<int_map, int_int>>(1000, 1);
  EXPECT_TRUE(next_pass_is_right(*work));
  heard_tables = 0;
  made<find_small_cold<counted_map, int_int>>(1000, 1);
  EXPECT_GE(heard_tables * 1000 * 16, 63U << 20);
}

TEST(further_workloads, have_sizes_that_they_are_not_for) {
  EXPECT_EQ((made<find_small<int_map, int_int>>(1025, 1)), nullptr);
  EXPECT_EQ((made<construct_empty<int_map, int_int>>(1025, 1)), nullptr);
  EXPECT_EQ((made<pop_first<int_map, int_int>>(65'537, 1)), nullptr);
}

// Maps that are wrong in one way each.

template <class Map>
names that_notice() {
  names noticed;
  for_each_workload<Map, int_int>([&]<class Workload>() {
    const auto work = made<Workload>(900, 1);
    if (work && !next_pass_is_right(*work)) noticed.push_back(Workload::name);
  });
  return noticed;
}

struct finds_anything : int_map {
  using int_map::find;
  iterator find(const std::uint64_t& key) {
    const auto found = int_map::find(key);
    return found == end() && key % 64 == 0 ? begin() : found;
  }
};

TEST(wrong_maps, that_find_what_is_not_there) {
  EXPECT_EQ(that_notice<finds_anything>(),
            (names{"find_mixed_0", "find_mixed_25", "find_mixed_75", "intersect"}));
}

struct inserts_twice : int_map {
  std::pair<iterator, bool> try_emplace(std::uint64_t key, std::uint64_t value) {
    const auto result = int_map::try_emplace(key, value);
    return {result.first, true};
  }
};

TEST(wrong_maps, that_insert_what_is_there) {
  EXPECT_EQ(that_notice<inserts_twice>(), (names{"insert_existing"}));
}

struct erases_anything : int_map {
  auto erase(iterator at) { return int_map::erase(at); }
  std::size_t erase(std::uint64_t key) { return int_map::erase(key), 1; }
};

TEST(wrong_maps, that_erase_what_is_not_there) {
  EXPECT_EQ(that_notice<erases_anything>(), (names{"erase_missing"}));
}

struct copies_not_all : int_map {
  copies_not_all() = default;
  copies_not_all(const copies_not_all& other) : int_map(other) {
    std::erase_if(static_cast<int_map&>(*this),
                  [](const auto& one) { return one.first % 64 == 0; });
  }
  copies_not_all(copies_not_all&&) = default;
  copies_not_all& operator=(const copies_not_all&) = default;
  copies_not_all& operator=(copies_not_all&&) = default;
};

TEST(wrong_maps, that_lose_entries_in_a_copy) {
  EXPECT_EQ(that_notice<copies_not_all>(), (names{"copy", "clear", "pop_first", "unite"}));
}

struct clears_not_all : int_map {
  void clear() { erase(begin()); }
};

TEST(wrong_maps, that_keep_entries_when_cleared) {
  EXPECT_EQ(that_notice<clears_not_all>(), (names{"clear"}));
}

struct counts_wrong : int_map {
  std::uint64_t& operator[](std::uint64_t key) {
    return key % 64 == 0 ? nowhere : int_map::operator[](key);
  }
  std::uint64_t nowhere = 0;
};

TEST(wrong_maps, that_lose_a_word) {
  EXPECT_EQ(that_notice<counts_wrong>(), (names{"word_count"}));
}

// A map that records which keys are asked for, in order.

std::vector<std::uint64_t> heard;

struct listener : int_map {
  using int_map::find;
  auto erase(iterator at) { return int_map::erase(at); }
  iterator find(const std::uint64_t& key) { return heard.push_back(key), int_map::find(key); }
  std::size_t erase(const std::uint64_t& key) { return heard.push_back(key), int_map::erase(key); }
  auto try_emplace(const std::uint64_t& key, std::uint64_t value) {
    return heard.push_back(key), int_map::try_emplace(key, value);
  }
  std::uint64_t& operator[](std::uint64_t key) {
    return heard.push_back(key), int_map::operator[](key);
  }
};

template <class Workload>
std::vector<std::uint64_t> listen(Workload& work) {
  work.prepare();
  heard.clear();
  work.run();
  return heard;
}

TEST(further_orders, no_pass_replays_another_but_where_the_order_is_the_tables_own) {
  names same;
  for_each_workload<listener, int_int>([&]<class Workload>() {
    const auto work = made<Workload>(900, 1);
    if (listen(*work) == listen(*work)) same.push_back(Workload::name);
  });
  EXPECT_EQ(same, (names{"copy", "insert_all", "clear", "construct_empty", "pop_first", "intersect",
                         "unite"}));
}

TEST(find_mixed, hits_as_often_as_its_name_says) {
  const auto hits_of = []<class Workload>(Workload& work) {
    const int_map present = [] {
      int_map table;
      fill<int_int>(table, key_pool(900, 1));
      return table;
    }();
    const auto keys = listen(work);
    std::size_t hits = 0;
    for (const std::uint64_t key : keys) hits += present.contains(key);
    return static_cast<double>(hits) / static_cast<double>(keys.size());
  };
  EXPECT_EQ(hits_of(*made<find_mixed_0<listener, int_int>>(900, 1)), 0);
  EXPECT_NEAR(hits_of(*made<find_mixed_25<listener, int_int>>(900, 1)), 0.25, 0.03);
  EXPECT_NEAR(hits_of(*made<find_mixed_50<listener, int_int>>(900, 1)), 0.50, 0.03);
  EXPECT_NEAR(hits_of(*made<find_mixed_75<listener, int_int>>(900, 1)), 0.75, 0.03);
  EXPECT_EQ(hits_of(*made<find_mixed_100<listener, int_int>>(900, 1)), 1);
}

TEST(zipf, draws_ranks_as_often_as_the_law_says) {
  constexpr std::size_t n = 1000, draws = 200'000;
  const zipf law(n);
  random_source random(1);
  std::vector<std::size_t> counts(n);
  for (std::size_t i = 0; i < draws; ++i) ++counts.at(law.draw(random));
  double all = 0;
  for (std::size_t rank = 0; rank < n; ++rank)
    all += std::pow(static_cast<double>(rank) + 1.0, -zipf::exponent);
  for (const std::size_t rank : {0, 1, 2, 9, 99, 999}) {
    const double expected =
        draws * std::pow(static_cast<double>(rank) + 1.0, -zipf::exponent) / all;
    EXPECT_NEAR(static_cast<double>(counts[rank]), expected, 5 * std::sqrt(expected)) << rank;
  }
}

TEST(zipf, of_one_is_always_the_first) {
  const zipf law(1);
  random_source random(1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(law.draw(random), 0U);
}

}  // namespace
}  // namespace workloads
