// Replays a trace of a Go map on an hmap table and compares them.
//
// Go's hash is not ours, so the trace's hashes are injected: golden_hash answers what Go's
// did, by the key's id. Ranges begin where Go's began.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

#include "golden_image.hpp"
#include "golden_payload.hpp"
#include "golden_trace.hpp"
#include "hmap/inspect.hpp"
#include "hmap/map.hpp"

namespace hmap_test {

/// Thrown where hmap and Go part.
struct mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The hashes of one seed's time.
struct hash_table {
  std::uint32_t hash0 = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> of_key;
};

/// A seeded hash, so that the table takes it verbatim; it must bring its own hash0 along.
struct golden_hash {
  const hash_table* table = nullptr;

  template <class Key>
  std::uint64_t operator()(const Key& key, std::uint32_t seed) const {
    if (seed != table->hash0) throw mismatch("hash called with a seed that is not hash0");
    const auto it = table->of_key.find(codec<Key>::id_of(key));
    if (it == table->of_key.end()) throw mismatch("hash called for a key that Go did not hash");
    return it->second;
  }
};

/// Makes the next range of this thread begin at a given bucket and cell: tries seeds until
/// the first draw says so. range.hpp takes the bucket from its low and the cell from its
/// three top bits.
inline void aim_next_range(std::size_t bucket, unsigned cell, unsigned B) {
  const std::uint64_t mask = (std::uint64_t{1} << B) - 1;
  for (std::uint64_t seed = 1;; ++seed) {
    std::uint64_t state = seed;
    const std::uint64_t draw = maps::common::splitmix64(state);
    if ((draw & mask) == bucket && draw >> 61 == cell) {
      hmap::fix_random_seed(seed);
      return;
    }
  }
}

template <class Map>
class replay {
  using key_codec = codec<typename Map::key_type>;
  using value_codec = codec<typename Map::mapped_type>;
  using range_type = decltype(std::declval<Map&>().range());

 public:
  explicit replay(trace_reader& trace) : trace_(trace) { make_table(0); }

  /// Throws mismatch at the first difference.
  void run() {
    while (trace_.letter() != 'q') {
      try {
        record();
      } catch (const mismatch& m) {
        throw mismatch(where() + m.what());
      } catch (const trace_error& e) {
        throw trace_error(where() + e.what());
      }
    }
    trace_line last = trace_.line();
    if (last.decimal() != ops_) throw trace_error(where() + "operations are missing");
    if (checkpoints_ == 0) throw trace_error(where() + "a trace without checkpoint");
  }

 private:
  [[nodiscard]] std::string where() const {
    return trace_.scenario() + ", line " + std::to_string(trace_.line_number()) + ", operation " +
           std::to_string(ops_) + " (" + last_op_ + "): ";
  }

  /// One record; the reader is then at the next.
  void record() {
    if (trace_.done()) throw trace_error("the trace is cut off");
    trace_line line = trace_.line();
    switch (line.letter()) {
      case 'm':
      case 's':
      case 'd':
      case 'g':
      case 'z':
      case 'r':
      case 'i': operation(line); break;
      case 'h': learn_hash(line.hex(), line); break;
      case 'e': new_seed(); break;
      case 'c': header(line); break;
      case 'b': {
        const position at = read_position(line);
        expected_[at] = read_bucket(line);
        break;
      }
      case 'x': expected_.erase(read_position(line)); break;
      case '.': compare_buckets(); break;
      case 'f': compare_digests(); return;
      default: throw trace_error("unknown record");
    }
    trace_.advance();
  }

  // ---- operations

  void operation(trace_line& line) {
    ++ops_;
    last_op_ = line.text();
    switch (line.letter()) {
      case 'm': make_table(static_cast<std::size_t>(line.decimal<std::int64_t>())); break;
      case 's': set(line); break;
      case 'd': remove(line); break;
      case 'g': get(line); break;
      case 'z': map_->clear(); break;
      case 'r': begin_range(line); break;
      case 'i': step(line.hex(), line); break;
    }
  }

  void make_table(std::size_t hint) {
    ranges_.clear();
    map_.emplace(hint, golden_hash{&hashes_});
    expected_.clear();
    hashes_ = {hmap::inspect(*map_).hash0, {}};
  }

  void set(trace_line& line) {
    const std::uint64_t key = line.hex();
    learn_hash(key, line);
    map_->insert_or_assign(key_codec::make(key), value_codec::make(ops_));
  }

  void remove(trace_line& line) {
    const std::uint64_t key = line.hex();
    learn_hash(key, line);
    map_->erase(key_codec::make(key));
  }

  void get(trace_line& line) {
    const std::uint64_t key = line.hex();
    const std::string expected(line.field());
    learn_hash(key, line);
    const Map& readable = *map_;
    const auto it = readable.find(key_codec::make(key));
    expect("value found", expected,
           it == readable.end() ? "-" : hex(value_codec::id_of(it->second)));
  }

  void begin_range(trace_line& line) {
    const std::uint64_t slot = line.hex();
    const auto bucket = line.hex<std::size_t>();
    const auto cell = line.hex<unsigned>();
    aim_next_range(bucket, cell, hmap::inspect(*map_).B);
    ranges_.insert_or_assign(slot, map_->range());
    step(slot, line);
  }

  void step(std::uint64_t slot, trace_line& line) {
    range_type& range = ranges_.at(slot);
    std::string got = "-";
    if (range.next()) {
      got = hex(key_codec::id_of(range.key())) + ' ' + hex(value_codec::id_of(range.value()));
    }
    std::string expected(line.field());
    if (line.more()) expected += ' ' + std::string(line.field());
    expect("entry ranged over", expected, got);
    if (expected == "-") ranges_.erase(slot);
  }

  /// The trace keeps the top byte and the low 24 bits: no trace has more buckets.
  void learn_hash(std::uint64_t key, trace_line& line) {
    if (!line.more()) return;
    const std::uint64_t packed = line.hex();
    hashes_.of_key[key] = packed >> 24 << 56 | (packed & 0xffffff);
  }

  /// Go has taken a new seed, and so must hmap have.
  void new_seed() {
    const std::uint32_t hash0 = hmap::inspect(*map_).hash0;
    if (hash0 == hashes_.hash0) throw mismatch("hash0 did not change");
    hashes_ = {hash0, {}};
  }

  // ---- comparisons

  template <class Expected, class Got>
  static void expect(const char* what, const Expected& expected, const Got& got) {
    if (expected == got) return;
    std::ostringstream out;
    out << what << ": expected " << expected << ", got " << got;
    throw mismatch(out.str());
  }

  void header(trace_line& line) {
    ++checkpoints_;
    const hmap::header_view h = hmap::inspect(*map_);
    expect("count", line.decimal(), h.count);
    expect("B", line.decimal(), h.B);
    const auto flags = line.decimal<unsigned>();
    expect("iterator flag", (flags & 1) != 0, h.iterator);
    expect("oldIterator flag", (flags & 2) != 0, h.old_iterator);
    expect("sameSizeGrow flag", (flags & 8) != 0, h.same_size_grow);
    const std::uint64_t noverflow = line.decimal();
    if (h.B < 16) expect("noverflow", noverflow, h.noverflow);  // sampled in larger tables
    expect("nevacuate", line.decimal(), h.nevacuate);
    expect("growing", line.decimal() != 0, h.growing);
    expect("buckets allocated", line.decimal() != 0, h.buckets != 0);
    if (h.hash0 != hashes_.hash0) throw mismatch("hash0 changed");
  }

  void check_invariants() {
    const std::string broken = hmap::check(*map_);
    if (!broken.empty()) throw mismatch("invariant: " + broken);
  }

  void compare_buckets() {
    const std::string found = difference(expected_, image_taker<Map>::take(*map_));
    if (!found.empty()) throw mismatch(found);
    check_invariants();
  }

  /// All digest records in a row.
  void compare_digests() {
    image_digests got = digests_of(image_taker<Map>::take(*map_));
    for (; trace_.letter() == 'f'; trace_.advance()) {
      trace_line line = trace_.line();
      const position first = read_position(line);
      const auto it = got.find(first);
      expect(("digest of the 256 chains from " + text_of(first)).c_str(), hex(line.hex()),
             it == got.end() ? "none" : hex(it->second));
      got.erase(it);
    }
    if (!got.empty()) {
      throw mismatch("digest of the 256 chains from " + text_of(got.begin()->first) +
                     ": expected none, got some");
    }
    check_invariants();
  }

  trace_reader& trace_;
  hash_table hashes_;
  std::optional<Map> map_;
  std::map<std::uint64_t, range_type> ranges_;  // after map_: cursors go first
  table_image expected_;
  std::uint64_t ops_ = 0;
  std::size_t checkpoints_ = 0;
  std::string last_op_ = "none";
};

}  // namespace hmap_test
