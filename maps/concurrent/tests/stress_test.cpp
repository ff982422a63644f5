// More threads than processors, so that some of them are stopped in the middle of an operation.
#include <array>
#include <atomic>
#include <mutex>
#include <unordered_map>

#include "subjects.hpp"

namespace {

using namespace concurrent_test;

constexpr std::size_t threads = 8;

/// Two words, of which a reader must never see one of one value and one of another.
class twin {
 public:
  twin(std::uint64_t number) : number_(number), complement_(~number) {}
  bool operator==(const twin&) const = default;
  bool is_whole() const { return complement_ == ~number_; }
  std::uint64_t number() const { return number_; }

 private:
  std::uint64_t number_, complement_;
};

template <class Map>
class stress : public ::testing::Test {
 protected:
  void expect_found(std::uint64_t k, bool is_there) {
    bool is_whole = true;
    EXPECT_EQ(map_.visit(k, [&](const twin& v) { is_whole = v.is_whole(); }), is_there);
    EXPECT_TRUE(is_whole);
  }

  Map map_;
};
using subjects = maps_of<std::uint64_t, twin>::all;
TYPED_TEST_SUITE(stress, subjects);

TYPED_TEST(stress, insertions_and_erasures_of_shared_keys_balance) {
  for (const std::uint64_t keys : {3U, 200U}) {
    std::vector<std::atomic<int>> balance(keys);
    together(threads, [&](std::size_t t) {
      random_stream random(t);
      for (int i = 0; i < 3'000; ++i) {
        const std::uint64_t k = random.below(keys);
        switch (random.below(6)) {
          case 0: balance[k] += this->map_.insert(k, t) ? 1 : 0; break;
          case 1: balance[k] += this->map_.load_or_store(k, t).second ? 0 : 1; break;
          case 2: balance[k] += this->map_.swap(k, t) ? 0 : 1; break;
          case 3: balance[k] -= this->map_.erase(k) ? 1 : 0; break;
          case 4: balance[k] -= this->map_.load_and_delete(k) ? 1 : 0; break;
          default: balance[k] -= this->map_.compare_and_delete(k, t) ? 1 : 0;
        }
      }
    });
    for (std::uint64_t k = 0; k < keys; ++k) {
      ASSERT_TRUE(balance[k] == 0 || balance[k] == 1) << balance[k] << " of key " << k;
      this->expect_found(k, balance[k] == 1);
    }
    this->map_.clear();
  }
}

TYPED_TEST(stress, keys_of_one_thread_are_its_own) {
  std::atomic<std::size_t> wrong = 0, expected_entries = 0;
  together(threads, [&](std::size_t t) {
    random_stream random(t);
    std::unordered_map<std::uint64_t, std::uint64_t> model;
    for (std::uint64_t i = 0; i < 3'000; ++i) {
      const std::uint64_t k = random.below(50) * threads + t;
      const auto at = model.find(k);
      const bool is_there = at != model.end();
      bool is_right = true;
      switch (random.below(4)) {
        case 0:
          this->map_.store(k, i);
          model[k] = i;
          break;
        case 1: is_right = this->map_.erase(k) == (model.erase(k) == 1); break;
        case 2: is_right = this->map_.insert(k, i) == model.try_emplace(k, i).second; break;
        default:
          is_right =
              this->map_.load(k) == (is_there ? std::optional<twin>(at->second) : std::nullopt);
      }
      wrong += is_right ? 0 : 1;
    }
    expected_entries += model.size();
  });
  EXPECT_EQ(wrong.load(), 0U);
  std::size_t entries = 0;
  this->map_.for_each([&](std::uint64_t, const twin&) { ++entries; });
  EXPECT_EQ(entries, expected_entries.load());
}

TYPED_TEST(stress, values_are_never_torn) {
  std::atomic<std::size_t> torn = 0;
  together(threads, [&](std::size_t t) {
    random_stream random(t);
    for (int i = 0; i < 3'000; ++i) {
      const std::uint64_t k = random.below(4);
      if (t % 2 == 0) {
        this->map_.store(k, random());
      } else {
        this->map_.visit(k, [&](const twin& v) { torn += v.is_whole() ? 0 : 1; });
        torn += this->map_.load(k).value_or(0).is_whole() ? 0 : 1;
      }
    }
  });
  EXPECT_EQ(torn.load(), 0U);
}

/// Half of the threads only read. Nothing but the map orders them after the writers, so under
/// ThreadSanitizer each operation that publishes too weakly, or reads so, is a race.
template <class Map>
void expect_whole_entries_while_written(std::uint64_t keys) {
  Map map;
  std::array<std::size_t, threads> torn{};
  together(threads, [&](std::size_t t) {
    random_stream random(t);
    const auto look = [&](std::uint64_t, const twin& v) { torn[t] += v.is_whole() ? 0 : 1; };
    for (std::uint64_t i = 0; i < 1'000; ++i) {
      const std::uint64_t k = random.below(keys);
      if (t % 2 == 1) {
        map.visit(k, [&](const twin& v) { look(k, v); });
        if (i % 50 == 0) map.for_each(look);
        continue;
      }
      switch (random.below(6)) {
        case 0: map.store(k, i); break;
        case 1: map.insert(k, i); break;
        case 2: map.erase(k); break;
        case 3: map.compare_and_delete(k, map.load(k).value_or(0)); break;
        default: map.compare_and_swap(k, map.load(k).value_or(0), i);
      }
      if (t == 0 && i % 50 == 0) map.clear();
    }
  });
  for (const std::size_t times : torn) EXPECT_EQ(times, 0U);
}

TYPED_TEST(stress, threads_that_only_read_see_whole_entries) {
  expect_whole_entries_while_written<TypeParam>(40);
}

/// Four keys a list.
struct colliding_hash {
  std::uint64_t operator()(std::uint64_t k, std::uint32_t) const { return k / 4; }
};

TEST(stress_of_a_trie_with_collisions, threads_that_only_read_see_whole_entries) {
  expect_whole_entries_while_written<
      concurrent::hash_trie_map<std::uint64_t, twin, colliding_hash>>(8);
}

TYPED_TEST(stress, a_range_passes_what_stays_exactly_once) {
  constexpr std::uint64_t stays = 100, keys = 200;
  for (std::uint64_t k = 0; k < stays; ++k) this->map_.store(k, k);
  std::atomic<bool> is_over = false;
  std::atomic<std::size_t> wrong = 0;
  together(threads, [&](std::size_t t) {
    random_stream random(t);
    if (t > 1) {  // writers
      while (!is_over) {
        const std::uint64_t k = stays + random.below(keys - stays);
        if (random.below(2) == 0) {
          this->map_.store(k, k);
        } else {
          this->map_.erase(k);
        }
        // A key that stays may be replaced as well: it is there all the while.
        if (random.below(4) == 0) this->map_.store(k - stays, k - stays);
      }
      return;
    }
    for (int i = 0; i < 100; ++i) {
      std::array<int, keys> times{};
      this->map_.range([&](std::uint64_t k, const twin& v) {
        ++times[k];
        wrong += v.number() == k && v.is_whole() ? 0 : 1;
        return true;
      });
      for (std::uint64_t k = 0; k < keys; ++k) {
        wrong += times[k] == 1 || (k >= stays && times[k] == 0) ? 0 : 1;
      }
    }
    is_over = true;
  });
  EXPECT_EQ(wrong.load(), 0U);
}

TYPED_TEST(stress, what_is_left_after_clears_is_found_and_passed) {
  constexpr std::uint64_t keys = 100;
  together(threads, [&](std::size_t t) {
    random_stream random(t);
    for (std::uint64_t i = 0; i < 1'000; ++i) {
      const std::uint64_t k = random.below(keys);
      if (t == 0 && i % 10 == 0) this->map_.clear();
      if (random.below(2) == 0) {
        this->map_.store(k, i);
      } else {
        this->map_.erase(k);
      }
    }
  });
  std::array<bool, keys> is_passed{};
  this->map_.for_each([&](std::uint64_t k, const twin&) { is_passed[k] = true; });
  for (std::uint64_t k = 0; k < keys; ++k) this->expect_found(k, is_passed[k]);
}

}  // namespace
