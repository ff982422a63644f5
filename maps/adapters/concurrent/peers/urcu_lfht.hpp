// Nodes are ours, as the library wants it; read sections and what is freed after them are those of
// maps/concurrent/reclamation.hpp, which registers threads by itself.
#pragma once

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
        : table_(cds_lfht_new_flavor(1, 1, 0, CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING,
                                     &urcu_memb_flavor, nullptr)) {
      if (table_ == nullptr) throw std::bad_alloc();
    }
    map(const map&) = delete;
    map& operator=(const map&) = delete;

    /// The library's own thread may still be resizing, so nodes wait for a grace period here too.
    ~map() {
      {
        const read_guard all;
        each([this](node& one) {
          write_guard section;
          if (cds_lfht_del(table_, &one) == 0) section.retire(&one);
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

    /// Looks first: the node that the library wants would mostly be in vain where the key is there.
    bool insert(const Key& key, const Value& value) {
      const std::size_t hash = Hash{}(key);
      const read_guard section;
      if (find(key, hash) != nullptr) return false;
      auto fresh = std::make_unique<node>(key, value);
      if (cds_lfht_add_unique(table_, hash, &is_equal, &key, fresh.get()) != fresh.get()) {
        return false;
      }
      fresh.release();
      return true;
    }

    void store(const Key& key, const Value& value) {
      const std::size_t hash = Hash{}(key);
      write_guard section;
      auto fresh = std::make_unique<node>(key, value);
      cds_lfht_node* const old =
          cds_lfht_add_replace(table_, hash, &is_equal, &key, fresh.release());
      if (old != nullptr) section.retire(static_cast<node*>(old));
    }

    bool erase(const Key& key) {
      const std::size_t hash = Hash{}(key);
      write_guard section;
      while (node* const found = find(key, hash)) {
        if (cds_lfht_del(table_, found) != 0) continue;
        section.retire(found);
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
  };
};

}  // namespace adapters
