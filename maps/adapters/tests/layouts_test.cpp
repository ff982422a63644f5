// The other layouts of hmap's buckets: that they answer right, and lie where they should.
#include <array>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "maps/adapters/answer_check.hpp"
#include "maps/adapters/hmap_paired.hpp"
#include "maps/adapters/hmap_paired_aligned.hpp"
#include "maps/adapters/hmap_split_aligned.hpp"
#include "workloads/hash.hpp"

namespace {

using workloads::shared_hash;

template <class Adapter>
class layouts : public testing::Test {};
using adapters_ = testing::Types<adapters::hmap_paired, adapters::hmap_split_aligned,
                                 adapters::hmap_paired_aligned>;
TYPED_TEST_SUITE(layouts, adapters_);

TYPED_TEST(layouts, answer_right) {
  using ints = typename TypeParam::template map<std::uint64_t, std::uint64_t, shared_hash>;
  using strings = typename TypeParam::template map<std::string, std::string, shared_hash>;
  EXPECT_EQ((maps::answer_check<ints, workloads::int_int>(1)), "");
  EXPECT_EQ((maps::answer_check<strings, workloads::string_string>(1)), "");
}

/// In an aligned bucket of 192 bytes, the keys are in known places of their lines.
template <class Adapter>
void expect_keys_at(std::size_t stride) {
  typename Adapter::template map<std::uint64_t, std::uint64_t, shared_hash> table;
  for (std::uint64_t key = 0; key < 10'000; ++key) table.try_emplace(key, key);
  constexpr std::size_t tophash_bytes = 8, line = 64;
  std::array<bool, line> is_a_cell{};
  for (std::size_t cell = 0; cell < 8; ++cell) {
    is_a_cell[(tophash_bytes + cell * stride) % line] = true;
  }
  for (auto&& entry : table) {
    ASSERT_TRUE(is_a_cell[reinterpret_cast<std::uintptr_t>(&entry.first) % line]);
  }
}

TEST(aligned_layouts, buckets_begin_on_lines) {
  expect_keys_at<adapters::hmap_split_aligned>(sizeof(std::uint64_t));
  expect_keys_at<adapters::hmap_paired_aligned>(2 * sizeof(std::uint64_t));
}

}  // namespace
