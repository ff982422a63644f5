// Growing to any size at once, for reserve() and its kin: each entry moves once, to where it will
// be.
//
// With 2^L buckets an entry of bucket i belongs to the bucket that L bits of its hash name. The
// bits that led it to i are the lowest of them, so that is i itself or a bucket that does not exist
// yet, and no other bucket's entries go there: buckets can be emptied one after the other, in
// place.
//
// Nothing may throw on the way, since a table whose buckets have been split by different numbers
// of bits is none. So the moves cannot (grow_to() asks), memory comes first, and so do the hashes
// where asking for one might throw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "chain.hpp"
#include "core.hpp"

namespace steady::detail {

/// The entries' hashes in the order of iteration.
template <class Core>
class planned_hashes {
  using hash_alloc = typename Core::alloc_traits::template rebind_alloc<std::uint64_t>;
  using hash_traits = std::allocator_traits<hash_alloc>;

 public:
  explicit planned_hashes(const Core& c) : c_(c) {
    if constexpr (!Core::hashes_safely) plan();
  }
  ~planned_hashes() { free(); }
  planned_hashes(const planned_hashes&) = delete;
  planned_hashes& operator=(const planned_hashes&) = delete;

  std::uint64_t next(const typename Core::value_type& entry) noexcept {
    if constexpr (Core::hashes_safely) {
      return c_.hash_of(entry.first);
    } else {
      return hashes_[next_++];
    }
  }

 private:
  void plan() {
    size_ = c_.count;
    if (size_ == 0) return;
    hash_alloc a(c_.alloc);
    hashes_ = hash_traits::allocate(a, size_);
    MAPS_TRY {
      auto* at = hashes_;
      for (std::size_t i = 0; i < c_.bucket_count(); ++i) {
        const auto b = c_.bucket_at(i);
        for (auto slots = b.word().occupied(); slots; slots.drop_lowest()) {
          *at++ = c_.hash_of(b.entry(slots.lowest())->first);
        }
        for (auto* n = b.chain(); n != nullptr; n = n->next) *at++ = c_.hash_of(n->entry()->first);
      }
    }
    MAPS_CATCH_ALL {
      free();
      MAPS_RETHROW;
    }
  }
  void free() noexcept {
    if (hashes_ == nullptr) return;
    hash_alloc a(c_.alloc);
    hash_traits::deallocate(a, hashes_, size_);
    hashes_ = nullptr;
  }

  const Core& c_;
  std::uint64_t* hashes_ = nullptr;
  std::size_t size_ = 0, next_ = 0;
};

/// Takes bucket i's entries to their places among 2^level buckets.
template <class Core>
void scatter_bucket(Core& c, std::size_t i, const typename Core::memory_type::room& room,
                    std::size_t mask, planned_hashes<Core>& hashes) noexcept {
  const auto from = c.bucket_at(i), same = room.bucket(i);
  const bool stays = from.tags() == same.tags();
  // The bits that led here are i's. (They need not be asked for, and must not: a key that equals
  // nothing, not even itself, may have another hash each time.)
  const std::size_t known = i < c.split || i > c.low ? 2 * c.low + 1 : c.low;
  auto* chain = from.chain();
  const auto target = [&](const typename Core::value_type& entry) {
    return i | (hashes.next(entry) & mask & ~known);
  };
  const auto into_slot = [&](std::size_t t, tag_type tag, typename Core::value_type* entry) {
    const auto to = room.bucket(t);
    const auto vacancy = to.word().empty();
    if (!vacancy) return false;
    Core::ops::relocate(c.alloc, to.entry(vacancy.lowest()), entry);
    to.tag(vacancy.lowest()) = tag;
    return true;
  };
  for (auto slots = from.word().occupied(); slots; slots.drop_lowest()) {
    const unsigned slot = slots.lowest();
    const std::size_t t = target(*from.entry(slot));
    if (stays && t == i) continue;
    into_slot(t, from.tag(slot), from.entry(slot));  // it has fifteen slots as well
    if (stays) from.tag(slot) = no_tag;
  }
  if (stays) from.filter() = 0;
  while (chain != nullptr) {
    auto* n = chain;
    chain = n->next;
    const std::size_t t = target(*n->entry());
    if (into_slot(t, n->tag, n->entry())) {
      c.nodes.give_back(n);
    } else {
      link<Core>(room.bucket(t), nullptr, n);
    }
  }
}

/// Grows to 2^level buckets, which are more than there are.
template <class Core>
void scatter_all(Core& c, unsigned level) {
  planned_hashes<Core> hashes(c);
  const auto room = c.memory.obtain(c.alloc, level, c.split, c.low);
  const std::size_t mask = (std::size_t{1} << level) - 1;
  const std::size_t end = c.count != 0 ? c.bucket_count() : 0;
  for (std::size_t i = 0; i < end; ++i) scatter_bucket(c, i, room, mask, hashes);
  c.memory.settle(c.alloc, room, level);
  set_level(c, level);
  c.split = 0;
  c.sorting = false;
  c.direction = resizing::no;
  set_limits(c);
}

}  // namespace steady::detail
