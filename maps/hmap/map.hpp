// hmap::map: Go's classic map (hmap/bmap, Go 1.0 to 1.23) as a C++20 container.
//
// Layout
//   A 48-byte header points to 2^B buckets. A bucket holds 8 entries behind 8 tophash
//   bytes and ends in a pointer to an overflow bucket:
//
//     header   count | flags B noverflow hash0 | buckets | oldbuckets | nevacuate | extra
//     bucket   tophash[8] | key[8] | value[8] | overflow         (map:        Go's layout)
//              tophash[8] | pair<const K,V>[8] | overflow        (paired_map: std's pairs)
//
//   The low B bits of the hash choose the bucket, the top byte is the cell's tophash. For
//   8-byte keys and values a bucket is 144 bytes: two and a quarter cache lines. Behind the
//   header are two words that Go does not have, one of them a cache line away (core.hpp):
//   sizeof(map) is 104.
//
// Operations
//   find    one chain; eight tophash bytes compared at once; keys only where they match.
//   insert  the first empty cell of the chain, or a new overflow bucket.
//   erase   marks the cell; trailing empty cells are marked so that misses stop early.
//           erase(iterator) looks for the next entry only if its result is used.
//   growth  at 6.5 entries a bucket the array doubles; with as many overflow buckets as
//           buckets, a fresh array of equal size compacts the chains. Growth is
//           incremental: each later write moves at most two chains, reads move nothing,
//           and an old array without writes stays half moved for ever.
//   reserve obtains the final array first and moves every entry once. The same when a range
//           of known length, or another table, is inserted and room runs out.
//   begin   remembers where the first entry was: emptying a table from its front is linear.
//           Iteration from begin() to end() is called a sweep in these headers, Go's a range.
//
// Costs
//   No insert moves more than two chains or gives more than 128 KB back, but the one that
//   starts a growth allocates the whole new array, untouched where it comes from the
//   kernel. While growing, memory is three halves to twice the final. The array
//   never shrinks: neither erase() nor rehash(0) returns memory. Iteration and clear() cost
//   time in proportion to the array, not to the entries; clear() writes only where entries were.
//
// What becomes invalid
//   insert, try_emplace, insert_or_assign, emplace, operator[], erase(key), reserve, and
//   merge move entries while the table grows, and any insert may start a growth: they
//   invalidate all iterators, references and pointers. erase(iterator) moves nothing,
//   allocates nothing and invalidates only what refers to the erased entry. clear, swap
//   and assignment invalidate everything but swap's references, which follow the content.
//
// Exceptions
//   Strong guarantee: after a throw the table has the entries and the buckets that it had. It
//   holds for single insertion, reserve() and rehash() wherever an allocation, hash, comparison,
//   copy or move throws, also in mid-growth. A growth in progress may have gone on, and where
//   reserve() had to move entries back their order may have changed. Exception: entries that
//   can only be moved, by a move that may throw. reserve() keeps what it has reached with them,
//   and the program ends if undoing a move throws too. Ranges and merge() have the basic
//   guarantee, and lose nothing. With -fno-exceptions the program ends with a message instead.
//
// Calls back
//   The destructor of an erased entry may use the table, if its move cannot throw: the entry has
//   left its cell by then. So may the end of a value that insert_or_assign() replaces, while the
//   table does not grow. Any other use from inside an operation (by a hash, a comparison, a
//   constructor) is an error, and reported as re-entry (misuse.hpp).
//
// Allocators
//   Entries are made and ended by the allocator's construct() and destroy() where it has its own,
//   also when growth moves them; nothing is allocated elsewhere. Its pointer must be a plain
//   pointer. Fancy pointers (boost::interprocess::offset_ptr) are refused: the header, the overflow
//   links and the cells of large entries are raw addresses, tested and moved as bytes on every
//   path, and a table with relative ones would be another layout than Go's.
//
// Threads: const use is safe; concurrent misuse is reported as in Go (misuse.hpp).
//
// Source of the behaviour: Go 1.19 runtime/map.go. DESIGN.md says where and why C++ needs
// another choice.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "../common/deduction.hpp"
#include "../common/emplace.hpp"
#include "../common/fail.hpp"
#include "../common/map_interface.hpp"
#include "detail/assign.hpp"
#include "detail/erase.hpp"
#include "detail/find.hpp"
#include "detail/merge.hpp"
#include "detail/relocate.hpp"
#include "detail/sweep.hpp"
#include "observer.hpp"
#include "range.hpp"

namespace hmap {

/// What a table is built from beside its types. Derive to change a part.
struct split_traits {
  template <class K, class V>
  using layout = detail::split_layout<K, V>;
  // Named without the layout, which needs complete types: a map may be part of its own value.
  template <class K, class V>
  using reference = split_reference<K, V>;
  template <class K, class V>
  using const_reference = split_reference<K, const V>;
  using observer = no_observer;
  /// How a large old array is given back.
  using release = detail::page_release;
  /// Growth comes at load_factor_num / 2 entries a bucket (and never below 9 entries).
  static constexpr std::size_t load_factor_num = 13;
};

struct paired_traits : split_traits {
  template <class K, class V>
  using layout = detail::paired_layout<K, V>;
  template <class K, class V>
  using reference = std::pair<const K, V>&;
  template <class K, class V>
  using const_reference = const std::pair<const K, V>&;
};

namespace detail {

template <class Map, class Core, class Key, class T, class Hash, class KeyEqual>
using interface_of =
    maps::common::map_interface<Map, Key, T, Hash, KeyEqual, sweep_iterator<Core, false>,
                                sweep_iterator<Core, true>>;

}  // namespace detail

template <class Key, class T, class Hash, class KeyEqual, class Allocator, class Traits>
class basic_map
    : public detail::interface_of<basic_map<Key, T, Hash, KeyEqual, Allocator, Traits>,
                                  detail::core<Key, T, Hash, KeyEqual, Allocator, Traits>, Key, T,
                                  Hash, KeyEqual> {
  using core = detail::core<Key, T, Hash, KeyEqual, Allocator, Traits>;
  using interface_type = detail::interface_of<basic_map, core, Key, T, Hash, KeyEqual>;
  friend interface_type;
  using layout = typename core::layout;
  using alloc_traits = std::allocator_traits<Allocator>;
  template <class K>
  static constexpr bool lookup_key = maps::common::usable_as_key<Hash, KeyEqual, Key, K>;
  static constexpr bool functors_move =
      std::is_nothrow_move_constructible_v<Hash> && std::is_nothrow_move_constructible_v<KeyEqual>;
  static constexpr bool functors_swap =
      std::is_nothrow_swappable_v<Hash> && std::is_nothrow_swappable_v<KeyEqual>;

 public:
  using key_type = Key;
  using mapped_type = T;
  using value_type = std::pair<const Key, T>;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using hasher = Hash;
  using key_equal = KeyEqual;
  using allocator_type = Allocator;
  using reference = typename Traits::template reference<Key, T>;
  using const_reference = typename Traits::template const_reference<Key, T>;
  using pointer = typename alloc_traits::pointer;
  using const_pointer = typename alloc_traits::const_pointer;
  using iterator = detail::sweep_iterator<core, false>;
  using const_iterator = detail::sweep_iterator<core, true>;
  using erase_result = detail::erase_result<core>;
  using observer_type = typename Traits::observer;

  // ---- construction

  basic_map() : basic_map(0) {}

  /// Room for `hint` entries, Go's way: up to 8 allocate nothing yet, and a hint beyond any
  /// address space (hint buckets of more than 2^48 bytes) counts as 0: it is a hint, while
  /// reserve() is a demand. One that is merely more than the machine, or its control group, can
  /// hold throws std::bad_alloc.
  explicit basic_map(size_type hint, const Hash& hash = Hash(), const KeyEqual& equal = KeyEqual(),
                     const Allocator& alloc = Allocator())
      : c_(hash, equal, alloc) {
    if (hint <= max_hint()) {
      c_.h.B = detail::buckets_for<Traits>(hint);
      if (c_.h.B != 0) c_.h.buckets = detail::make_requested_array(c_, c_.h.B);
    }
  }
  basic_map(size_type hint, const Allocator& alloc) : basic_map(hint, Hash(), KeyEqual(), alloc) {}
  basic_map(size_type hint, const Hash& hash, const Allocator& alloc)
      : basic_map(hint, hash, KeyEqual(), alloc) {}
  explicit basic_map(const Allocator& alloc) : basic_map(0, Hash(), KeyEqual(), alloc) {}

  template <maps::common::legacy_input_iterator It>
  basic_map(It first, It last, size_type hint = 0, const Hash& hash = Hash(),
            const KeyEqual& equal = KeyEqual(), const Allocator& alloc = Allocator())
      : basic_map(hint, hash, equal, alloc) {
    insert(first, last);
  }
  template <maps::common::legacy_input_iterator It>
  basic_map(It first, It last, size_type hint, const Allocator& alloc)
      : basic_map(first, last, hint, Hash(), KeyEqual(), alloc) {}
  template <maps::common::legacy_input_iterator It>
  basic_map(It first, It last, size_type hint, const Hash& hash, const Allocator& alloc)
      : basic_map(first, last, hint, hash, KeyEqual(), alloc) {}

  basic_map(std::initializer_list<value_type> entries, size_type hint = 0,
            const Hash& hash = Hash(), const KeyEqual& equal = KeyEqual(),
            const Allocator& alloc = Allocator())
      : basic_map(entries.begin(), entries.end(), hint, hash, equal, alloc) {}
  basic_map(std::initializer_list<value_type> entries, size_type hint, const Allocator& alloc)
      : basic_map(entries, hint, Hash(), KeyEqual(), alloc) {}
  basic_map(std::initializer_list<value_type> entries, size_type hint, const Hash& hash,
            const Allocator& alloc)
      : basic_map(entries, hint, hash, KeyEqual(), alloc) {}

  basic_map(const basic_map& other)
      : basic_map(other, alloc_traits::select_on_container_copy_construction(other.c_.alloc)) {}
  basic_map(const basic_map& other, const Allocator& alloc)
      : basic_map(other.size(), other.c_.hash, other.c_.equal, alloc) {
    for (auto&& [key, value] : other) insert_absent(key, value);
  }

  /// Moves the functors. `other` is empty then, and usable as far as its functors still are.
  basic_map(basic_map&& other) noexcept(functors_move)
      : basic_map(take_header, other, Allocator(other.c_.alloc)) {}
  basic_map(basic_map&& other, const Allocator& alloc) : basic_map(take_functors, other, alloc) {
    if (c_.alloc == other.c_.alloc) {
      c_.take_content(other.c_);
    } else {
      take_entries(other);
    }
  }

  ~basic_map() {
    detail::free_storage(c_);
    detail::abandon_extra(c_);
  }

  basic_map& operator=(const basic_map& other) {
    if (this == &other) return *this;
    constexpr bool propagate = alloc_traits::propagate_on_container_copy_assignment::value;
    basic_map copy(other, propagate ? other.c_.alloc : c_.alloc);
    replace_by<propagate>(copy);
    return *this;
  }

  basic_map& operator=(basic_map&& other) noexcept(
      (alloc_traits::propagate_on_container_move_assignment::value ||
       alloc_traits::is_always_equal::value) &&
      functors_move && functors_swap) {
    if (this == &other) return *this;
    if constexpr (alloc_traits::propagate_on_container_move_assignment::value) {
      basic_map taken(take_header, other, Allocator(other.c_.alloc));
      replace_by<true>(taken);
    } else {
      basic_map taken(std::move(other), c_.alloc);
      replace_by<false>(taken);
    }
    return *this;
  }

  basic_map& operator=(std::initializer_list<value_type> entries) {
    basic_map fresh(entries, 0, c_.hash, c_.equal, c_.alloc);
    replace_by<false>(fresh);
    return *this;
  }

  void swap(basic_map& other) noexcept(functors_swap) {
    if constexpr (alloc_traits::propagate_on_container_swap::value) {
      using std::swap;
      swap(c_.alloc, other.c_.alloc);
    }
    c_.swap_content(other.c_);
  }
  friend void swap(basic_map& a, basic_map& b) noexcept(noexcept(a.swap(b))) { a.swap(b); }

  // ---- size

  [[nodiscard]] bool empty() const noexcept { return c_.h.count == 0; }
  size_type size() const noexcept { return c_.h.count; }
  size_type max_size() const noexcept {
    return std::min<size_type>(detail::capacity<Traits>(detail::largest_B(c_)),
                               alloc_traits::max_size(c_.alloc));
  }
  size_type bucket_count() const noexcept { return c_.h.buckets ? c_.bucket_count() : 0; }
  /// Entries a bucket (of eight cells).
  float load_factor() const noexcept {
    return c_.h.buckets ? static_cast<float>(size()) / static_cast<float>(c_.bucket_count()) : 0;
  }
  /// Fixed: 6.5 entries a bucket.
  float max_load_factor() const noexcept { return Traits::load_factor_num / 2.0F; }
  /// A hint without effect, for programs that were written for std::unordered_map.
  void max_load_factor(float) noexcept {}

  /// Room for n entries without growth, obtained at once; every entry moves once. Throws
  /// std::length_error beyond max_size(), std::bad_alloc for more than the machine, its control
  /// group or the allocator gives. Ends a growth in progress. Strong guarantee for the contents;
  /// if a hash or a copy throws, the order may have changed.
  void reserve(size_type n) {
    if (n > max_size()) maps::common::throw_length_error("hmap: reserve() beyond max_size()");
    const detail::write_guard guard(c_);
    detail::reserve_buckets(c_, detail::buckets_for<Traits>(n));
  }
  /// At least `buckets` buckets (rounded up to a power of two), as reserve(). A table never
  /// shrinks: fewer buckets than there are, and 0, only end a growth in progress.
  void rehash(size_type buckets) {
    if (buckets > size_type{1} << detail::largest_B(c_)) {
      maps::common::throw_length_error("hmap: rehash() beyond max_size()");
    }
    const detail::write_guard guard(c_);
    detail::reserve_buckets(
        c_, static_cast<std::uint8_t>(buckets > 1 ? std::bit_width(buckets - 1) : 0));
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

  /// Go's range: a random start, and safe while the table is written (range.hpp).
  auto range() { return hmap::range<core, false>(c_); }
  auto range() const { return hmap::range<core, true>(c_); }

  // ---- lookup: in map_interface.hpp. at() is inherited too; named here, it would be shadowed by
  // every variable `at` of a member function.

  using interface_type::contains;
  using interface_type::count;
  using interface_type::equal_range;
  using interface_type::find;

  // ---- insertion: in map_interface.hpp, except for ranges
  //
  // For keys that are equal and yet different (+0.0 and -0.0) insert_or_assign() keeps the last
  // one, as in Go. Where the table does not grow just now, the value is assigned when the table is
  // done: the destructor of the old one may use the table. If that inserts, the result is invalid
  // like any iterator.

  using interface_type::operator[];
  using interface_type::emplace;
  using interface_type::emplace_hint;
  using interface_type::insert;
  using interface_type::insert_or_assign;
  using interface_type::try_emplace;

  template <maps::common::legacy_input_iterator It>
  void insert(It first, It last) {
    if constexpr (std::is_same_v<It, iterator> || std::is_same_v<It, const_iterator>) {
      if (first.position().table() == &c_) return;  // all of it is here already
    }
    if constexpr (maps::common::multi_pass_iterator<It>) {
      insert_counted(first, last);
    } else {
      for (; first != last; ++first) emplace(*first);
    }
  }

  // ---- erasure

  /// While the table grows this moves up to two chains, even when the key is absent.
  size_type erase(const Key& key) { return detail::erase_key(c_, key); }
  template <class K>
    requires(lookup_key<std::remove_cvref_t<K>> && !std::is_convertible_v<K &&, iterator> &&
             !std::is_convertible_v<K &&, const_iterator>)
  size_type erase(K&& key) {
    return detail::erase_key(c_, key);
  }
  /// Costs what erase(key) costs: the next entry is looked for when the result is used.
  erase_result erase(iterator at) { return erase_position(at.position()); }
  erase_result erase(const_iterator at) { return erase_position(at.position()); }
  erase_result erase(const erase_result& at) { return erase(const_iterator(at)); }
  iterator erase(const_iterator first, const_iterator last) {
    while (first != last) first = erase(first);
    return iterator(last.position());
  }
  /// Keeps the array, so it costs time in proportion to bucket_count().
  void clear() noexcept { detail::clear(c_); }

  /// Moves in every entry of `other` whose key is not here, key and value, and grows at most once.
  /// The allocators must be equal. Basic guarantee: each entry is in one of the two tables.
  template <class Hash2, class Equal2, class Traits2>
  void merge(basic_map<Key, T, Hash2, Equal2, Allocator, Traits2>& other) {
    if (static_cast<const void*>(this) == static_cast<const void*>(&other)) return;
    for (auto it = other.begin(); it != other.end();) {
      const auto from = it++.position();
      detail::take_entry(c_, other.c_, from.head(), from.at());
    }
  }
  template <class Hash2, class Equal2, class Traits2>
  void merge(basic_map<Key, T, Hash2, Equal2, Allocator, Traits2>&& other) {
    merge(other);
  }

  // ---- observers

  hasher hash_function() const { return c_.hash; }
  key_equal key_eq() const { return c_.equal; }
  allocator_type get_allocator() const noexcept { return c_.alloc; }
  observer_type& observer() noexcept { return c_.observer; }
  const observer_type& observer() const noexcept { return c_.observer; }

  /// The state itself, for inspect.hpp and tests: read only.
  const core& internals() const noexcept { return c_; }

 private:
  template <class, class, class, class, class, class>
  friend class basic_map;  // merge()

  struct keep {
    void operator()(detail::location) const noexcept {}
  };
  static constexpr size_type max_hint() noexcept {
    constexpr int address_bits = std::numeric_limits<std::size_t>::digits > 48 ? 48 : 30;
    return (std::size_t{1} << address_bits) / layout::size;
  }
  struct take_functors_tag {};
  static constexpr take_functors_tag take_functors{};
  struct take_header_tag {};
  static constexpr take_header_tag take_header{};

  basic_map(take_functors_tag, basic_map& other, const Allocator& alloc) noexcept(functors_move)
      : c_(std::move(other.c_.hash), std::move(other.c_.equal), alloc) {}

  basic_map(take_header_tag, basic_map& other, Allocator&& alloc) noexcept(functors_move)
      : basic_map(take_functors, other, alloc) {
    c_.take_content(other.c_);
  }

  /// Moves the entries over one by one, because their memory belongs to another allocator.
  /// `other` is empty afterwards, also after a throw: half of its keys are moved from.
  void take_entries(basic_map& other) {
    MAPS_TRY {
      reserve(other.size());
      for (iterator it = other.begin(); it != other.end(); ++it) {
        const detail::location at = it.position().at();
        insert_absent(std::move(layout::mutable_key(at.b, at.i)),
                      std::move(layout::value(at.b, at.i)));
      }
    }
    MAPS_CATCH_ALL {
      other.clear();
      MAPS_RETHROW;
    }
    other.clear();
  }

  /// Takes over `source`, whose old content then dies with it. Its storage must go back to
  /// the allocator that it came from, so with Propagate the allocators change places.
  template <bool Propagate>
  void replace_by(basic_map& source) {
    if constexpr (Propagate) {
      using std::swap;
      swap(c_.alloc, source.c_.alloc);
    }
    c_.swap_content(source.c_);
  }

  template <class K, class V>
  void insert_absent(K&& key, V&& value) {
    const std::uint64_t hash = c_.hash_of(key);
    if (c_.h.buckets == nullptr) c_.h.buckets = detail::make_bucket_array(c_, c_.h.B);
    detail::insert_absent(c_, hash, std::forward<K>(key), std::forward<V>(value));
  }

  /// A range of known length. Which of its keys are here already is not known, so growth begins as
  /// with single entries; then it goes on to what the rest may need.
  template <class It>
  void insert_counted(It first, It last) {
    std::uint8_t B = c_.h.B;
    while (first != last) {
      emplace(*first);
      ++first;
      if (c_.h.B == B) continue;
      const size_type most = size() + static_cast<size_type>(std::distance(first, last));
      if (most > detail::capacity<Traits>(c_.h.B)) reserve(most);
      B = c_.h.B;
    }
  }

  template <class K>
  MAPS_ALWAYS_INLINE detail::sweep_position<core> position_of(const K& key) const {
    const detail::found f = detail::find(c_, key);
    return f.at ? detail::sweep_position<core>(c_, f.at, f.head) : detail::sweep_position<core>();
  }

  template <class K>
  T& value_or_throw(const K& key) const {
    const detail::location at = detail::find(c_, key).at;
    if (!at) maps::common::throw_out_of_range("hmap: at() of a key that is not there");
    return layout::value(at.b, at.i);
  }

  template <class K>
  MAPS_ALWAYS_INLINE bool has(const K& key) const {
    return bool(detail::find(c_, key).at);
  }

  MAPS_ALWAYS_INLINE std::pair<iterator, bool> result(detail::assignment a) noexcept {
    return {iterator(detail::sweep_position<core>(c_, a.at, a.head)), a.inserted};
  }

  template <class K, class... Args>
  MAPS_ALWAYS_INLINE std::pair<iterator, bool> add(K&& key, Args&&... args) {
    return result(detail::assign(c_, keep{}, std::forward<K>(key), std::forward<Args>(args)...));
  }

  template <class... Args>
  MAPS_ALWAYS_INLINE std::pair<iterator, bool> add_from(Args&&... args) {
    const auto add = [this](auto&& key, auto&&... value) {
      return this->try_emplace(std::forward<decltype(key)>(key),
                               std::forward<decltype(value)>(value)...);
    };
    return maps::common::emplace_by<Key, T>(c_.alloc, add, std::forward<Args>(args)...);
  }

  template <class K, class M>
  MAPS_ALWAYS_INLINE std::pair<iterator, bool> put(K&& key, M&& value) {
    const auto overwrite = [&](detail::location at) {
      layout::value(at.b, at.i) = std::forward<M>(value);
      if constexpr (detail::needs_key_update<Key>) layout::mutable_key(at.b, at.i) = key;
    };
    return result(detail::assign(c_, overwrite, std::forward<K>(key), std::forward<M>(value)));
  }

  template <class K>
  T& get_or_make(K&& key) {
    const detail::location at = detail::assign(c_, keep{}, std::forward<K>(key)).at;
    return layout::value(at.b, at.i);
  }

  erase_result erase_position(const detail::sweep_position<core>& position) {
    detail::erase_at(c_, position.head(), position.at());
    return erase_result(position);
  }

  core c_;
};

template <class Key, class T, class Hash, class KeyEqual, class Alloc, class Traits, class Pred>
std::size_t erase_if(basic_map<Key, T, Hash, KeyEqual, Alloc, Traits>& m, Pred pred) {
  return maps::common::erase_entries_if(m, pred);
}

/// Go's layout: eight keys, then eight values. Iterators give pairs of references by value
/// (write `for (auto&& [key, value] : m)`).
template <class Key, class T, class Hash = hash<Key>, class KeyEqual = equal_to<Key>,
          class Allocator = std::allocator<std::pair<const Key, T>>>
class map : public basic_map<Key, T, Hash, KeyEqual, Allocator, split_traits> {
  using base = basic_map<Key, T, Hash, KeyEqual, Allocator, split_traits>;

 public:
  using base::base;

  // The base has these too, but returns itself, and GCC 12 deduces {pair, pair} only from a class's
  // own.
  map& operator=(std::initializer_list<typename base::value_type> entries) {
    base::operator=(entries);
    return *this;
  }
  map(std::initializer_list<typename base::value_type> entries, std::size_t hint = 0,
      const Hash& hash = Hash(), const KeyEqual& equal = KeyEqual(),
      const Allocator& alloc = Allocator())
      : base(entries, hint, hash, equal, alloc) {}

  // Without it std::swap would match better than the base's, and move three times.
  friend void swap(map& a, map& b) noexcept(noexcept(a.swap(b))) { a.swap(b); }
};

template <class Key, class T, class Hash, class Equal, class Alloc>
map(const map<Key, T, Hash, Equal, Alloc>&, const std::type_identity_t<Alloc>&)
    -> map<Key, T, Hash, Equal, Alloc>;

MAPS_DEDUCTION_GUIDES(map)

/// The same table with keys and values in real pairs: iterators give value_type&, as code
/// written for std::unordered_map expects.
template <class Key, class T, class Hash = hash<Key>, class KeyEqual = equal_to<Key>,
          class Allocator = std::allocator<std::pair<const Key, T>>>
class paired_map : public basic_map<Key, T, Hash, KeyEqual, Allocator, paired_traits> {
  using base = basic_map<Key, T, Hash, KeyEqual, Allocator, paired_traits>;

 public:
  using base::base;

  // The base has these too, but returns itself, and GCC 12 deduces {pair, pair} only from a class's
  // own.
  paired_map& operator=(std::initializer_list<typename base::value_type> entries) {
    base::operator=(entries);
    return *this;
  }
  paired_map(std::initializer_list<typename base::value_type> entries, std::size_t hint = 0,
             const Hash& hash = Hash(), const KeyEqual& equal = KeyEqual(),
             const Allocator& alloc = Allocator())
      : base(entries, hint, hash, equal, alloc) {}

  // Without it std::swap would match better than the base's, and move three times.
  friend void swap(paired_map& a, paired_map& b) noexcept(noexcept(a.swap(b))) { a.swap(b); }
};

template <class Key, class T, class Hash, class Equal, class Alloc>
paired_map(const paired_map<Key, T, Hash, Equal, Alloc>&, const std::type_identity_t<Alloc>&)
    -> paired_map<Key, T, Hash, Equal, Alloc>;

MAPS_DEDUCTION_GUIDES(paired_map)

}  // namespace hmap
