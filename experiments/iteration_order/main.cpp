// mapscope experiment iteration_order: how random the order of hmap's range is. CSV on standard
// output:
//
//   measure,order,place,count
//     position    how often one chosen entry was at this place of the order
//     successor   how often its most frequent successor followed it, then the second, ...
//     repeat      how many orders occurred before (place 0), out of how many (place 1)
//
// each for orders of range() over one table, and for a uniform shuffle of the same entries.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <numeric>
#include <random>
#include <set>
#include <string_view>
#include <vector>

#include "harness/output.hpp"
#include "hmap/map.hpp"

namespace {

constexpr std::size_t entries = 200, orders = 40'000, marked = 7;

/// What is counted over all orders of one kind.
class tally {
 public:
  void add(const std::vector<std::size_t>& order) {
    const auto at = std::find(order.begin(), order.end(), marked);
    ++position_[static_cast<std::size_t>(at - order.begin())];
    if (at + 1 != order.end()) ++successor_[*(at + 1)];
    repeats_ += seen_.insert(order).second ? 0 : 1;
  }

  void print(std::string_view name) {
    for (std::size_t i = 0; i < entries; ++i) row("position", name, i, position_[i]);
    std::sort(successor_.rbegin(), successor_.rend());
    for (std::size_t i = 0; i < entries; ++i) row("successor", name, i, successor_[i]);
    row("repeat", name, 0, repeats_);
    row("repeat", name, 1, orders);
  }

 private:
  static void row(std::string_view measure, std::string_view name, std::size_t place,
                  std::size_t count) {
    std::cout << measure << ',' << name << ',' << place << ',' << count << '\n';
  }

  std::vector<std::size_t> position_ = std::vector<std::size_t>(entries);
  std::vector<std::size_t> successor_ = std::vector<std::size_t>(entries);
  std::set<std::vector<std::size_t>> seen_;
  std::size_t repeats_ = 0;
};

tally count_range() {
  hmap::fix_random_seed(1);  // the same counts every time
  hmap::map<std::size_t, int> map;
  for (std::size_t i = 0; i < entries; ++i) map[i] = 1;
  tally counted;
  for (std::size_t i = 0; i < orders; ++i) {
    std::vector<std::size_t> order;
    auto cursor = map.range();
    while (cursor.next()) order.push_back(cursor.key());
    counted.add(order);
  }
  return counted;
}

tally count_shuffle() {
  std::mt19937_64 random(1);
  std::vector<std::size_t> order(entries);
  std::iota(order.begin(), order.end(), std::size_t{0});
  tally counted;
  for (std::size_t i = 0; i < orders; ++i) {
    std::shuffle(order.begin(), order.end(), random);
    counted.add(order);
  }
  return counted;
}

}  // namespace

int main() {
  return harness::with_checked_output("experiment_iteration_order", [] {
    std::cout << "measure,order,place,count\n";
    count_range().print("range()");
    count_shuffle().print("shuffle");
    return 0;
  });
}
