#include "workloads/key_set.hpp"

#include <cstdint>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "workloads/keys.hpp"
#include "workloads/tests/key_sets.hpp"

namespace workloads {
namespace {

constexpr std::size_t n = 5000;

/// Ids of the three streams, n of each.
std::vector<std::uint64_t> ids_of(const key_pool& pool) {
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 0; i < n; ++i) {
    for (const std::uint64_t id : {pool.present(i), pool.absent(i), pool.spare(i)}) {
      ids.push_back(id);
    }
  }
  return ids;
}

TEST(key_set, streams_of_integers_are_disjoint) {
  for (const key_set& keys : sets_of_integers()) {
    for (const std::uint64_t seed : {0ULL, 1ULL, 0xFFFFFFFFFFFFFFFFULL}) {
      const auto ids = ids_of(key_pool(n, seed, keys));
      EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 3 * n) << static_cast<int>(keys.shape());
    }
  }
}

TEST(key_set, streams_of_strings_are_disjoint_and_read_as_expected) {
  for (const key_set& keys : sets_of_strings()) {
    std::set<std::string> texts;
    for (const std::uint64_t id : ids_of(key_pool(n, 1, keys))) {
      std::string text;
      keys.encode(id, text);
      texts.insert(text);
      EXPECT_EQ(keys.digest_of<std::string>(id), digest(text));
      EXPECT_EQ(keys.bytes_of<std::string>(id),
                sizeof text + (text.size() <= std::string().capacity() ? 0 : text.size() + 1));
    }
    EXPECT_EQ(texts.size(), 3 * n) << static_cast<int>(keys.shape());
  }
}

TEST(key_set, any_absent_key_is_absent) {
  for (const key_set& keys : {key_set(key_shape::bits32), some_lines()}) {
    const key_pool pool(n, 3, keys);
    std::set<std::uint64_t> present;
    for (std::size_t i = 0; i < n; ++i) present.insert(pool.present(i));
    random_source random(1);
    for (std::size_t i = 0; i < n; ++i) EXPECT_FALSE(present.contains(pool.any_absent(random)));
  }
}

/// All bits of many ids, or'ed.
std::uint64_t used_bits(key_shape shape) {
  std::uint64_t bits = 0;
  for (const std::uint64_t id : ids_of(key_pool(n, 1, key_set(shape)))) bits |= id;
  return bits;
}

TEST(key_set, shapes_use_the_bits_that_they_are_named_after) {
  EXPECT_EQ(used_bits(key_shape::random), ~0ULL);
  EXPECT_EQ(used_bits(key_shape::low_masked), ~0ULL << 20);
  EXPECT_EQ(used_bits(key_shape::high_masked), ~0ULL >> 20);
  EXPECT_EQ(used_bits(key_shape::bits32), 0xFFFFFFFFULL);
  EXPECT_EQ(used_bits(key_shape::strided) & 4095, 0);
  const key_pool one_by_one(n, 1, key_set(key_shape::sequential));
  const key_pool page_by_page(n, 1, key_set(key_shape::strided));
  for (std::size_t i = 0; i < n; ++i) {
    EXPECT_EQ(one_by_one.present(i + 1) - one_by_one.present(i), 1);
    EXPECT_EQ(page_by_page.present(i + 1) - page_by_page.present(i), 4096);
  }
}

TEST(key_set, scrambling_within_bits_is_a_bijection) {
  for (const unsigned bits : {2U, 3U, 8U, 13U}) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < 1ULL << bits; ++i) {
      const std::uint64_t to = scramble_within(i, bits, 7);
      EXPECT_LT(to, 1ULL << bits);
      seen.insert(to);
    }
    EXPECT_EQ(seen.size(), 1ULL << bits);
  }
}

TEST(key_set, a_uuid_is_of_version_4) {
  const key_set keys(key_shape::uuid);
  const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  for (const std::uint64_t id : {0ULL, 1ULL, ~0ULL, 0x123456789ABCDEF0ULL}) {
    std::string text;
    keys.encode(id, text);
    EXPECT_TRUE(std::regex_match(text, form)) << text;
  }
}

TEST(key_set, lines_come_as_they_are_first_and_with_a_number_then) {
  const key_set keys = some_lines();
  const key_pool pool(n, 5, keys);
  std::set<std::string> first;
  for (std::size_t i = 0; i < 100; ++i) {  // a third of the lines is for keys that are present
    std::string text;
    keys.encode(pool.present(i), text);
    first.insert(text);
    EXPECT_LT(std::stoi(text), 100);
    std::string again;
    keys.encode(pool.present(i + 200), again);
    EXPECT_EQ(again, text + "~2");
  }
  EXPECT_EQ(first.size(), 100);
}

}  // namespace
}  // namespace workloads
