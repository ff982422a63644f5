#include "workloads/keys.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace workloads {
namespace {

constexpr std::size_t n = 10'000;

TEST(key_pool, present_absent_and_spare_are_disjoint) {
  for (const std::uint64_t seed : {0ULL, 1ULL, 0xFFFFFFFFFFFFFFFFULL}) {
    const key_pool pool(n, seed);
    std::set<std::uint64_t> ids;
    std::set<std::string> words;
    for (std::size_t i = 0; i < n; ++i) {
      for (const std::uint64_t id : {pool.present(i), pool.absent(i), pool.spare(i)}) {
        ids.insert(id);
        words.insert(encoded<std::string>(id));
      }
    }
    EXPECT_EQ(ids.size(), 3 * n);
    EXPECT_EQ(words.size(), 3 * n);
  }
}

TEST(key_pool, the_seed_decides_everything) {
  EXPECT_EQ(key_pool(n, 5).present(7), key_pool(1, 5).present(7));
  EXPECT_NE(key_pool(n, 5).present(7), key_pool(n, 6).present(7));
}

TEST(key_pool, the_keys_of_two_seeds_do_not_overlap) {
  std::set<std::uint64_t> ids;
  for (std::size_t i = 0; i < n; ++i) {
    ids.insert(key_pool(n, 1).present(i));
    ids.insert(key_pool(n, 2).present(i));
  }
  EXPECT_EQ(ids.size(), 2 * n);
}

TEST(encode, a_string_starts_with_its_id) {
  for (const std::uint64_t id : {0ULL, 1ULL, 0x0123456789ABCDEFULL}) {
    const auto text = encoded<std::string>(id);
    std::uint64_t start = 0;
    std::memcpy(&start, text.data(), sizeof start);
    EXPECT_EQ(start, id);
    EXPECT_EQ(text.size(), string_length(id));
  }
}

TEST(encode, string_lengths_mix_short_and_long) {
  const key_pool pool(n, 1);
  std::size_t in_place = 0, total = 0;
  std::set<std::size_t> lengths;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t length = encoded<std::string>(pool.present(i)).size();
    lengths.insert(length);
    total += length;
    in_place += length <= 15;
  }
  EXPECT_EQ(*lengths.begin(), shortest_string);
  EXPECT_EQ(*lengths.rbegin(), longest_string);
  EXPECT_EQ(lengths.size(), longest_string - shortest_string + 1) << "every length occurs";
  EXPECT_NEAR(static_cast<double>(total) / n, 31.9, 1.5);
  EXPECT_NEAR(static_cast<double>(in_place) / n, 0.3875, 0.03);
}

TEST(make_slots, keep_their_buffers) {
  auto slots = make_slots<entry<string_string>>(1);
  const void* const buffers[]{slots[0].key.data(), slots[0].value.data()};
  for (std::uint64_t id = 0; id < 1000; ++id) {
    encode(id, slots[0].key);
    encode(id, slots[0].value);
    ASSERT_EQ(slots[0].key.data(), buffers[0]);
    ASSERT_EQ(slots[0].value.data(), buffers[1]);
  }
}

/// A heap of which every second block was freed, in random order.
std::vector<std::string> tattered_heap() {
  std::vector<std::string> blocks(4000);
  for (auto& block : blocks) block.reserve(longest_string);
  std::vector<std::size_t> order(blocks.size() / 2);
  std::iota(order.begin(), order.end(), 0);
  random_source random(1);
  for (std::size_t i = order.size(); i-- > 1;) std::swap(order[i], order[random.below(i + 1)]);
  for (const std::size_t i : order) std::string().swap(blocks[2 * i]);
  return blocks;
}

TEST(make_slots, lie_in_the_order_in_which_they_are_read) {
  const auto heap = tattered_heap();
  const auto slots = make_slots<entry<string_string>>(2500);
  std::vector<const char*> places;
  for (const auto& slot : slots) {
    places.push_back(slot.key.data());
    places.push_back(slot.value.data());
  }
  EXPECT_TRUE(std::ranges::is_sorted(places, std::less<>{}));
}

TEST(encode, records_differ_in_the_words_a_digest_reads) {
  EXPECT_NE(digest(encoded<record>(1)), digest(encoded<record>(2)));
  EXPECT_EQ(encoded<record>(1), encoded<record>(1));
}

TEST(entry_digest, notices_values_that_changed_places) {
  EXPECT_NE(entry_digest(1UL, 10UL) + entry_digest(2UL, 20UL),
            entry_digest(1UL, 20UL) + entry_digest(2UL, 10UL));
}

TEST(bytes_of_encoded, counts_the_heap_only_when_it_is_used) {
  EXPECT_EQ(bytes_of_encoded<std::uint64_t>(1), 8U);
  EXPECT_EQ(bytes_of_encoded<record>(1), 40U);
  bool was_short = false, was_long = false;
  for (std::uint64_t id = 0; id < 100; ++id) {
    const auto text = encoded<std::string>(id);
    const bool is_short = text.size() <= std::string().capacity();
    EXPECT_EQ(bytes_of_encoded<std::string>(id), sizeof text + (is_short ? 0 : text.size() + 1));
    (is_short ? was_short : was_long) = true;
  }
  EXPECT_TRUE(was_short && was_long);
}

TEST(digest_of, is_the_digest_of_what_is_encoded) {
  for (std::uint64_t id = 0; id < 100; ++id) {
    EXPECT_EQ(digest_of<std::uint64_t>(id), digest(encoded<std::uint64_t>(id)));
    EXPECT_EQ(digest_of<record>(id), digest(encoded<record>(id)));
    EXPECT_EQ(digest_of<std::string>(id), digest(encoded<std::string>(id)));
    entry<string_int> pair;
    const key_pool pool(1, 1);
    pool.encode(id, pair);
    EXPECT_EQ(pool.entry_digest<string_int>(id), entry_digest(pair.key, pair.value));
  }
}

TEST(mean_payload_bytes, is_exact_for_fixed_sizes_and_near_the_mean_for_strings) {
  const key_pool pool(n, 1);
  EXPECT_EQ(mean_payload_bytes<int_int>(pool), 16);
  EXPECT_EQ(mean_payload_bytes<int_struct>(pool), 48);
  EXPECT_NEAR(mean_payload_bytes<string_int>(pool), 8 + 32 + 27, 3);
}

}  // namespace
}  // namespace workloads
