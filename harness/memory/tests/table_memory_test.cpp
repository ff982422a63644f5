// Tables whose bytes can be worked out by hand. To be run below the library that counts.
#include "harness/memory/table_memory.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "hmap/map.hpp"
#include "steady/map.hpp"

namespace harness {
namespace {

using workloads::int_int;
using workloads::string_int;
using sizes = std::vector<std::size_t>;

/// What glibc takes of its heap for so many bytes.
constexpr std::uint64_t chunk(std::uint64_t bytes) {
  constexpr std::uint64_t least = 4 * sizeof(std::size_t), step = 2 * sizeof(std::size_t);
  return std::max(least, (bytes + sizeof(std::size_t) + step - 1) / step * step);
}

template <class Map, class Payload>
std::vector<table_memory> weighed(const sizes& wanted) {
  return weigh_tables<Map, Payload>(workloads::key_pool(wanted.back(), 1), wanted);
}

/// Of what a test wants: chunks beside it, some bytes larger than they need be, do not matter.
void expect_about(std::uint64_t found, std::uint64_t wanted) {
  EXPECT_GE(found, wanted);
  EXPECT_LE(found, wanted + wanted / 100 + 64);
}

TEST(table_memory, counts_the_nodes_and_the_array_of_std) {
  using map = std::unordered_map<std::uint64_t, std::uint64_t>;
  for (const table_memory& one : weighed<map, int_int>({100, 1000, 20'000})) {
    map same;
    for (std::size_t i = 0; i < one.n; ++i) same.emplace(i, i);
    const std::uint64_t nodes = one.n * chunk(3 * sizeof(void*));
    expect_about(one.grown,
                 nodes + chunk(same.bucket_count() * sizeof(void*)) + chunk(sizeof(map)));
    EXPECT_GE(one.peak, one.grown);
    same = map();
    same.reserve(one.n);
    expect_about(one.reserved.value(),
                 nodes + chunk(same.bucket_count() * sizeof(void*)) + chunk(sizeof(map)));
  }
}

TEST(table_memory, counts_the_blocks_of_strings) {
  using map = std::unordered_map<std::string, std::uint64_t>;
  const workloads::key_pool pool(1000, 1);
  std::uint64_t blocks = 0;
  std::string key;
  for (std::size_t i = 0; i < pool.size(); ++i) {
    pool.encode(pool.present(i), key);
    if (key.size() > std::string().capacity()) blocks += chunk(key.size() + 1);
  }
  ASSERT_GT(blocks, 0U);
  const auto found = weigh_tables<map, string_int>(pool, sizes{1000}).front();
  const std::uint64_t nodes =
      1000 * chunk(sizeof(void*) + sizeof(map::value_type) + 8);  // and hash
  EXPECT_GE(found.grown, nodes + blocks + 1000 * sizeof(void*));
  EXPECT_LE(found.grown, nodes + blocks + 4000 * sizeof(void*));
}

TEST(table_memory, of_hmap_is_that_of_its_buckets) {
  constexpr std::uint64_t bucket = 144;
  const auto found = weighed<hmap::map<std::uint64_t, std::uint64_t>, int_int>({8, 6656});
  EXPECT_LE(found[0].grown, 2 * bucket + 256);
  EXPECT_GE(found[1].grown, 1024 * bucket);               // 6.5 a bucket
  EXPECT_LE(found[1].grown, (1024 + 1024 / 4) * bucket);  // and overflow buckets
  EXPECT_GT(found[1].peak, found[1].grown);               // the old array, while it is drained
}

TEST(table_memory, at_a_load_factor_is_that_of_a_table_about_to_grow) {
  using map = std::unordered_map<std::uint64_t, std::uint64_t>;
  const workloads::key_pool pool(1000, 1);
  const auto one = weigh_tables<map, int_int>(pool, sizes{1000}, std::vector<unsigned>{50})[0];
  map same;
  same.max_load_factor(0.5F);
  std::size_t full = 0, capacity = 0;
  for (; full < 1000 || same.bucket_count() == capacity; ++full) {
    same.emplace(full, full);
    if (full < 1000) capacity = same.bucket_count();
  }
  const double buckets = static_cast<double>(chunk(capacity * sizeof(void*)));
  EXPECT_NEAR(one.at_load.at(50),
              32 + (buckets + chunk(sizeof(map))) / static_cast<double>(full - 1), 0.2);
  using fixed = hmap::map<std::uint64_t, std::uint64_t>;  // 6.5 a bucket, whatever is asked for
  const auto other = weigh_tables<fixed, int_int>(pool, sizes{1000}, std::vector<unsigned>{50})[0];
  EXPECT_TRUE(other.at_load.empty());
}

TEST(table_memory, is_the_same_each_time) {
  using map = hmap::map<std::uint64_t, std::uint64_t>;
  for (int i = 0; i < 3; ++i) {
    const auto one = weighed<map, int_int>({1000})[0], other = weighed<map, int_int>({1000})[0];
    EXPECT_EQ(one.reserved.value(), other.reserved);
    EXPECT_NEAR(static_cast<double>(one.grown), static_cast<double>(other.grown), 600);
  }
}

/// 12 KB of address space for each entry, of which it touches 4 KB.
class mapping {
 public:
  static constexpr std::size_t page = 4096, each = 3 * page;
  mapping() = default;
  mapping(const mapping&) = delete;
  mapping& operator=(const mapping&) = delete;
  ~mapping() {
    for (void* at : pages_) munmap(at, each);
  }
  void reserve(std::size_t) {}
  void try_emplace(std::uint64_t, std::uint64_t) {
    void* at = mmap(nullptr, each, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *static_cast<volatile char*>(at) = 1;
    pages_[used_++] = at;
  }

 private:
  std::array<void*, 16> pages_{};
  std::size_t used_ = 0;
};

TEST(table_memory, counts_the_touched_pages_of_a_map_that_maps_them_itself) {
  const auto found = weighed<mapping, int_int>({1, 10});
  EXPECT_EQ(found[0].grown, mapping::page + chunk(sizeof(mapping)));
  EXPECT_EQ(found[1].grown, 10 * mapping::page + chunk(sizeof(mapping)));
  EXPECT_EQ(found[1].reserved, found[1].grown);  // what the first table had is gone
}

TEST(table_memory, of_steady_is_in_pages_that_the_allocator_does_not_know) {
  steady::set_kept_pages_limit(0);
  const auto found = weighed<steady::map<std::uint64_t, std::uint64_t>, int_int>({100'000})[0];
  EXPECT_GE(found.grown, 16U * 100'000);
  EXPECT_LE(found.grown, 48U * 100'000);
  EXPECT_LE(found.peak, 48U * 100'000);
}

}  // namespace
}  // namespace harness
