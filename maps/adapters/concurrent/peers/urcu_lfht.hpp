// Nodes are ours, as the library wants it; read sections and what is freed after them are those of
// maps/concurrent/reclamation.hpp, which registers threads by itself.
//
// The adapter resizes the table, not the library's worker thread. Who inserts wakes that thread and
// then notes that it has done so; if the worker is done by then, the note stays and the table never
// grows again (liburcu 0.13.2, __cds_lfht_resize_lazy_launch). With threads on one CPU that is the
// rule: 10,000 entries in one list, 8 us a lookup.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "maps/concurrent/reclamation.hpp"

#include <urcu/rculfhash.h>

namespace adapters {

struct urcu_lfht {
  static constexpr std::string_view name = "urcu_lfht", title = "liburcu's cds_lfht";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  template <class Key, class Value, class Hash>
  class map {
   public:
    map()
        : table_(
              cds_lfht_new_flavor(first_buckets, first_buckets, 0, 0, &urcu_memb_flavor, nullptr)) {
      if (table_ == nullptr) throw std::bad_alloc();
    }
    map(const map&) = delete;
    map& operator=(const map&) = delete;

    ~map() {
      {
        const read_guard section;  // the library asks for one
        each([this](node& one) {
          cds_lfht_del(table_, &one);
          delete &one;
        });
      }
      cds_lfht_destroy(table_, nullptr);
    }

    template <class F>
    bool visit(const Key& key, F&& f) {
      const read_guard section;
      const node* const found = find(key, Hash{}(key));
      if (found == nullptr) return false;
      f(found->value);
      return true;
    }

    bool insert(const Key& key, const Value& value) {
      const std::size_t hash = Hash{}(key);
      if (!add(key, value, hash)) return false;
      count(hash);
      return true;
    }

    void store(const Key& key, const Value& value) {
      const std::size_t hash = Hash{}(key);
      if (put(key, value, hash)) count(hash);
    }

    bool erase(const Key& key) {
      const std::size_t hash = Hash{}(key);
      write_guard section;
      while (node* const found = find(key, hash)) {
        if (cds_lfht_del(table_, found) != 0) continue;
        section.retire(found);
        if (is_counted(hash)) counted_.fetch_sub(1, std::memory_order_relaxed);
        return true;
      }
      return false;
    }

    template <class F>
    void for_each(F&& f) {
      const read_guard section;
      each([&](const node& one) { f(one.key, one.value); });
    }

   private:
    using read_guard = concurrent::reclamation::read_guard;
    using write_guard = concurrent::reclamation::write_guard;

    struct node : cds_lfht_node {
      node(const Key& k, const Value& v) : cds_lfht_node{}, key(k), value(v) {}
      Key key;
      Value value;
    };

    static int is_equal(cds_lfht_node* one, const void* key) {
      return static_cast<node*>(one)->key == *static_cast<const Key*>(key) ? 1 : 0;
    }

    node* find(const Key& key, std::size_t hash) const {
      cds_lfht_iter at;
      cds_lfht_lookup(table_, hash, &is_equal, &key, &at);
      return static_cast<node*>(cds_lfht_iter_get_node(&at));
    }

    /// Looks first: the node that the library wants would be in vain where the key is there.
    bool add(const Key& key, const Value& value, std::size_t hash) {
      const read_guard section;
      if (find(key, hash) != nullptr) return false;
      auto fresh = std::make_unique<node>(key, value);
      if (cds_lfht_add_unique(table_, hash, &is_equal, &key, fresh.get()) != fresh.get()) {
        return false;
      }
      fresh.release();
      return true;
    }

    /// Whether the key is a new one.
    bool put(const Key& key, const Value& value, std::size_t hash) {
      write_guard section;
      auto fresh = std::make_unique<node>(key, value);
      cds_lfht_node* const old =
          cds_lfht_add_replace(table_, hash, &is_equal, &key, fresh.release());
      if (old != nullptr) section.retire(static_cast<node*>(old));
      return old == nullptr;
    }

    /// One key in 64 is counted, so that threads do not meet at the counter.
    static constexpr std::size_t first_buckets = 64;
    static constexpr bool is_counted(std::size_t hash) noexcept { return hash >> 58 == 0; }

    /// Of a new entry, outside of read sections. An entry a bucket is what the library aims at.
    void count(std::size_t hash) {
      if (!is_counted(hash)) return;
      const std::size_t entries = 64 * (counted_.fetch_add(1, std::memory_order_relaxed) + 1);
      std::size_t buckets = buckets_.load(std::memory_order_relaxed);
      if (entries <= buckets) return;
      if (buckets_.compare_exchange_strong(buckets, 2 * buckets, std::memory_order_relaxed)) {
        cds_lfht_resize(table_, 2 * buckets);
      }
    }

    template <class F>
    void each(F&& f) const {
      cds_lfht_iter at;
      cds_lfht_first(table_, &at);
      while (cds_lfht_node* const one = cds_lfht_iter_get_node(&at)) {
        cds_lfht_next(table_, &at);
        f(*static_cast<node*>(one));
      }
    }

    cds_lfht* table_;
    std::atomic<std::size_t> counted_{0};
    std::atomic<std::size_t> buckets_{first_buckets};
  };
};

}  // namespace adapters
