// Looking into a table: header, buckets, memory, invariants, a text dump. Read only, and
// for people, tests and debuggers: nothing here is fast.
//
//   inspect(m)      a snapshot of the header, with Go's field names
//   check(m)        the first invariant that does not hold, or an empty string
//   for_each_bucket(m, visit)   every bucket of both arrays, chain by chain
//   memory_of(m)    bytes by part
//   dump(m, out)    header and buckets as text, with offsets and cache lines
#pragma once

#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <ostream>
#include <set>
#include <sstream>
#include <string>

#include "map.hpp"

namespace hmap {

struct header_view {
  std::size_t count;
  unsigned B;
  unsigned noverflow;
  std::uint32_t hash0;
  bool growing;
  bool same_size_grow;
  bool iterator;
  bool old_iterator;
  bool hash_writing;
  std::size_t buckets;      // main buckets of the current array; 0 before the first insert
  std::size_t old_buckets;  // 0 unless growing
  std::size_t nevacuate;
  std::size_t spares;  // spare overflow buckets of the current array
  std::size_t spares_used;
};

/// One bucket as for_each_bucket sees it.
struct bucket_view {
  bool old;           // belongs to the array being evacuated
  std::size_t index;  // of the chain
  std::size_t depth;  // 0 for the main bucket, then 1, 2, ... along the chain
  bool spare;         // taken from the array's end rather than allocated for itself
  bool waits;         // for its old chain: nothing in it may be read but `tophash`, all empty
  const std::uint8_t* tophash;  // eight bytes
  const void* address;
  detail::bucket* raw;
};

struct memory_view {
  std::size_t header;
  std::size_t array;  // current array, spares included
  std::size_t old_array;
  std::size_t leaving;   // an array that has drained and is on its way out
  std::size_t released;  // of these two: pages that are back with the kernel already
  std::size_t overflow;  // overflow buckets outside the arrays
  std::size_t pool;      // such buckets that can be used again
  std::size_t indirect;  // entries too large for a cell
  std::size_t extra;
  std::size_t total() const noexcept {
    return header + array + old_array + leaving - released + overflow + pool + indirect + extra;
  }
};

template <class Map>
header_view inspect(const Map& m) {
  const auto& c = m.internals();
  const detail::header& h = c.h;
  const detail::extra_record* extra = detail::extra_if_any(c);
  const std::uint8_t flags = detail::load_flags(h);
  return {.count = h.count,
          .B = h.B,
          .noverflow = h.noverflow,
          .hash0 = h.hash0,
          .growing = c.growing(),
          .same_size_grow = (flags & detail::same_size_grow) != 0,
          .iterator = (flags & detail::iterator_flag) != 0,
          .old_iterator = (flags & detail::old_iterator_flag) != 0,
          .hash_writing = detail::writer_of(c) != 0,
          .buckets = h.buckets ? c.bucket_count() : 0,
          .old_buckets = c.growing() ? c.old_bucket_count() : 0,
          .nevacuate = h.nevacuate,
          .spares = h.buckets ? detail::spare_buckets(h.B) : 0,
          .spares_used = extra != nullptr ? extra->spares_used : 0};
}

namespace detail {

template <class Core, class Visit>
void visit_array(const Core& c, bucket* array, std::uint8_t B, bool old, Visit& visit) {
  static constexpr bucket empty{};
  for (std::size_t index = 0; index < std::size_t{1} << B; ++index) {
    const bool waits = !old && c.waits(index);
    std::size_t depth = 0;
    bucket* b = c.bucket_at(array, index);
    while (b != nullptr) {
      visit(bucket_view{.old = old,
                        .index = index,
                        .depth = depth++,
                        .spare = is_spare(c, array, B, b),
                        .waits = waits,
                        .tophash = waits ? empty.tophash : b->tophash,
                        .address = b,
                        .raw = b});
      b = waits ? nullptr : c.overflow_of(b);
    }
  }
}

}  // namespace detail

template <class Map, class Visit>
void for_each_bucket(const Map& m, Visit visit) {
  const auto& c = m.internals();
  if (c.h.buckets) detail::visit_array(c, c.h.buckets, c.h.B, false, visit);
  if (c.growing()) detail::visit_array(c, c.h.oldbuckets, detail::old_B(c), true, visit);
}

template <class Map>
memory_view memory_of(const Map& m) {
  const auto& c = m.internals();
  using core = std::remove_cvref_t<decltype(c)>;
  using layout = typename core::layout;
  memory_view v{};
  v.header = sizeof(m);
  if (c.h.buckets) v.array = detail::array_buckets<core>(c.h.B) * layout::size;
  if (c.growing()) v.old_array = detail::array_buckets<core>(detail::old_B(c)) * layout::size;
  if (const detail::extra_record* extra = detail::extra_if_any(c)) {
    v.extra = sizeof *extra;
    v.pool = extra->pooled * layout::size;
    if (c.growing()) v.released = extra->released;
    if (extra->leaving != nullptr) {
      v.leaving = detail::array_bytes<core>(extra->leaving_B);
      v.released += extra->leaving_released;
    }
  }
  for_each_bucket(m, [&](const bucket_view& b) {
    if (b.depth > 0 && !b.spare) v.overflow += layout::size;
  });
  v.indirect = c.h.count * layout::indirect_bytes;
  return v;
}

namespace detail {

/// Checks one table and remembers the first thing that is wrong.
template <class Core>
class checker {
  using layout = typename Core::layout;

 public:
  explicit checker(const Core& c) : c_(c) {}

  std::string run() {
    header_is_sane();
    // The marks of the old array say which buckets of the current one may be read.
    if (error_.empty() && c_.growing()) check_array(c_.h.oldbuckets, old_B(c_), true);
    if (error_.empty() && c_.h.buckets) check_array(c_.h.buckets, c_.h.B, false);
    if (error_.empty() && c_.first != nullptr) nothing_comes_before_the_first();
    if (error_.empty()) totals_agree();
    return error_;
  }

 private:
  struct chain {
    bool old;
    std::size_t index;
    bool evacuated;
  };

  template <class... Parts>
  void fail(Parts&&... parts) {
    if (!error_.empty()) return;
    std::ostringstream out;
    (out << ... << parts);
    error_ = out.str();
  }

  void header_is_sane() {
    const std::uint8_t flags = load_flags(c_.h);
    if (writer_of(c_) != 0) fail("hashWriting is set between operations");
    if ((flags & same_size_grow) && !c_.growing()) fail("sameSizeGrow without growth");
    if (c_.h.buckets == nullptr && c_.h.count != 0) fail("entries but no buckets");
    if (c_.growing() && c_.h.nevacuate >= c_.old_bucket_count()) {
      fail("growth is over but oldbuckets remains");
    }
  }

  void check_array(bucket* array, std::uint8_t B, bool old) {
    for (std::size_t index = 0; index < std::size_t{1} << B && error_.empty(); ++index) {
      if (!old && c_.waits(index)) continue;
      bucket* head = c_.bucket_at(array, index);
      const chain ch{old, index, old && is_evacuated(head)};
      if (old && index < c_.h.nevacuate && !ch.evacuated) {
        if (is_released(index)) continue;
        return fail("old bucket ", index, " below nevacuate is not evacuated");
      }
      check_chain(ch, head, B);
    }
  }

  bool is_released(std::size_t index) const {
    const extra_record* extra = extra_if_any(c_);
    return extra != nullptr && index * layout::size < extra->released;
  }

  void check_chain(const chain& ch, bucket* head, std::uint8_t B) {
    bool ended = false;      // an empty_rest was seen
    bool after_one = false;  // the last cell was empty_one
    for (bucket* b = head; b != nullptr; b = c_.overflow_of(b)) {
      if (b != head && !ch.old) ++overflow_;
      for (unsigned i = 0; i < bucket_cells; ++i) {
        const std::uint8_t top = b->tophash[i];
        if (ch.evacuated != is_evacuated_mark(top)) {
          fail("chain ", ch.index, ": evacuation mark ", unsigned{top}, " out of place");
        }
        if (ch.evacuated) continue;
        if (ended && top != empty_rest) fail("chain ", ch.index, ": something behind emptyRest");
        if (top == empty_rest && !ended && after_one) {
          fail("chain ", ch.index, ": emptyOne directly before emptyRest");
        }
        ended = ended || top == empty_rest;
        after_one = top == empty_one;
        if (top >= min_tophash && error_.empty()) check_entry(ch, b, i, B);
      }
    }
    if (!ended && after_one) fail("chain ", ch.index, " ends in emptyOne");
  }

  void check_entry(const chain& ch, bucket* b, unsigned i, std::uint8_t B) {
    ++entries_;
    const auto& key = layout::key(b, i);
    if (!c_.equal(key, key)) return;  // NaN: its hash cannot be computed again
    const std::uint64_t hash = c_.hash_of(key);
    if ((hash & ((std::uint64_t{1} << B) - 1)) != ch.index) {
      fail("chain ", ch.index, ": a key that belongs to another chain");
    }
    if (tophash(hash) != b->tophash[i]) fail("chain ", ch.index, ": tophash is not the key's");
    const location first = find_hashed(c_, key, hash);
    if (first != location{b, i}) fail("chain ", ch.index, ": a key twice, or not found");
  }

  /// In the order of a sweep (begin() to end()).
  void nothing_comes_before_the_first() {
    for (std::size_t i = 0; i < c_.bucket_count(); ++i) {
      if (!c_.waits(i) && !is_empty_before_first(i, c_.bucket_at(c_.h.buckets, i))) return;
    }
    if (!c_.growing()) return fail("begin() starts at no chain of this table");
    for (std::size_t i = c_.h.nevacuate; i < c_.old_bucket_count(); ++i) {
      if (!is_empty_before_first(i, c_.bucket_at(c_.h.oldbuckets, i))) return;
    }
  }

  /// Whether to go on.
  bool is_empty_before_first(std::size_t index, bucket* head) {
    if (head == c_.first) return false;
    for (bucket* b = head; b != nullptr; b = c_.overflow_of(b)) {
      if (tophash_word(b->tophash).occupied()) fail("chain ", index, ": an entry before the first");
    }
    return error_.empty();
  }

  void totals_agree() {
    if (entries_ != c_.h.count) fail("count is ", c_.h.count, ", cells hold ", entries_);
    if (c_.h.B < 16 && overflow_ != c_.h.noverflow) {
      fail("noverflow is ", c_.h.noverflow, ", chains have ", overflow_);
    }
  }

  const Core& c_;
  std::size_t entries_ = 0;
  std::size_t overflow_ = 0;
  std::string error_;
};

}  // namespace detail

/// The first invariant that a table breaks, in words; empty if it is sound. Costs a lookup
/// for each entry.
template <class Map>
std::string check(const Map& m) {
  return detail::checker(m.internals()).run();
}

/// Writes header and buckets as text: each line of a bucket with its offset in the bucket
/// and the cache line (64 bytes, by address) it starts in, counted from the bucket's first.
template <class Map>
void dump(const Map& m, std::ostream& out) {
  using core = std::remove_cvref_t<decltype(m.internals())>;
  using layout = typename core::layout;
  const header_view h = inspect(m);
  out << "count " << h.count << "  B " << h.B << "  noverflow " << h.noverflow << "  hash0 0x"
      << std::hex << h.hash0 << std::dec << "  spares " << h.spares_used << '/' << h.spares;
  if (h.growing) {
    out << "  growing (" << (h.same_size_grow ? "same size" : "doubling") << "), evacuated up to "
        << h.nevacuate << " of " << h.old_buckets;
  }
  out << '\n';
  for_each_bucket(m, [&](const bucket_view& b) {
    const auto start = reinterpret_cast<std::uintptr_t>(b.address);
    const auto line_of = [&](std::size_t offset) { return (start + offset) / 64 - start / 64; };
    out << (b.old ? "old " : "") << "bucket " << b.index;
    if (b.depth) out << " overflow " << b.depth << (b.spare ? " (spare)" : " (own allocation)");
    out << ", " << layout::size << " bytes, line offset " << start % 64 << '\n';
    out << "  +0 line 0  tophash" << std::hex << std::setfill('0');
    for (unsigned i = 0; i < detail::bucket_cells; ++i) {
      out << ' ' << std::setw(2) << unsigned{b.tophash[i]};
    }
    out << std::dec << std::setfill(' ') << '\n';
    for (unsigned i = 0; i < detail::bucket_cells; ++i) {
      if (b.tophash[i] < detail::min_tophash) continue;
      const std::size_t offset = layout::cell_offset(i);
      out << "  +" << offset << " line " << line_of(offset) << "  cell " << i;
      if constexpr (requires { out << layout::key(b.raw, i) << layout::value(b.raw, i); }) {
        out << "  " << layout::key(b.raw, i) << " -> " << layout::value(b.raw, i);
      }
      out << '\n';
    }
    if (b.waits) {
      out << "  waits for its old chain\n";
      return;
    }
    out << "  +" << layout::overflow_offset << " line " << line_of(layout::overflow_offset)
        << "  overflow " << (core::overflow_of(b.raw) ? "-> next" : "none") << '\n';
  });
}

}  // namespace hmap
