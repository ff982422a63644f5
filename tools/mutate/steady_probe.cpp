// The quickest way to see that steady is broken: random operations beside std::unordered_map, in
// both memories, with few and with many entries a bucket. Prints what is wrong and exits 1.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>

#include "steady/inspect.hpp"
#include "steady/map.hpp"

namespace {

std::uint64_t state = 1;
std::uint64_t below(std::uint64_t n) { return maps::common::splitmix64(state) % n; }

void require(bool holds, const std::string& what) {
  if (holds) return;
  std::printf("line %s\n", what.c_str());
  std::exit(1);
}
#define REQUIRE(x) require((x), std::to_string(__LINE__) + ": " #x)

struct early : steady::default_traits {
  static constexpr std::size_t max_load = 4;
  static constexpr std::size_t min_load = 1;
  static constexpr unsigned min_level = 0;
  static constexpr std::size_t heap_bytes = 2'000;
  static constexpr std::array<std::uint64_t, 3> reservation_bytes{
      std::uint64_t{1} << 18, std::uint64_t{1} << 20, std::uint64_t{1} << 32};
  static constexpr std::size_t release_bytes = 4'096;
};
struct crowded : early {
  static constexpr std::size_t max_load = 24;
  static constexpr std::size_t min_load = 10;
  static constexpr std::size_t chain_cap = 3;
};
struct crowded_segments : crowded {
  static constexpr bool use_segments = true;
};

template <class K>
K make(std::uint64_t i) {
  if constexpr (std::is_same_v<K, std::string>) {
    return std::to_string(i) + std::string(i % 20, '.');
  } else {
    return i;
  }
}

/// Erases nearly everything, so that buckets are merged, chains and all.
template <class Table, class Model>
void drain(Table& m, Model& model) {
  const std::size_t left = model.size() / 50;
  for (std::size_t i = 0; model.size() > left; ++i) {
    REQUIRE(m.erase(model.begin()->first) == 1);
    model.erase(model.begin());
    if (i % 64 == 0) require(steady::check(m).empty(), "check: " + steady::check(m));
  }
}

template <class K, class Traits>
void probe() {
  using table = steady::map<K, std::uint64_t, steady::hash<K>, steady::equal_to<K>,
                            std::allocator<std::pair<const K, std::uint64_t>>, Traits>;
  table m;
  std::unordered_map<K, std::uint64_t> model;
  const auto sound = [&] { require(steady::check(m).empty(), "check: " + steady::check(m)); };
  for (const std::uint64_t keys : {8U, 400U, 30U, 4'000U, 90U, 900U, 5U}) {
    for (int i = 0; i < 8'000; ++i) {
      const std::uint64_t n = below(keys);
      const K key = make<K>(n);
      if (const auto what = below(8); what < 4) {
        const auto [at, inserted] = m.try_emplace(key, n);
        REQUIRE(inserted == model.try_emplace(key, n).second);
        REQUIRE(at->first == key && at->second == n);
        REQUIRE(at == m.find(key));
      } else if (what < 7) {
        REQUIRE(m.erase(key) == model.erase(key));
      } else {
        REQUIRE(m.contains(key) == (model.count(key) == 1));
        REQUIRE(!m.contains(make<K>(1'000'000 + n)));
      }
      if (i % 500 == 0) sound();
    }
    sound();
    std::size_t seen = 0;
    for (auto it = m.begin(); it != m.end(); ++seen) {
      REQUIRE(model.count(it->first) == 1);
      REQUIRE(std::next(m.find(it->first)) == std::next(it));
      if (seen % 5 == 0) {
        model.erase(it->first);
        it = m.erase(it);
      } else {
        ++it;
      }
    }
    REQUIRE(m.size() == model.size());
    table copy = m;
    copy.shrink_to_fit();
    REQUIRE(copy == m);
    copy.clear();
    copy.reserve(2 * keys);
    REQUIRE(copy.empty() && !copy.contains(make<K>(1)));
    copy.merge(m);
    m.swap(copy);
    sound();
    m.shrink_to_fit();  // forgets the reservation, which would keep it from shrinking
    drain(m, model);
  }
}

}  // namespace

int main() {
  steady::fix_random_seed(1);
  probe<std::uint64_t, steady::default_traits>();
  probe<std::uint64_t, early>();
  probe<std::uint64_t, crowded>();
  probe<std::string, crowded_segments>();
  probe<std::string, early>();
}
