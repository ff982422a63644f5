// A table's state as data, for tests and debugging: how far it is between two sizes, how
// its entries lie, what memory it takes, and whether everything is as it should be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "map.hpp"

namespace steady {

struct table_state {
  std::size_t size = 0;
  std::size_t buckets = 0;
  unsigned level = 0;  // 2^level buckets, and as many more as have been split
  std::size_t split = 0;
  bool growing = false;
  bool shrinking = false;
  bool moving = false;       // to another block
  bool in_range = false;     // of reserved addresses
  std::size_t in_nodes = 0;  // entries in chains
  std::size_t bytes = 0;     // that the table keeps busy, itself included, its entries' own not
};

template <class K, class V, class Hash, class Equal, class Alloc, class Traits>
table_state inspect(const map<K, V, Hash, Equal, Alloc, Traits>& m) {
  const auto& c = m.internals();
  table_state s;
  s.size = c.count;
  s.buckets = c.bucket_count();
  s.level = c.level;
  s.split = c.split;
  s.growing = c.direction == detail::resizing::growing;
  s.shrinking = c.direction == detail::resizing::shrinking;
  s.moving = c.memory.is_moving();
  s.in_range = c.memory.is_range();
  s.in_nodes = c.nodes.live();
  s.bytes = sizeof m + c.memory.bytes(s.buckets) + c.nodes.bytes();
  return s;
}

namespace detail {

/// Looks at one bucket after the other and remembers what is wrong first.
template <class Core>
class checker {
 public:
  explicit checker(const Core& c) : c_(c) {}

  std::string run() {
    check_header();
    if (!wrong_.empty()) return wrong_;
    for (std::size_t i = 0; i < c_.bucket_count(); ++i) check_bucket(i);
    require(entries_ == c_.count, "size() is not the number of entries");
    require(nodes_ == c_.nodes.live(), "the pool counts other nodes than the chains have");
    return wrong_;
  }

 private:
  void require(bool holds, const char* what) {
    if (!holds && wrong_.empty()) wrong_ = what + where_;
  }

  void check_header() {
    require(c_.low == (std::size_t{1} << c_.level) - 1, "low is not 2^level - 1");
    require(c_.split <= c_.low, "split beyond the last bucket");
    require(c_.direction != resizing::shrinking || c_.split > 0, "shrinking, and nothing to merge");
    require(c_.memory.exists() || (c_.count == 0 && c_.low == 0), "entries without memory");
    require(!c_.memory.is_moving() || c_.direction == resizing::growing, "moving, but not growing");
    if (!c_.memory.exists()) require(c_.grow_at == 0, "an empty table on the straight path");
    if (c_.direction == resizing::growing) require(c_.grow_at == 0, "growing, and not noticed");
  }

  void check_bucket(std::size_t i) {
    where_ = ", bucket " + std::to_string(i);
    const auto b = c_.bucket_at(i);
    require(b.is_empty() || i >= c_.first.get(), "an entry before the first one");
    for (auto slots = b.word().occupied(); slots; slots.drop_lowest()) {
      check_entry(i, *b.entry(slots.lowest()), b.tag(slots.lowest()), nullptr);
    }
    require((b.filter() == 0) == (b.chain() == nullptr), "a filter without a chain");
    bool seen_stays = false, seen_sorted = false;
    for (auto* n = b.chain(); n != nullptr; n = n->next) {
      if (++nodes_ > c_.nodes.live()) return require(false, "a chain that goes round");
      check_entry(i, *n->entry(), n->tag, n);
      require((b.filter() & detail::filter_bit(n->tag)) != 0, "the filter hides an entry");
      seen_stays |= c_.sorting && n == c_.nodes.marks().stays;
      seen_sorted |= c_.sorting && n == c_.nodes.marks().sorted;
    }
    if (c_.sorting && i == c_.split) {
      require(seen_stays || c_.nodes.marks().stays == nullptr,
              "the partition's mark is not in the chain");
      require(seen_sorted || c_.nodes.marks().sorted == nullptr,
              "the partition's end is not in the chain");
    }
  }

  void check_entry(std::size_t i, const typename Core::value_type& e, tag_type tag,
                   typename Core::node_type* in) {
    ++entries_;
    const std::uint64_t hash = c_.hash_of(e.first);
    require(c_.index_of(hash) == i, "an entry in another bucket than its hash says");
    require(tag == tag_of(hash), "a tag that is not the hash's");
    const auto found = find(c_, e.first);
    require(found.entry == &e, "an entry that is not found, or is there twice");
    require(found.in == in, "found in another place");
  }

  const Core& c_;
  std::string wrong_, where_;
  std::size_t entries_ = 0, nodes_ = 0;
};

}  // namespace detail

/// What is wrong with the table: empty if all invariants hold. Asks hash and equality, so both
/// must be usable, and keys must equal themselves.
template <class K, class V, class Hash, class Equal, class Alloc, class Traits>
std::string check(const map<K, V, Hash, Equal, Alloc, Traits>& m) {
  return detail::checker(m.internals()).run();
}

}  // namespace steady
