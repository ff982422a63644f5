// steady::map: a hash map whose inserts take bounded time, also while it grows.
//
// Layout
//   Buckets of fifteen slots. A bucket's sixteen bytes of metadata are apart from its slots,
//   in an array of their own:
//
//     tags    fifteen of them, 0 for an empty slot, and a filter      16 bytes a bucket
//     head    of the chain of what had no room; seldom read            8 bytes a bucket
//     slots   std::pair<const K, V>[15]                       15 * sizeof(pair) a bucket
//
//   A table on level L has 2^L + split buckets (linear hashing). The low L bits of the hash choose
//   one; if it has been split already, L + 1 bits do. The top byte is the tag.
//
// Operations
//   find    one bucket: fifteen tags compared at once, keys only where they match, the chain only
//           if the filter says so. One cache line for a miss, two for a hit.
//   insert  the first empty slot, or a node in the chain of a full bucket.
//   erase   empties the slot. There are no tombstones.
//   growth  at 12 entries a bucket each insert splits one bucket, until there are twice as many.
//   shrink  below 3 entries a bucket each erase(key) merges one, until there are half as many.
//   room    reserve, rehash, copies, merge and ranges of known length grow to the final size at
//           once: checked and obtained first, then each entry moves once.
//
// Costs
//   An insert makes its entry, moves at most one bucket's, and touches fresh memory of a page or
//   two. Nothing is ever copied, zeroed or freed as a whole: with std::allocator, tables beyond
//   96 KB live in reserved address space (Linux), and each half of a split is where it will stay;
//   with any other allocator, and elsewhere, in segments that double. An empty table is 128 bytes
//   and has no memory; its first entry takes a bucket, fifteen slots, however large they are: a
//   value of megabytes is better held by a pointer. Ending or clearing a table and begin() to
//   end() take time in proportion to its buckets, also to those that were only reserved. Between 6
//   and 12 slots of 15 are used, memory in proportion; while it grows a table needs at most the
//   size that it grows to. The reservations of tables that have ended stay with the process, and up
//   to 32 MB of their pages, for the next tables of the kind, as the heap keeps what is freed:
//   set_kept_pages_limit(), release_kept_pages().
//
// What becomes invalid
//   Any insertion of a new key may move other entries: insert, try_emplace, insert_or_assign,
//   emplace, operator[], merge, reserve and rehash invalidate iterators, references and pointers.
//   erase(key) may merge a bucket and does as well, in a table that has lost three quarters of
//   its entries; nothing else is moved by it. erase(iterator) moves nothing else, allocates
//   nothing, and invalidates only what refers to the erased entry: iterating with erasure sees each
//   entry once. It costs what erase(key) costs: its result is looked for when it is used. clear,
//   swap and assignment invalidate everything but swap's references, which follow the content.
//   Updating an entry that is there invalidates nothing.
//
// Exceptions
//   Single insertion has the strong guarantee wherever an allocation, hash, comparison, copy or
//   move throws: the table has the entries that it had, in the places and the order that they had.
//   Splits and merges that throw are put off and not reported: the entry is in, and the next insert
//   tries again. A key and value that can only be moved, with a move that throws, are moved back;
//   the program ends if that throws too. reserve() and rehash() that throw have changed nothing,
//   unless moves may throw: then every entry is there, and some have moved. Of a range, of copies
//   from another table (merge) and of erase_if, what came before the throw has happened. With
//   -fno-exceptions what would throw prints a message and aborts.
//
// Types
//   Keys and values must be movable, or both copyable: entries move. (A std::mutex does not; hold
//   it by std::unique_ptr.) Destructors of erased entries may use the table: the entry is out of
//   it by then. If its move may throw or it is larger than 1 KB, they may insert, erase and look
//   up, but not reserve, rehash or clear.
//   An allocator's pointer must be a plain pointer, and a static_assert says so. Fancy pointers
//   exist for memory that lies at another address in another process, and there a table would
//   need more than they give: a bucket is found by arithmetic from an array's address, slots and
//   nodes are referred to by addresses, and an empty table refers to a constant of the program.
//
// Hash floods: every table has a random seed, so which keys collide is not known outside. With a
// hash that ignores it, keys that meet form a chain, and only they are slow: splits and merges take
// a long chain in bounded pieces.
//
// Threads: const use is safe.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "../common/deduction.hpp"
#include "../common/emplace.hpp"
#include "../common/fail.hpp"
#include "../common/map_interface.hpp"
#include "detail/erase.hpp"
#include "detail/find.hpp"
#include "detail/insert.hpp"
#include "detail/resize.hpp"
#include "detail/sweep.hpp"
#include "hash.hpp"

namespace steady {

/// What a table is built from beside its types. Derive to change a part; DESIGN.md gives the reason
/// for each number.
struct default_traits {
  /// Growth begins at so many entries a bucket of fifteen slots, shrinking below so many.
  static constexpr std::size_t max_load = 12;
  static constexpr std::size_t min_load = 3;
  /// Tables of fewer than 2^min_level buckets do not shrink by themselves.
  static constexpr unsigned min_level = 4;
  /// How many overflow nodes one split or merge looks at.
  static constexpr std::size_t chain_cap = 64;
  /// Segments also where an address range could be had.
  static constexpr bool use_segments = false;
  /// Blocks up to this size come from the heap; larger ones are reserved address space.
  static constexpr std::size_t heap_bytes = std::size_t{96} << 10;
  /// Address space in ascending widths; the first one that is wide enough is taken.
  static constexpr std::array<std::uint64_t, 3> reservation_bytes{
      std::uint64_t{1} << 32, std::uint64_t{1} << 42, std::uint64_t{1} << 45};
  /// So much memory at a time is fetched ahead of the splits. 4 KB makes the slowest insert in a
  /// hundred thousand shorter (5.8 us instead of 8.9), and all of them together longer.
  static constexpr std::size_t fetch_bytes = std::size_t{16} << 10;
  /// Dead pages go back in pieces of this size.
  static constexpr std::size_t release_bytes = std::size_t{64} << 10;
};

/// To be passed to reserve(): with all memory there at once, so that nothing faults later.
struct resident_t {};
inline constexpr resident_t resident{};

namespace detail {

template <class Map, class Core, class Key, class T, class Hash, class KeyEqual>
using interface_of =
    maps::common::map_interface<Map, Key, T, Hash, KeyEqual, sweep_iterator<Core, false>,
                                sweep_iterator<Core, true>>;

}  // namespace detail

template <class Key, class T, class Hash = hash<Key>, class KeyEqual = equal_to<Key>,
          class Allocator = std::allocator<std::pair<const Key, T>>, class Traits = default_traits>
class map : public detail::interface_of<map<Key, T, Hash, KeyEqual, Allocator, Traits>,
                                        detail::core<Key, T, Hash, KeyEqual, Allocator, Traits>,
                                        Key, T, Hash, KeyEqual> {
  using core = detail::core<Key, T, Hash, KeyEqual, Allocator, Traits>;
  using interface_type = detail::interface_of<map, core, Key, T, Hash, KeyEqual>;
  friend interface_type;
  using ops = typename core::ops;
  using alloc_traits = std::allocator_traits<Allocator>;
  template <class K>
  static constexpr bool looks_up = maps::common::usable_as_key<Hash, KeyEqual, Key, K>;
  template <class It>
  static constexpr bool is_multipass =
      std::is_base_of_v<std::forward_iterator_tag,
                        typename std::iterator_traits<It>::iterator_category>;
  static constexpr bool nothrow_functors = core::moves_functors &&
                                           std::is_nothrow_swappable_v<Hash> &&
                                           std::is_nothrow_swappable_v<KeyEqual>;

 public:
  using key_type = Key;
  using mapped_type = T;
  using value_type = std::pair<const Key, T>;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using hasher = Hash;
  using key_equal = KeyEqual;
  using allocator_type = Allocator;
  using reference = value_type&;
  using const_reference = const value_type&;
  using pointer = typename alloc_traits::pointer;
  using const_pointer = typename alloc_traits::const_pointer;
  using iterator = detail::sweep_iterator<core, false>;
  using const_iterator = detail::sweep_iterator<core, true>;
  using erased = detail::erased<core>;
  /// Not to be deduced from: the guides below do that, also for keys that are not const.
  using entry_list = std::initializer_list<std::type_identity_t<value_type>>;

  // ---- construction

  map() = default;

  /// Room for `hint` entries, as reserve() makes it.
  explicit map(size_type hint, const Hash& hash = Hash(), const KeyEqual& equal = KeyEqual(),
               const Allocator& alloc = Allocator())
      : c_(hash, equal, alloc) {
    reserve(hint);
  }
  map(size_type hint, const Allocator& alloc) : map(hint, Hash(), KeyEqual(), alloc) {}
  map(size_type hint, const Hash& hash, const Allocator& alloc)
      : map(hint, hash, KeyEqual(), alloc) {}
  explicit map(const Allocator& alloc) : map(0, Hash(), KeyEqual(), alloc) {}

  template <maps::common::legacy_input_iterator It>
  map(It first, It last, size_type hint = 0, const Hash& hash = Hash(),
      const KeyEqual& equal = KeyEqual(), const Allocator& alloc = Allocator())
      : map(hint, hash, equal, alloc) {
    insert(first, last);
  }
  template <maps::common::legacy_input_iterator It>
  map(It first, It last, size_type hint, const Allocator& alloc)
      : map(first, last, hint, Hash(), KeyEqual(), alloc) {}
  template <maps::common::legacy_input_iterator It>
  map(It first, It last, size_type hint, const Hash& hash, const Allocator& alloc)
      : map(first, last, hint, hash, KeyEqual(), alloc) {}

  map(entry_list entries, size_type hint = 0, const Hash& hash = Hash(),
      const KeyEqual& equal = KeyEqual(), const Allocator& alloc = Allocator())
      : map(entries.begin(), entries.end(), hint, hash, equal, alloc) {}
  map(entry_list entries, size_type hint, const Allocator& alloc)
      : map(entries, hint, Hash(), KeyEqual(), alloc) {}
  map(entry_list entries, size_type hint, const Hash& hash, const Allocator& alloc)
      : map(entries, hint, hash, KeyEqual(), alloc) {}

  map(const map& other)
      : map(other, alloc_traits::select_on_container_copy_construction(other.c_.alloc)) {}
  map(const map& other, const Allocator& alloc) : map(0, other.c_.hash, other.c_.equal, alloc) {
    make_room(other.size());
    for (auto&& [key, value] : other) insert_absent(key, value);
    c_.floor = other.c_.floor;  // what was reserved stays so, a copy's own size does not
    detail::set_limits(c_);
  }

  map(map&& other) noexcept(core::moves_functors) : map(take_functors, other, other.c_.alloc) {
    c_.swap_table(other.c_);
  }
  map(map&& other, const Allocator& alloc) : map(take_functors, other, alloc) {
    if (c_.alloc == other.c_.alloc) {
      c_.swap_table(other.c_);
    } else {
      take_entries(other);
    }
  }

  ~map() {
    if (c_.memory.exists()) detail::end_table(c_);
  }

  map& operator=(const map& other) {
    if (this == &other) return *this;
    constexpr bool propagate = alloc_traits::propagate_on_container_copy_assignment::value;
    map copy(other, propagate ? other.c_.alloc : c_.alloc);
    replace_by<propagate>(copy);
    return *this;
  }

  map&
  operator=(map&& other) noexcept(nothrow_functors &&
                                  (alloc_traits::propagate_on_container_move_assignment::value ||
                                   alloc_traits::is_always_equal::value)) {
    if (this == &other) return *this;
    if constexpr (alloc_traits::propagate_on_container_move_assignment::value) {
      map taken(std::move(other));
      replace_by<true>(taken);
    } else {
      map taken(std::move(other), c_.alloc);
      replace_by<false>(taken);
    }
    return *this;
  }

  map& operator=(std::initializer_list<value_type> entries) {
    map fresh(entries, 0, c_.hash, c_.equal, c_.alloc);
    replace_by<false>(fresh);
    return *this;
  }

  void swap(map& other) noexcept(std::is_nothrow_swappable_v<Hash> &&
                                 std::is_nothrow_swappable_v<KeyEqual>) {
    if constexpr (alloc_traits::propagate_on_container_swap::value) {
      using std::swap;
      swap(c_.alloc, other.c_.alloc);
    }
    c_.swap_content(other.c_);
  }
  friend void swap(map& a, map& b) noexcept(noexcept(a.swap(b))) { a.swap(b); }

  // ---- size

  [[nodiscard]] bool empty() const noexcept { return c_.count == 0; }
  size_type size() const noexcept { return c_.count; }
  size_type max_size() const noexcept {
    return std::min<size_type>(core::geometry_type::max_buckets / 2 * Traits::max_load,
                               alloc_traits::max_size(c_.alloc));
  }
  size_type bucket_count() const noexcept { return c_.bucket_count(); }
  /// Entries a bucket (of fifteen slots).
  float load_factor() const noexcept {
    return c_.memory.exists() ? static_cast<float>(size()) / static_cast<float>(bucket_count()) : 0;
  }
  /// Fixed: 12 entries a bucket.
  float max_load_factor() const noexcept { return static_cast<float>(Traits::max_load); }
  /// A hint without effect, for programs that give one to std::unordered_map.
  void max_load_factor(float) noexcept {}

  /// Room for n entries without growth, kept until shrink_to_fit() or rehash(). The entries move
  /// once. Throws std::length_error if n is beyond max_size(), std::bad_alloc if it is more than
  /// the machine or its control group holds, or can be had of; then nothing has changed (but that,
  /// if moves can throw and did, a growth has gone on).
  void reserve(size_type n) {
    if (n > max_size()) maps::common::throw_length_error("steady: reserve() beyond max_size()");
    if (n > 0) keep_level(detail::level_for<Traits>(n));
  }
  /// The same, and the memory is resident when it returns: no insert up to n causes a page fault.
  void reserve(size_type n, resident_t) {
    reserve(n);
    if (!c_.memory.exists()) return;
    detail::finish_growth(c_);
    c_.memory.populate(bucket_count());
    c_.nodes.prepare(c_.alloc, detail::expected_nodes(bucket_count()));
  }
  /// `buckets` buckets (rounded up to a power of two), or as many as the entries need if those are
  /// more: rehash(0) makes the table as small as it may be. Ends a growth in progress and forgets
  /// what was reserved; the table keeps these buckets instead. Throws as reserve() does.
  void rehash(size_type buckets) {
    if (buckets > core::geometry_type::max_buckets / 2) {
      maps::common::throw_length_error("steady: rehash() beyond max_size()");
    }
    const auto asked = static_cast<unsigned>(std::bit_width(buckets > 0 ? buckets - 1 : 0));
    const unsigned level = std::max<unsigned>(asked, detail::level_for<Traits>(size()));
    if (level > c_.level || (buckets > 0 && !c_.memory.exists())) {
      detail::grow_to(c_, level);
    } else if (empty()) {
      detail::drop_memory(c_);
      if (buckets > 0) detail::start(c_, level);
    } else {
      detail::fit(c_, level);
    }
    c_.floor = static_cast<std::uint8_t>(asked);
    detail::set_limits(c_);
  }
  /// As few buckets as the entries need. Takes time in proportion to the table.
  void shrink_to_fit() {
    if (empty()) {
      c_.floor = 0;
      detail::drop_memory(c_);
    } else {
      detail::fit(c_, 0);
    }
  }

  // ---- iteration

  iterator begin() noexcept { return iterator(detail::sweep_position<core>::first(c_)); }
  const_iterator begin() const noexcept {
    return const_iterator(detail::sweep_position<core>::first(c_));
  }
  const_iterator cbegin() const noexcept { return begin(); }
  iterator end() noexcept { return {}; }
  const_iterator end() const noexcept { return {}; }
  const_iterator cend() const noexcept { return {}; }

  // ---- lookup: in map_interface.hpp. at() is inherited too; named here, it would be shadowed by
  // every variable `at` of a member function.

  using interface_type::contains;
  using interface_type::count;
  using interface_type::equal_range;
  using interface_type::find;

  // ---- insertion: in map_interface.hpp, except for ranges

  using interface_type::operator[];
  using interface_type::emplace;
  using interface_type::emplace_hint;
  using interface_type::insert;
  using interface_type::insert_or_assign;
  using interface_type::try_emplace;

  /// A range of known length that makes the table grow does so once, for all that is left of it.
  template <maps::common::legacy_input_iterator It>
  void insert(It first, It last) {
    if constexpr (std::is_same_v<It, iterator> || std::is_same_v<It, const_iterator>) {
      if (first.position().table() == &c_) return;  // all of it is here already
    }
    if constexpr (is_multipass<It>) {
      auto left = static_cast<size_type>(std::distance(first, last));
      for (; first != last; ++first, --left) emplace_of(left, *first);
    } else {
      for (; first != last; ++first) emplace(*first);
    }
  }

  // ---- erasure

  /// May merge a bucket once three quarters of the entries are gone, and so move entries.
  size_type erase(const Key& key) { return detail::erase_key(c_, key); }
  template <class K>
    requires(looks_up<K> && !std::is_convertible_v<K &&, iterator> &&
             !std::is_convertible_v<K &&, const_iterator>)
  size_type erase(K&& key) {
    return detail::erase_key(c_, key);
  }
  /// Costs what erase(key) costs. The result converts to an iterator to the next entry, and looks
  /// for that entry when it does.
  erased erase(iterator at) noexcept { return erase_position(at.position()); }
  erased erase(const_iterator at) noexcept { return erase_position(at.position()); }
  erased erase(const erased& next) noexcept { return erase(iterator(next)); }
  iterator erase(const_iterator first, const_iterator last) {
    while (first != last) first = erase(first);
    return iterator(last.position());
  }
  /// Keeps the buckets. Costs time in proportion to them, but where only a few of many were used.
  void clear() noexcept { detail::clear(c_); }

  /// Moves in every entry of `other` whose key is not here. Basic guarantee.
  template <class Hash2, class Equal2, class Traits2>
  void merge(map<Key, T, Hash2, Equal2, Allocator, Traits2>& other) {
    if (static_cast<const void*>(this) == static_cast<const void*>(&other)) return;
    make_room(other.size());  // that many there will be, whatever is here
    size_type left = other.size();
    for (auto it = other.begin(); it != other.end(); --left) {
      make_room_for(it->first, left);
      it = take_entry(*it) ? other.erase(it) : std::next(it);
    }
  }
  template <class Hash2, class Equal2, class Traits2>
  void merge(map<Key, T, Hash2, Equal2, Allocator, Traits2>&& other) {
    merge(other);
  }

  // ---- observers

  hasher hash_function() const { return c_.hash; }
  key_equal key_eq() const { return c_.equal; }
  allocator_type get_allocator() const noexcept { return c_.alloc; }

  /// The state itself, for inspect.hpp and tests: read only.
  const core& internals() const noexcept { return c_; }

 private:
  struct keep {
    void operator()(const value_type&) const noexcept {}
  };
  struct take_functors_tag {};
  static constexpr take_functors_tag take_functors{};

  /// An empty table with the functors of another, which keeps its content. What is built on it may
  /// throw: its destructor runs then.
  map(take_functors_tag, map& other, const Allocator& alloc) noexcept(core::moves_functors)
      : c_(other.c_, alloc) {}

  /// At least 2^level buckets, from now on.
  void keep_level(unsigned level) {
    detail::grow_to(c_, level);
    c_.floor = std::max(c_.floor, static_cast<std::uint8_t>(level));
    detail::set_limits(c_);
  }
  /// Room for n entries, which nothing keeps.
  void make_room(size_type n) {
    if (n > 0) detail::grow_to(c_, detail::level_for<Traits>(n));
  }
  /// Before the first of at most `left` inserts: if it makes the table grow, and they are enough to
  /// end that growth, the table grows at once for all of them.
  template <class K>
  MAPS_ALWAYS_INLINE void make_room_for(const K& key, size_type left) {
    if (c_.count >= c_.grow_at && left > bucket_count()) [[unlikely]] {
      if (c_.memory.exists() && !contains(key)) make_room(size() + left);
    }
  }

  /// emplace(), the first of at most `left`.
  template <class... Args>
  std::pair<iterator, bool> emplace_of(size_type left, Args&&... args) {
    return maps::common::emplace_by<Key, T>(
        c_.alloc,
        [this, left](auto&& key, auto&&... values) {
          make_room_for(key, left);
          return this->try_emplace(std::forward<decltype(key)>(key),
                                   std::forward<decltype(values)>(values)...);
        },
        std::forward<Args>(args)...);
  }

  /// Moves the entries over one by one, because their memory belongs to another allocator.
  /// `other` is empty afterwards, also after a throw: half of its keys are moved from.
  void take_entries(map& other) {
    MAPS_TRY {
      make_room(other.size());
      for (value_type& entry : other) {
        insert_absent(std::move(ops::mutable_key(entry)), std::move(entry.second));
      }
    }
    MAPS_CATCH_ALL {
      other.clear();
      MAPS_RETHROW;
    }
    other.clear();
  }

  /// Moves an entry of another table in, unless its key is here.
  bool take_entry(value_type& entry) {
    if constexpr (ops::moves_safely) {
      if (contains(entry.first)) return false;
      insert_absent(std::move(ops::mutable_key(entry)), std::move(entry.second));
      return true;
    } else {
      return try_emplace(entry.first, std::move_if_noexcept(entry.second)).second;
    }
  }

  /// Takes over `source`, whose old content then dies with it. Its memory must go back to the
  /// allocator that it came from, so with Propagate the allocators change places.
  template <bool Propagate>
  void replace_by(map& source) {
    if constexpr (Propagate) {
      using std::swap;
      swap(c_.alloc, source.c_.alloc);
    }
    c_.swap_content(source.c_);
  }

  template <class K, class V>
  void insert_absent(K&& key, V&& value) {
    const std::uint64_t hash = c_.hash_of(key);
    detail::insert_absent(c_, hash, std::forward<K>(key), std::forward<V>(value));
  }

  template <class K>
  MAPS_ALWAYS_INLINE detail::sweep_position<core> position_of(const K& key) const {
    const auto at = detail::find(c_, key);
    return at ? detail::sweep_position<core>(c_, at) : detail::sweep_position<core>();
  }

  template <class K>
  T& value_or_throw(const K& key) const {
    const auto at = detail::find(c_, key);
    if (!at) maps::common::throw_out_of_range("steady: at() of a key that is not there");
    return at.entry->second;
  }

  template <class K>
  MAPS_ALWAYS_INLINE bool has(const K& key) const {
    return bool(detail::find(c_, key));
  }

  MAPS_ALWAYS_INLINE std::pair<iterator, bool> result(const detail::insertion<core>& i) noexcept {
    return {iterator(detail::sweep_position<core>(c_, i.at)), i.inserted};
  }

  template <class K, class... Args>
  MAPS_ALWAYS_INLINE std::pair<iterator, bool> add(K&& key, Args&&... args) {
    return result(detail::insert(c_, keep{}, std::forward<K>(key), std::forward<Args>(args)...));
  }

  template <class... Args>
  std::pair<iterator, bool> add_from(Args&&... args) {
    return emplace_of(1, std::forward<Args>(args)...);
  }

  template <class K, class M>
  std::pair<iterator, bool> put(K&& key, M&& value) {
    const auto overwrite = [&](value_type& entry) { entry.second = std::forward<M>(value); };
    return result(detail::insert(c_, overwrite, std::forward<K>(key), std::forward<M>(value)));
  }

  template <class K>
  T& get_or_make(K&& key) {
    return detail::insert(c_, keep{}, std::forward<K>(key)).at.entry->second;
  }

  erased erase_position(const detail::sweep_position<core>& position) noexcept {
    detail::sweep_position<core> next = position;
    const auto way = next.leave_before_erasure();
    detail::erase_at(c_, position.at());
    return erased(next, way);
  }

  core c_;
};

template <class Key, class T, class Hash, class KeyEqual, class Alloc, class Traits, class Pred>
std::size_t erase_if(map<Key, T, Hash, KeyEqual, Alloc, Traits>& m, Pred pred) {
  return maps::common::erase_entries_if(m, pred);
}

MAPS_DEDUCTION_GUIDES(map)

}  // namespace steady
