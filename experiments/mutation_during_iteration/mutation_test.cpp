// Tries every documented outcome that can be tried, and checks that a trial detects faults.
#include <string>
#include <unordered_map>

#include <gtest/gtest.h>

#include "experiments/mutation_during_iteration/maps.hpp"
#include "experiments/mutation_during_iteration/unordered_effects.hpp"

namespace mutation {
namespace {

TEST(mutation, every_iteration_comes_out_as_its_library_documents) {
  std::size_t tried = 0;
  for (const auto& row : subjects()) {
    for (std::size_t i = 0; i < change_names.size(); ++i) {
      const outcome claimed = row.claimed->of[i];
      if (claimed == outcome::invalid || row.found == nullptr) continue;
      ++tried;
      const outcome found = row.found(static_cast<change>(i));
      EXPECT_EQ(name_of(found), name_of(claimed))
          << row.claimed->iteration << ": " << change_names[i];
    }
  }
  EXPECT_GE(tried, 23U);  // hmap's, steady's and std's
}

TEST(mutation, every_claim_names_its_source) {
  for (const auto& row : all_claims) EXPECT_FALSE(row.source.empty()) << row.iteration;
}

/// Iterates correctly, but for what `Fault` does to one step.
template <class Map, int Fault>
struct faulty : by_iterator<Map> {
  explicit faulty(Map& map) : by_iterator<Map>(map) {}
  void next() {
    const bool now = ++steps_ == 3;
    if (now && Fault == 1) return;  // does not advance: an entry twice
    by_iterator<Map>::next();
    if (now && Fault == 2 && !this->at_end()) by_iterator<Map>::next();  // skips one
  }

 private:
  int steps_ = 0;
};
template <class Map>
struct stutters : faulty<Map, 1> {
  using faulty<Map, 1>::faulty;
};
template <class Map>
struct hops : faulty<Map, 2> {
  using faulty<Map, 2>::faulty;
};

TEST(mutation, a_trial_detects_entries_visited_twice_or_never) {
  using map = std::unordered_map<key, std::uint64_t>;
  EXPECT_EQ((worst_of<map, stutters>(change::assign_value)), outcome::repeated);
  EXPECT_EQ((worst_of<map, hops>(change::assign_value)), outcome::skipped);
}

/// Erases nothing: an erased entry is still visited.
struct keeps_all : std::unordered_map<key, std::uint64_t> {
  void erase(iterator) {}
};

TEST(mutation, a_trial_detects_an_entry_that_was_not_erased) {
  EXPECT_EQ((worst_of<keeps_all, by_iterator>(change::erase_later)), outcome::repeated);
}

TEST(mutation, iterators_references_and_copies_are_as_the_standard_promises) {
  for (const auto& one : effects()) {
    EXPECT_EQ(one.copy, 100U) << one.operation;  // a copy is never touched
    EXPECT_TRUE(one.iterator == "invalid" || one.iterator == "valid") << one.operation;
    EXPECT_TRUE(one.reference == "invalid" || one.reference == "reads the same value")
        << one.operation;
    const bool rehashes =
        one.operation.find("1000") != one.operation.npos || one.operation == "inserts that rehash";
    EXPECT_EQ(one.buckets_after > one.buckets_before, rehashes) << one.operation;
  }
}

}  // namespace
}  // namespace mutation
