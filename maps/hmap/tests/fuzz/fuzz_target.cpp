// Bytes as operations on a table, in both layouts, beside std::unordered_map; with cursors
// that live through them. After every operation the invariants are checked.
//
//   clang++ -std=c++20 -O1 -g1 -fsanitize=fuzzer,address,undefined -Imaps
//     maps/hmap/tests/fuzz/fuzz_target.cpp -o fuzz && ./fuzz maps/hmap/tests/fuzz/corpus
//
// A finding is reduced (-minimize_crash=1), put into corpus/, and replayed by every test run
// with any compiler (maps/tests/fuzz_replay.cpp).
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "../../../tests/fuzz_input.hpp"
#include "hmap/inspect.hpp"
#include "hmap/map.hpp"

namespace {

using map_test::plain_hash;
using map_test::require;
using key_type = map_test::fuzz_key;
using input = map_test::fuzz_input;

template <class Map>
class machine {
 public:
  void run(input in) {
    // Tables beyond a few hundred entries only make it slow.
    for (int i = 0; in.more() && i < 2'000; ++i) {
      // The bytes of the corpus keep the meaning that they had when there were sixteen operations.
      const std::uint8_t operation = in.byte();
      operation < 0xd0 ? step(operation % 16, in) : bulk_step(operation % 8, in);
      const std::string wrong = hmap::check(map_);
      require(wrong.empty(), wrong);
      require(map_.size() == model_.size(), "size");
    }
    for (auto& c : cursors_) c.step(*this, ~std::size_t{0});
    compare();
  }

 private:
  using model = std::unordered_map<key_type, std::string>;

  /// A cursor, and what it owes: the entries that no write has touched since it began.
  struct cursor {
    std::optional<decltype(std::declval<Map&>().range())> range;
    std::unordered_set<key_type> owed;
    std::unordered_set<key_type> undisturbed;

    void open(machine& m) {
      range.emplace(m.map_.range());
      owed.clear();
      for (const auto& [key, value] : m.model_) owed.insert(key);
      undisturbed = owed;
    }
    void close() {
      range.reset();
      forget();
    }
    void forget() {
      owed.clear();
      undisturbed.clear();
    }
    void disturb(key_type key) {
      owed.erase(key);
      undisturbed.erase(key);
    }
    void step(machine& m, std::size_t steps) {
      if (!range) return;
      for (; steps > 0 && range->next(); --steps) {
        const key_type key = range->key();
        const auto at = m.model_.find(key);
        require(at != m.model_.end(), "range: a key that is not there");
        require(range->value() == at->second, "range: an outdated value");
        require(owed.erase(key) == 1 || !undisturbed.count(key), "range: a key twice");
      }
      if (steps == 0) return;
      require(owed.empty(), "range: an entry was left out");
      require(!range->next(), "range: goes on behind its end");
    }
  };

  void step(unsigned operation, input& in) {
    switch (operation) {
      case 0:
      case 1: return insert(in.key());
      case 2: return assign(in.key(), in.byte());
      case 3:
      case 4: return erase(in.key());
      case 5: return erase_by_iterator(in.key());
      case 6: return insert_run(in.key(), in.byte());
      case 7: return erase_run(in.key(), in.byte());
      case 8: return find(in.key());
      case 9: return cursors_[in.byte() % 2].open(*this);
      case 10: return step_cursor(in.byte());
      case 11: return cursors_[in.byte() % 2].close();
      case 12: return sweep_and_erase(in.byte());
      case 13: return map_.reserve(in.byte() * 2U);
      case 14: return hand_on(in.byte());
      default: return clear(in.byte());
    }
  }

  void bulk_step(unsigned operation, input& in) {
    switch (operation) {
      case 0: return map_.rehash(in.byte() * 2U);
      case 1: return emplace(in.key(), in.byte());
      case 2: return erase_and_go_on(in.key());
      case 3: return drain(in.byte());
      case 4: return insert_range(in.key(), in.byte());
      case 5: return merge(in.key(), in.byte());
      case 6: return erase_front(in.byte());
      default: return hint(in.byte());
    }
  }

  static std::string text(key_type key, unsigned n) {
    return std::to_string(key) + std::string(n % 32, '.');
  }

  void insert(key_type key) {
    if (model_.size() > 700) return;
    const bool inserted = map_.try_emplace(key, text(key, 0)).second;
    require(inserted == model_.try_emplace(key, text(key, 0)).second, "try_emplace");
    if (inserted) disturb(key);
  }
  void assign(key_type key, unsigned n) {
    const auto [at, inserted] = map_.insert_or_assign(key, text(key, n));
    require(at->first == key && at->second == text(key, n), "insert_or_assign: its iterator");
    require(inserted == model_.insert_or_assign(key, text(key, n)).second, "insert_or_assign");
    if (inserted) disturb(key);
  }
  void erase(key_type key) {
    require(map_.erase(key) == model_.erase(key), "erase");
    disturb(key);
  }
  void erase_by_iterator(key_type key) {
    const auto at = map_.find(key);
    require((at != map_.end()) == (model_.erase(key) == 1), "find before erase");
    if (at != map_.end()) map_.erase(at);
    disturb(key);
  }
  /// In all the ways to name a key and a value.
  void emplace(key_type key, unsigned how) {
    if (model_.size() > 700) return;
    const std::string value = text(key, 0);
    const auto inserted = [&] {
      switch (how % 5) {
        case 0: return map_.emplace(key, value).second;
        case 1: return map_.emplace(std::pair<long, const char*>(key, value.c_str())).second;
        case 2:
          return map_.emplace(std::piecewise_construct, std::tuple(key), std::tuple(value)).second;
        case 3: return map_.insert(typename Map::value_type(key, value)).second;
        default: return map_.insert(std::pair(static_cast<unsigned>(key), value)).second;
      }
    }();
    require(inserted == model_.try_emplace(key, value).second, "emplace");
    if (inserted) disturb(key);
  }
  /// What erase(iterator) returns is where a sweep goes on.
  void erase_and_go_on(key_type key) {
    const auto at = map_.find(key);
    if (at == map_.end()) return;
    const typename Map::const_iterator expected = std::next(at);
    const auto next = map_.erase(at);
    model_.erase(key);
    disturb(key);
    require(next == expected, "erase: its result");
    if (expected == map_.end()) return;
    require(next->first == expected->first && model_.count((*next).first), "erase: the next entry");
  }
  void drain(unsigned n) {
    for (n %= 64; n > 0 && !map_.empty(); --n) {
      const auto first = map_.begin();
      const key_type key = first->first;
      require(model_.erase(key) == 1, "begin: a key that is not there");
      map_.erase(first);
      disturb(key);
    }
  }
  void insert_range(key_type key, unsigned n) {
    if (model_.size() > 700) return;
    std::vector<std::pair<key_type, std::string>> range;
    for (unsigned i = 0; i < n; ++i) range.emplace_back(next(key, i), text(key, i));
    map_.insert(range.begin(), range.end());
    for (const auto& entry : range) {
      if (model_.insert(entry).second) disturb(entry.first);
    }
  }
  void merge(key_type key, unsigned n) {
    if (model_.size() > 700) return;
    Map other;
    model remains;
    for (unsigned i = 0; i < n; ++i) {
      const key_type k = next(key, i);
      if (!other.try_emplace(k, text(k, 1)).second) continue;
      if (model_.try_emplace(k, text(k, 1)).second) {
        disturb(k);
      } else {
        remains.try_emplace(k, text(k, 1));
      }
    }
    map_.merge(other);
    require(other.size() == remains.size() && hmap::check(other).empty(), "merge: what is left");
    for (auto&& [k, value] : other) require(remains.count(k) == 1, "merge: a key that was wanted");
  }
  void erase_front(unsigned n) {
    auto last = map_.begin();
    for (n %= 16; n > 0 && last != map_.end(); --n, ++last) {
      model_.erase(last->first);
      disturb(last->first);
    }
    require(map_.erase(map_.begin(), last) == last, "erase of a range");
  }
  void hint(unsigned n) {
    const std::size_t buckets = map_.bucket_count();
    map_.max_load_factor(static_cast<float>(n));
    require(map_.max_load_factor() == 6.5F && map_.bucket_count() == buckets, "a hint");
    require(map_.max_size() >= map_.size(), "max_size");
  }
  /// Keys of the same tophash in neighbouring chains, or of the same chain.
  static key_type next(key_type key, unsigned i) {
    return static_cast<key_type>(key + (key & 1 ? i : i << 8));
  }
  void insert_run(key_type key, unsigned n) {
    for (unsigned i = 0; i < n % 64; ++i) insert(next(key, i));
  }
  void erase_run(key_type key, unsigned n) {
    for (unsigned i = 0; i < n % 64; ++i) erase(next(key, i));
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
  void step_cursor(unsigned n) { cursors_[n % 2].step(*this, n / 2 % 32); }
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
      disturb(key);
    }
    require(seen == size, "sweep: not every entry once");
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
      for (auto& c : cursors_) c.close();  // they belong to the table that is gone
    }
  }
  void clear(unsigned really) {
    if (really % 4 != 0) return compare();
    const bool ends_cursors = !map_.empty();
    map_.clear();
    model_.clear();
    if (!ends_cursors) return;
    for (auto& c : cursors_) {
      c.forget();
      require(!c.range || !c.range->next(), "range: goes on after clear()");
    }
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
  void disturb(key_type key) {
    for (auto& c : cursors_) c.disturb(key);
  }

  Map map_;
  model model_;
  std::array<cursor, 2> cursors_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hmap::fix_random_seed(size);  // the same bytes must always do the same
  machine<hmap::map<key_type, std::string, plain_hash>>().run({data, size});
  machine<hmap::paired_map<key_type, std::string, plain_hash>>().run({data, size});
  return 0;
}
