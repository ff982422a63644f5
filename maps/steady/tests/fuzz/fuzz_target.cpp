// Bytes as operations on a table, in both memories, beside std::unordered_map. After every
// operation the invariants are checked.
//
//   clang++ -std=c++20 -O1 -g1 -fsanitize=fuzzer,address,undefined -Imaps
//     maps/steady/tests/fuzz/fuzz_target.cpp -o fuzz && ./fuzz maps/steady/tests/fuzz/corpus
//
// A finding is reduced (-minimize_crash=1), put into corpus/, and replayed by every test run with
// any compiler (maps/tests/fuzz_replay.cpp).
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "../../../tests/fuzz_input.hpp"
#include "steady/inspect.hpp"
#include "steady/map.hpp"

namespace {

using map_test::plain_hash;
using map_test::require;
using key_type = map_test::fuzz_key;
using input = map_test::fuzz_input;

/// Everything happens early: chains, growth, shrinking, moves from block to block.
struct early : steady::default_traits {
  static constexpr std::size_t max_load = 6;
  static constexpr std::size_t min_load = 2;
  static constexpr unsigned min_level = 0;
  static constexpr std::size_t chain_cap = 3;
  static constexpr std::size_t heap_bytes = 3'000;
  static constexpr std::array<std::uint64_t, 3> reservation_bytes{
      std::uint64_t{1} << 18, std::uint64_t{1} << 20, std::uint64_t{1} << 32};
  static constexpr std::size_t release_bytes = 4'096;
};
struct early_segments : early {
  static constexpr bool use_segments = true;
};

template <class Map>
class machine {
 public:
  void run(input in) {
    // Tables beyond a few hundred entries only make it slow.
    for (int i = 0; in.more() && i < 2'000; ++i) {
      const std::uint8_t operation = in.byte();
      step(operation % 18, in);
      const std::string wrong = steady::check(map_);
      require(wrong.empty(), wrong);
      require(map_.size() == model_.size(), "size");
    }
    compare();
  }

 private:
  using model = std::unordered_map<key_type, std::string>;

  void step(unsigned operation, input& in) {
    switch (operation) {
      case 0:
      case 1: return insert(in.key());
      case 2: return assign(in.key(), in.byte());
      case 3: return erase(in.key());
      case 4: return erase_by_iterator(in.key());
      case 5:
      case 6: return insert_run(in.key(), in.byte());
      case 7:
      case 8: return erase_run(in.key(), in.byte());
      case 9: return find(in.key());
      case 10: return sweep_and_erase(in.byte());
      case 11: return resize(in.byte(), in.byte());
      case 12: return hand_on(in.byte());
      case 13: return drain(in.byte());
      case 14: return emplace(in.byte(), in.key());
      case 15: return insert_range(in.key(), in.byte(), in.byte());
      case 16: return rehash(in.byte());
      default: return clear(in.byte());
    }
  }

  static std::string text(key_type key, unsigned n) {
    return std::to_string(key) + std::string(n % 32, '.');
  }

  void insert(key_type key) {
    if (model_.size() > 700) return;
    const auto [at, inserted] = map_.try_emplace(key, text(key, 0));
    require(at->first == key, "try_emplace: its iterator");
    require(inserted == model_.try_emplace(key, text(key, 0)).second, "try_emplace");
  }
  void assign(key_type key, unsigned n) {
    const auto [at, inserted] = map_.insert_or_assign(key, text(key, n));
    require(at->first == key && at->second == text(key, n), "insert_or_assign: its iterator");
    require(inserted == model_.insert_or_assign(key, text(key, n)).second, "insert_or_assign");
  }
  void erase(key_type key) { require(map_.erase(key) == model_.erase(key), "erase"); }
  void erase_by_iterator(key_type key) {
    const auto at = map_.find(key);
    require((at != map_.end()) == (model_.erase(key) == 1), "find before erase");
    if (at == map_.end()) return;
    const auto next = std::next(at);
    const auto result = map_.erase(at);
    if (key & 1) require(result == next, "erase: the next entry");
  }
  /// From the front, as a work list.
  void drain(unsigned n) {
    for (unsigned i = 0; i < n && !map_.empty(); ++i) {
      const auto first = map_.begin();
      require(model_.erase(first->first) == 1, "begin");
      map_.erase(first);
    }
  }
  void emplace(unsigned how, key_type key) {
    if (model_.size() > 700) return;
    const std::string value = text(key, how);
    const bool fresh = model_.try_emplace(key, value).second;
    bool inserted = false;
    if (how % 5 == 0) inserted = map_.emplace(key, value).second;
    if (how % 5 == 1)
      inserted = map_.insert(std::pair<int, const char*>(key, value.c_str())).second;
    if (how % 5 == 2) {
      inserted = map_.emplace(std::piecewise_construct, std::tuple(key), std::tuple(value)).second;
    }
    if (how % 5 == 3) inserted = map_.insert({key, value}).second;
    if (how % 5 == 4) inserted = map_.emplace(typename Map::value_type(key, value)).second;
    require(inserted == fresh, "emplace");
    require(map_.at(key) == model_.at(key), "emplace: the value");
  }
  /// New keys and some that are there; the table may grow at once.
  void insert_range(key_type key, unsigned n, unsigned more) {
    if (model_.size() > 300) return;
    std::vector<std::pair<key_type, std::string>> range;
    for (unsigned i = 0; i < n + more; ++i) range.emplace_back(next(key, i), text(key, i));
    map_.insert(range.begin(), range.end());
    model_.insert(range.begin(), range.end());
  }
  void rehash(unsigned n) {
    map_.rehash(n % 4 == 0 ? 0 : n);
    require(map_.bucket_count() >= (n % 4 == 0 ? 0 : n), "rehash");
  }
  /// Keys of the same tag in neighbouring buckets, or of the same bucket.
  static key_type next(key_type key, unsigned i) {
    return static_cast<key_type>(key + (key & 1 ? i : i << 8));
  }
  void insert_run(key_type key, unsigned n) {
    for (unsigned i = 0; i < n % 128; ++i) insert(next(key, i));
  }
  void erase_run(key_type key, unsigned n) {
    for (unsigned i = 0; i < n % 128; ++i) erase(next(key, i));
  }
  void find(key_type key) {
    const auto at = map_.find(key);
    const auto expected = model_.find(key);
    require((at == map_.end()) == (expected == model_.end()), "find");
    require(at == map_.end() || at->second == expected->second, "find: the value");
    // A sweep can go on from whatever was found.
    std::size_t rest = 0;
    for (auto it = at; it != map_.end(); ++it) ++rest;
    require(rest <= map_.size(), "a sweep that goes round");
  }
  void sweep_and_erase(unsigned every) {
    std::size_t seen = 0;
    const std::size_t size = map_.size();
    for (auto it = map_.begin(); it != map_.end(); ++seen) {
      const key_type key = it->first;
      require(model_.count(key) == 1, "sweep: a key that is not there");
      if (every == 0 || seen % every != every - 1) {
        ++it;
        continue;
      }
      it = map_.erase(it);
      model_.erase(key);
    }
    require(seen == size, "sweep: not every entry once");
  }
  void resize(unsigned how, unsigned n) {
    if (how % 4 == 0) map_.reserve(n * 2U);
    if (how % 4 == 1) map_.reserve(n, steady::resident);
    if (how % 4 >= 2) map_.shrink_to_fit();
  }
  /// The table moves, is swapped, or is replaced by a copy of itself.
  void hand_on(unsigned how) {
    Map other;
    other.try_emplace(1, "1");
    if (how % 4 == 0) {
      other = std::move(map_);
      require(map_.empty(), "moved from and not empty");
      map_ = std::move(other);
    } else if (how % 4 == 1) {
      map_.swap(other);
      other.swap(map_);
    } else if (how % 4 == 2) {
      other = map_;
      require(other == map_, "a copy that differs");
    } else {
      other.merge(map_);
      if (model_.count(1)) other.insert_or_assign(1, model_.at(1));
      if (!model_.count(1)) other.erase(1);
      map_ = std::move(other);
    }
  }
  void clear(unsigned really) {
    if (really % 4 != 0) return compare();
    map_.clear();
    model_.clear();
  }
  void compare() {
    std::size_t seen = 0;
    for (auto&& [key, value] : map_) {
      const auto at = model_.find(key);
      require(at != model_.end() && at->second == value, "an entry that the model lacks");
      ++seen;
    }
    require(seen == model_.size(), "an entry is missing");
  }

  Map map_;
  model model_;
};

template <class Traits>
using table = steady::map<key_type, std::string, plain_hash, std::equal_to<key_type>,
                          std::allocator<std::pair<const key_type, std::string>>, Traits>;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  steady::fix_random_seed(size);  // the same bytes must always do the same
  machine<table<early>>().run({data, size});
  machine<table<early_segments>>().run({data, size});
  return 0;
}
