// Workload range_<state>: iteration over tables at given loads, with entries erased, in growth, not
// in the cache, or read in other ways.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/half_grown.hpp"
#include "workloads/octave.hpp"
#include "workloads/state.hpp"
#include "workloads/tables.hpp"

namespace workloads {

/// How iteration reads an entry.
enum class look { entry, key_only, copied_reference, copied_entry, cursor };

/// What one state of range_states means. Unless it says otherwise: a table just before it grows,
/// nothing erased, iterated over again and again by reference.
struct range_state {
  enum class growth { none, passing, stuck };

  std::size_t load = 100;  // percent of the way from one growth to the next
  std::size_t live = 100;  // percent of the entries that are left after erasing; 0: a single one
  look how = look::entry;
  bool cold = false;
  growth in_growth = growth::none;

  /// load<percent>_live<percent>, load<percent>_one, or one of a few words.
  static std::optional<range_state> named(std::string_view name);
  std::string summary() const;
};

namespace detail {

/// Takes `word` and a number from 0 to 100 off the front of `text`.
inline std::optional<std::size_t> take_percent(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return {};
  std::size_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data() + word.size(), text.data() + text.size(), number);
  if (error != std::errc() || number > 100) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

struct named_range_state {
  std::string_view name;
  range_state state;
};

inline constexpr named_range_state range_words[] = {
    {"keys", {.how = look::key_only}},
    {"copy", {.how = look::copied_reference}},
    {"value", {.how = look::copied_entry}},
    {"cursor", {.how = look::cursor}},
    {"growing", {.in_growth = range_state::growth::passing}},
    {"stuck", {.in_growth = range_state::growth::stuck}},
    {"cursor_stuck", {.how = look::cursor, .in_growth = range_state::growth::stuck}},
    {"cold", {.cold = true}},
    {"cold_keys", {.how = look::key_only, .cold = true}},
    {"cold_live10", {.live = 10, .cold = true}},
};

}  // namespace detail

inline std::optional<range_state> range_state::named(std::string_view name) {
  for (const auto& word : detail::range_words) {
    if (word.name == name) return word.state;
  }
  range_state found;
  const auto load = detail::take_percent(name, "load");
  if (!load) return {};
  found.load = *load;
  if (name == "_one") {
    found.live = 0;
    return found;
  }
  const auto live = detail::take_percent(name, "_live");
  if (!live || *live == 0 || !name.empty()) return {};
  found.live = *live;
  return found;
}

inline std::string range_state::summary() const {
  std::string text = "iterate over ";
  text += cold ? "tables that are in no cache" : "a whole table";
  switch (in_growth) {
    case growth::none:
      text += ", " + std::to_string(load) + " % of the way to its next growth";
      break;
    case growth::passing: text += " in growth, at points all along it"; break;
    case growth::stuck: text += " whose growth stopped half-way"; break;
  }
  if (live == 0) text += ", all but one entry erased";
  if (live != 0 && live != 100) text += ", " + std::to_string(100 - live) + " % of it erased";
  switch (how) {
    case look::entry: return text + ", by reference";
    case look::key_only: return text + ", keys only";
    case look::copied_reference: return text + ", for (auto kv : map)";
    case look::copied_entry: return text + ", copying each entry";
    case look::cursor: return text + ", with Go's cursor";
  }
  return text;
}

/// The cost of iteration as a surface.
template <class Map, class Payload>
class range_states {
 public:
  static constexpr std::string_view family = "range", operation = "one live entry visited";

  static std::string summary_of(std::string_view name) {
    const auto state = range_state::named(name);
    return state ? state->summary() : std::string();
  }
  static bool is_only_timed(std::string_view name) {
    const auto state = range_state::named(name);
    return state && state->cold;
  }

  range_states(const key_pool& pool, std::uint64_t seed, const setting<Map>& where)
      : pool_(pool), random_(seed), where_(where), state_(range_state::named(where.state).value()) {
    if (state_.how == look::cursor && !has_cursor)
      throw inapplicable("this map has no range(), Go's cursor");
    if (state_.in_growth == range_state::growth::none) {
      build_octave();
    } else {
      build_half_grown();
    }
    for (const Map& table : tables_) live_ += table.size();
    repeats_ = repeats_for(live_, entries_made_);
    order_.resize(tables_.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
  }

  /// Cold tables come in a new order each time; a warm one's own order is what is measured.
  void prepare() {
    sum_ = 0;
    if (state_.cold) random_.shuffle(std::span(order_));
  }

  void run() {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < repeats_; ++i) {
      for (const std::size_t t : order_) sum += iterate(tables_[t]);
    }
    sum_ = sum;
  }

  /// What is wrong with the sum, upon a number that every map has.
  std::uint64_t answer() const noexcept { return expected() + (sum_ - repeats_ * expected_sum_); }
  std::uint64_t expected() const noexcept { return pool_.present(0); }
  std::size_t operations() const noexcept { return repeats_ * live_; }

  scanned slots() const {
    if (where_.slots == nullptr) return {0, where_.no_slots};
    scanned found;
    for (const Map& table : tables_) found.slots += repeats_ * where_.slots(table);
    return found;
  }

 private:
  static constexpr bool has_cursor = requires(Map& map) { map.range().next(); };

  /// An iteration over few entries is repeated until it is long enough or has scanned enough;
  /// rarely in a simulation, because each repetition is like the one before.
  static std::size_t repeats_for(std::size_t live, std::size_t made) noexcept {
    constexpr std::size_t most_scanned = std::size_t{1} << (observer::is_watched ? 16 : 24);
    const std::size_t wanted = (least_operations + live - 1) / live;
    return std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(1, most_scanned / made));
  }

  /// At how many points of a growth tables are caught; few large ones, for the memory they take.
  static std::size_t points_for(std::size_t n) noexcept {
    constexpr std::size_t most_entries = std::size_t{1} << 22;
    return std::clamp<std::size_t>(most_entries / n, 2, 8);
  }

  std::size_t tables_wanted(std::size_t count) const {
    if (!state_.cold) return tables_for(count);
    const double bytes = static_cast<double>(count) * mean_payload_bytes<Payload>(pool_);
    return std::max<std::size_t>(
        2, static_cast<std::size_t>(static_cast<double>(where_.cold_bytes) / bytes) + 1);
  }

  void build_octave() {
    const std::size_t count = octave_around<Payload>(pool_, where_).at(state_.load);
    tables_ = make_tables<Map>(tables_wanted(count));
    entries_made_ = tables_.size() * count;
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      fill<Payload>(tables_[t], key_pool(count, pool_), t * count);
      thin(tables_[t], t * count, count);
    }
  }

  /// Erases at random until so many are left, and adds up what these are.
  void thin(Map& table, std::size_t first, std::size_t count) {
    const std::size_t kept = std::max<std::size_t>(1, count * state_.live / 100);
    std::vector<std::uint64_t> ids(count);
    for (std::size_t i = 0; i < count; ++i) ids[i] = pool_.present(first + i);
    if (kept < count) random_.shuffle(std::span(ids));
    key_of<Payload> key{};
    for (std::size_t i = kept; i < count; ++i) {
      pool_.encode(ids[i], key);
      table.erase(key);
    }
    [[maybe_unused]] const observer::untracked_scope bookkeeping{};
    for (std::size_t i = 0; i < kept; ++i) expected_sum_ += digest_of(ids[i]);
  }

  void build_half_grown() {
    const bool passing = state_.in_growth == range_state::growth::passing;
    const half_grown_tables<Map, Payload> made(pool_, where_);
    const std::size_t points = passing ? points_for(pool_.size()) : 1;
    const std::size_t rounds = (tables_for(pool_.size()) + points - 1) / points;
    tables_ = make_tables<Map>(rounds * points);
    std::size_t next = 0;
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      // In the middle of each part: of eight 1/16, 3/16, ..., of one 1/2.
      const std::size_t count = made.build(tables_[t], next, 2 * (t % points) + 1, 2 * points);
      [[maybe_unused]] const observer::untracked_scope bookkeeping{};
      for (std::size_t i = 0; i < count; ++i) expected_sum_ += digest_of(pool_.present(next + i));
      next += count;
    }
    entries_made_ = next;
  }

  std::uint64_t digest_of(std::uint64_t id) const {
    return state_.how == look::key_only ? pool_.keys().digest_of<key_of<Payload>>(id)
                                        : pool_.entry_digest<Payload>(id);
  }

  std::uint64_t iterate(Map& table) {
    switch (state_.how) {
      case look::entry: return sum_of_entries(table);
      case look::key_only: return iterate_keys(table);
      case look::copied_reference: return iterate_copies(table);
      case look::copied_entry: return iterate_entries(table);
      case look::cursor: return iterate_with_cursor(table);
    }
    return 0;
  }

  static std::uint64_t iterate_keys(const Map& table) {
    std::uint64_t sum = 0;
    for (auto&& entry : table) {
      sum += digest(entry.first);
      observer::operation_done();
    }
    return sum;
  }

  /// What `auto` comes to is the map's choice: of hmap::map it is a pair of references.
  static std::uint64_t iterate_copies(const Map& table) {
    std::uint64_t sum = 0;
    for (auto entry : table) {
      sum += entry_digest(entry.first, entry.second);
      observer::operation_done();
    }
    return sum;
  }

  static std::uint64_t iterate_entries(const Map& table) {
    std::uint64_t sum = 0;
    for (auto&& entry : table) {
      const typename Map::value_type copied(entry.first, entry.second);
      sum += entry_digest(copied.first, copied.second);
      observer::operation_done();
    }
    return sum;
  }

  static std::uint64_t iterate_with_cursor(Map& table) {
    std::uint64_t sum = 0;
    if constexpr (has_cursor) {
      auto cursor = table.range();
      while (cursor.next()) {
        sum += entry_digest(cursor.key(), cursor.value());
        observer::operation_done();
      }
    }
    return sum;
  }

  key_pool pool_;
  random_source random_;
  setting<Map> where_;
  range_state state_;
  std::vector<Map> tables_;
  std::vector<std::size_t> order_;
  std::size_t entries_made_ = 0;  // before erasing
  std::size_t live_ = 0;          // in all tables
  std::size_t repeats_ = 1;
  std::uint64_t expected_sum_ = 0;  // of all tables, once
  std::uint64_t sum_ = 0;
};

}  // namespace workloads
