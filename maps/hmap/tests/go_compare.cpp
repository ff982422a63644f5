// Times hmap::map<int64, int64> on the streams of `go_trace time`, its twin in Go
// (tools/go_trace/timing.go), and prints the same JSON lines. Equal checksums mean equal
// keys, equal orders and equal answers. tools/go_trace/compare.sh runs both and prints
// the ratios. Options: --n=LIST --ops=LIST --passes=N --region=N --seed=N.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hmap/map.hpp"

namespace {

using map_type = hmap::map<std::int64_t, std::int64_t>;
using keys_type = std::vector<std::int64_t>;

/// CPU time of this thread in nanoseconds.
std::int64_t thread_clock() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Folds numbers into one, order and all.
class mixer {
 public:
  void add(std::uint64_t word) { state_ = state_ * 0x100000001b3 ^ word; }
  void add(std::int64_t word) { add(static_cast<std::uint64_t>(word)); }
  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0;
};

struct options {
  std::vector<std::string> sizes{"1000", "100000", "1000000"};
  std::vector<std::string> ops{"insert", "insert_hinted", "hit",   "miss",
                               "update", "delete",        "range", "range_one"};
  std::size_t passes = 5;
  std::size_t region = std::size_t{1} << 17;
  std::uint64_t seed = 1;
};

class timing {
 public:
  timing(std::size_t n, const options& o)
      : n_(n), tables_((o.region + n - 1) / n), passes_(o.passes), random_(o.seed) {
    for (std::size_t i = 0; i < n; ++i) keys_.push_back(next_key());
    for (std::size_t i = 0; i < n; ++i) others_.push_back(next_key());
    maps_.resize(tables_);
  }

  void report(const std::string& op) {
    mixer sum;
    std::vector<double> ns;
    for (std::size_t i = 0; i < passes_; ++i) {
      ns.push_back(static_cast<double>(pass(op, sum)) / static_cast<double>(tables_ * n_));
    }
    std::ranges::sort(ns);
    std::printf("{\"op\":\"%s\",\"n\":%zu,\"ns\":%.3f,\"checksum\":\"%016llx\"}\n", op.c_str(), n_,
                ns[ns.size() / 2], static_cast<unsigned long long>(sum.value()));
    std::fflush(stdout);
  }

 private:
  std::int64_t pass(const std::string& op, mixer& sum) {
    if (op == "insert") return insert(sum, 0);
    if (op == "insert_hinted") return insert(sum, n_);
    if (op == "hit") return lookup(sum, keys_);
    if (op == "miss") return lookup(sum, others_);
    if (op == "update") return update(sum);
    if (op == "delete") return remove(sum);
    const auto sweep = [](map_type& m) -> map_type& { return m; };
    const auto cursor = [](map_type& m) { return m.range(); };
    if (op == "range") return iterate(sum, n_, sweep);
    if (op == "cursor") return iterate(sum, n_, cursor);
    if (op == "range_one") return iterate(sum, 1, sweep);
    if (op == "cursor_one") return iterate(sum, 1, cursor);
    throw std::invalid_argument("unknown operation " + op);
  }

  std::int64_t next_key() { return static_cast<std::int64_t>(maps::common::splitmix64(random_)); }

  /// An order of its own for every table, one behind the other.
  keys_type shuffled(const keys_type& keys) {
    keys_type all;
    all.reserve(tables_ * n_);
    for (std::size_t t = 0; t < tables_; ++t) {
      all.insert(all.end(), keys.begin(), keys.end());
      std::int64_t* order = all.data() + t * n_;
      for (std::size_t i = n_ - 1; i > 0; --i) {
        std::swap(order[i], order[maps::common::splitmix64(random_) % (i + 1)]);
      }
    }
    return all;
  }

  /// The part of `order` that is table `table`'s own.
  [[nodiscard]] std::pair<const std::int64_t*, const std::int64_t*>
  order_of(const keys_type& order, std::size_t table) const {
    const std::int64_t* first = order.data() + table * n_;
    return {first, first + n_};
  }

  void release() {
    for (auto& m : maps_) m.reset();
  }

  /// Gives back all tables and makes full ones.
  void refill(std::size_t tables) {
    release();
    for (std::size_t t = 0; t < tables; ++t) {
      map_type& m = maps_[t].emplace();
      for (std::size_t j = 0; j < n_; ++j) {
        m.insert_or_assign(keys_[j], static_cast<std::int64_t>(j));
      }
    }
  }

  std::int64_t insert(mixer& sum, std::size_t hint) {
    const keys_type order = shuffled(keys_);
    release();
    const std::int64_t start = thread_clock();
    for (std::size_t t = 0; t < tables_; ++t) {
      map_type& m = maps_[t].emplace(hint);
      std::int64_t value = 0;
      for (auto [key, end] = order_of(order, t); key != end; ++key) {
        m.insert_or_assign(*key, value++);
      }
    }
    const std::int64_t elapsed = thread_clock() - start;
    for (std::size_t t = 0; t < tables_; ++t) {
      sum.add(maps_[t]->size());
      for (auto [key, end] = order_of(order, t); key != end; ++key) {
        sum.add(*key ^ maps_[t]->at(*key));
      }
    }
    return elapsed;
  }

  std::int64_t lookup(mixer& sum, const keys_type& keys) {
    const keys_type order = shuffled(keys);
    refill(1);
    const map_type& m = *maps_[0];
    std::int64_t total = 0;
    const std::int64_t start = thread_clock();
    for (const std::int64_t key : order) {
      if (const auto it = m.find(key); it != m.end()) total += it->second + 1;
    }
    const std::int64_t elapsed = thread_clock() - start;
    sum.add(total);
    for (const std::int64_t key : order) sum.add(key);
    return elapsed;
  }

  std::int64_t update(mixer& sum) {
    const keys_type order = shuffled(keys_);
    refill(1);
    map_type& m = *maps_[0];
    const std::int64_t start = thread_clock();
    std::int64_t value = 0;
    for (const std::int64_t key : order) m.insert_or_assign(key, value++);
    const std::int64_t elapsed = thread_clock() - start;
    sum.add(m.size());
    for (const std::int64_t key : keys_) sum.add(key ^ m.at(key));
    return elapsed;
  }

  std::int64_t remove(mixer& sum) {
    const keys_type order = shuffled(keys_);
    refill(tables_);
    const std::int64_t start = thread_clock();
    for (std::size_t t = 0; t < tables_; ++t) {
      map_type& m = *maps_[t];
      for (auto [key, end] = order_of(order, t); key != end; ++key) m.erase(*key);
    }
    const std::int64_t elapsed = thread_clock() - start;
    for (const auto& m : maps_) sum.add(m->size());
    for (const std::int64_t key : order) sum.add(key);
    return elapsed;
  }

  /// Entries by whatever `view` makes of the table, its own sweep or Go's range, where only the
  /// first keys are left; per entry that there was.
  template <class View>
  std::int64_t iterate(mixer& sum, std::size_t left, View view) {
    refill(1);
    for (std::size_t i = left; i < n_; ++i) maps_[0]->erase(keys_[i]);
    std::int64_t total = 0;
    const std::int64_t start = thread_clock();
    for (std::size_t t = 0; t < tables_; ++t) {
      auto&& entries = view(*maps_[0]);
      for (auto&& [key, value] : entries) total += key ^ value;
    }
    const std::int64_t elapsed = thread_clock() - start;
    sum.add(total);
    return elapsed;
  }

  std::size_t n_;
  std::size_t tables_;
  std::size_t passes_;
  std::uint64_t random_;
  keys_type keys_, others_;
  std::vector<std::optional<map_type>> maps_;
};

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    words.emplace_back(list.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::uint64_t number(std::string_view word) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), n);
  if (error != std::errc{} || end != word.data() + word.size()) {
    throw std::invalid_argument("not a number: " + std::string(word));
  }
  return n;
}

options read_options(int argc, char** argv) {
  options o;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t sign = argument.find('=');
    const std::string_view name = argument.substr(0, sign);
    const std::string_view value = sign == std::string_view::npos ? "" : argument.substr(sign + 1);
    if (name == "--n") {
      o.sizes = split(value);
    } else if (name == "--ops") {
      o.ops = split(value);
    } else if (name == "--passes") {
      o.passes = number(value);
    } else if (name == "--region") {
      o.region = number(value);
    } else if (name == "--seed") {
      o.seed = number(value);
    } else {
      throw std::invalid_argument("unknown option " + std::string(argument));
    }
  }
  return o;
}

void run(const options& o) {
  for (const std::string& size : o.sizes) {
    const std::uint64_t n = number(size);
    if (n == 0) throw std::invalid_argument("a size of 0");
    timing t(n, o);
    for (const std::string& op : o.ops) t.report(op);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(read_options(argc, argv));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "go_compare: %s\n", e.what());
    return 1;
  }
}
