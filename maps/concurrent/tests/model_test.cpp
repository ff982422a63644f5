// All maps, with integers; and those that have a structure of their own, with hashes that collide.
#include "model.hpp"

namespace {

using namespace concurrent_test;

TYPED_TEST_SUITE(model, integers::all);

TYPED_TEST(model, random_operations) { this->run(1, repetitions(20'000)); }

TYPED_TEST(model, a_range_ends_when_its_function_returns_false) {
  for (std::uint64_t k = 0; k < 100; ++k) this->store(k, k);
  for (int most = 1; most < 100; most += 20) {
    int calls = 0;
    this->map_.range([&](std::uint64_t, std::uint64_t) { return ++calls < most; });
    EXPECT_EQ(calls, most);
  }
}

/// All keys in one list.
struct constant_hash {
  std::uint64_t operator()(std::uint64_t, std::uint32_t) const { return 0x5555'5555'5555'5555; }
};

/// Lists at the lowest level of a trie.
struct three_hashes {
  std::uint64_t operator()(std::uint64_t k, std::uint32_t) const {
    return ~std::uint64_t{3} | k % 3;
  }
};

/// Hashes that differ at the lowest levels of a trie only.
struct low_bits_hash {
  std::uint64_t operator()(std::uint64_t k, std::uint32_t) const { return k; }
};

/// Hashes that differ at the highest level, and then at the lowest ones.
struct top_and_low_bits_hash {
  std::uint64_t operator()(std::uint64_t k, std::uint32_t) const { return k << 62 | k >> 2; }
};

template <template <class, class, class, class> class Map, class Hash>
using with = Map<std::uint64_t, std::uint64_t, Hash, std::equal_to<>>;

template <class Map>
class model_of_collisions : public model<Map> {};
using colliding = ::testing::Types<with<concurrent::hash_trie_map, constant_hash>,
                                   with<concurrent::hash_trie_map, three_hashes>,
                                   with<concurrent::hash_trie_map, low_bits_hash>,
                                   with<concurrent::hash_trie_map, top_and_low_bits_hash>,
                                   with<concurrent::go_sync_map, constant_hash>>;
TYPED_TEST_SUITE(model_of_collisions, colliding);

TYPED_TEST(model_of_collisions, random_operations) { this->run(2, repetitions(20'000)); }

}  // namespace
