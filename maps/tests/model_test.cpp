// Random operations against std::unordered_map, on every table type; the invariants are checked
// along the way. A million operations a payload.
#include <unordered_map>

#include "payloads.hpp"
#include "subject.hpp"

namespace {

using namespace map_test;

template <class Map>
class Model : public ::testing::Test {
 protected:
  using K = typename Map::key_type;
  using V = typename Map::mapped_type;

  struct key_hash {
    std::size_t operator()(const K& k) const {
      return static_cast<std::size_t>(subject::hash<K>{}(k, 7));
    }
  };
  using model = std::unordered_map<K, V, key_hash>;

  void insert(std::uint64_t i) {
    const auto [at, inserted] = map_.try_emplace(key<Map>(i), value<Map>(i));
    const auto [expected, expected_inserted] = model_.try_emplace(key<Map>(i), value<Map>(i));
    ASSERT_EQ(inserted, expected_inserted);
    ASSERT_EQ(at->first, expected->first);
    ASSERT_EQ(at->second, expected->second);
  }
  void assign(std::uint64_t i, std::uint64_t v) {
    const bool inserted = map_.insert_or_assign(key<Map>(i), value<Map>(v)).second;
    ASSERT_EQ(inserted, model_.insert_or_assign(key<Map>(i), value<Map>(v)).second);
  }
  void subscript(std::uint64_t i, std::uint64_t v) {
    map_[key<Map>(i)] = value<Map>(v);
    model_[key<Map>(i)] = value<Map>(v);
  }
  void erase(std::uint64_t i) { ASSERT_EQ(map_.erase(key<Map>(i)), model_.erase(key<Map>(i))); }
  void erase_by_iterator(std::uint64_t i) {
    const auto at = map_.find(key<Map>(i));
    ASSERT_EQ(at != map_.end(), model_.erase(key<Map>(i)) == 1);
    if (at != map_.end()) map_.erase(at);
  }
  void find(std::uint64_t i) {
    const auto at = map_.find(key<Map>(i));
    const auto expected = model_.find(key<Map>(i));
    ASSERT_EQ(at == map_.end(), expected == model_.end());
    if (expected == model_.end()) return;
    ASSERT_EQ(at->second, expected->second);
  }

  void step(random_stream& random, std::uint64_t keys) {
    const std::uint64_t i = random.below(keys);
    switch (random.below(8)) {
      case 0:
      case 1: return insert(i);
      case 2: return assign(i, random());
      case 3: return subscript(i, random());
      case 4:
      case 5: return erase(i);
      case 6: return erase_by_iterator(i);
      default: return find(i);
    }
  }

  void compare_all() {
    std::size_t seen = 0;
    for (auto&& [k, v] : map_) {
      ++seen;
      const auto expected = model_.find(k);
      ASSERT_NE(expected, model_.end());
      ASSERT_EQ(v, expected->second);
    }
    ASSERT_EQ(seen, model_.size());
    ASSERT_EQ(map_.size(), model_.size());
  }

  Map map_;
  model model_;
};

TYPED_TEST_SUITE(Model, subject::all_tables);

TYPED_TEST(Model, AMillionRandomOperations) {
  random_stream random(1);
  // The set of keys widens and narrows, so that tables grow, drain and grow again.
  for (const std::uint64_t keys : {10U, 200U, 40U, 5'000U, 300U, 60'000U, 1'000U, 8U}) {
    for (int i = 0; i < repetitions(125'000); ++i) {
      this->step(random, keys);
      if (this->HasFatalFailure()) return;
      if (i % repetitions(25'000) == 0) {
        this->compare_all();
        ASSERT_SOUND(this->map_);
      }
    }
  }
  this->compare_all();
}

TYPED_TEST(Model, InvariantsHoldAfterEveryOperation) {
  random_stream random(2);
  for (const std::uint64_t keys : {12U, 60U, 250U, 90U}) {
    for (int i = 0; i < repetitions(1'500); ++i) {
      this->step(random, keys);
      if (this->HasFatalFailure()) return;
      ASSERT_SOUND(this->map_) << "operation " << i << " over " << keys << " keys";
    }
  }
}

}  // namespace
