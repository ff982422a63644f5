#include "workloads/hash.hpp"

#include <bit>
#include <string>

#include <gtest/gtest.h>

namespace workloads {
namespace {

TEST(shared_hash, every_bit_of_an_integer_moves_about_half_of_the_hash) {
  const shared_hash hash;
  random_source random(1);
  for (unsigned bit = 0; bit < 64; ++bit) {
    int moved = 0;
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t key = random();
      moved += std::popcount(hash(key) ^ hash(key ^ (1ULL << bit)));
    }
    EXPECT_NEAR(moved / 200.0, 32, 4) << "bit " << bit;
  }
}

TEST(shared_hash, small_integers_differ_in_low_and_in_high_bits) {
  const shared_hash hash;
  unsigned low = 0, high = 0;
  for (std::uint64_t key = 0; key < 64; ++key) {
    low |= 1U << (hash(key) % 32);
    high |= 1U << (hash(key) >> 59);
  }
  EXPECT_GT(std::popcount(low), 24);
  EXPECT_GT(std::popcount(high), 24);
}

TEST(shared_hash, strings_are_hashed_by_content_and_length) {
  const shared_hash hash;
  EXPECT_EQ(hash(std::string(20, 'a')), hash(std::string(20, 'a')));
  EXPECT_NE(hash(std::string(20, 'a')), hash(std::string(21, 'a')));
  EXPECT_NE(hash(std::string("abcdefgh")), hash(std::string("abcdefgi")));
  EXPECT_EQ(hash(std::string()), 0x2D06800538D394C2U);  // XXH3's published value for no bytes
}

}  // namespace
}  // namespace workloads
