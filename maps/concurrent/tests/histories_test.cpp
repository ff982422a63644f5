// Recorded histories of every map are linearizable, key by key, with all operations at once.
#include "histories.hpp"

#include "subjects.hpp"

namespace {

using namespace concurrent_test;

template <class Map>
class histories_of : public ::testing::Test {};

using number = pausing_number;
using equal = std::equal_to<>;
using maps = maps_of<number, number, pausing_hash, equal>;
TYPED_TEST_SUITE(histories_of, maps::all);

struct nothing {};

TYPED_TEST(histories_of, are_linearizable) {
  EXPECT_EQ((histories<TypeParam, nothing>().run(2'000)), "");
}

TEST(histories_of_a_trie_with_collisions, are_linearizable) {
  using map = concurrent::hash_trie_map<number, number, pausing_and_colliding_hash, equal>;
  EXPECT_EQ((histories<map, nothing>().run(2'000)), "");
}

/// A map that is wrong now and then: an insertion that looks first and stores then.
class racing_map {
 public:
  using key_type = number;

  template <class F>
  bool visit(const number& key, F&& f) {
    return map_.visit(key, f);
  }
  bool insert(const number& key, const number& v) {
    if (map_.load(key)) return false;
    map_.store(key, v);
    return true;
  }
  void store(const number& key, const number& v) { map_.store(key, v); }
  bool erase(const number& key) { return map_.erase(key); }

 private:
  maps::locked map_;
};

TEST(histories_of_a_wrong_map, are_rejected) {
  EXPECT_NE((histories<racing_map, nothing>().run(100'000)), "");
}

}  // namespace
