#pragma once

#include <string>
#include <string_view>

#include <libcuckoo/cuckoohash_map.hh>

namespace adapters {

struct libcuckoo {
  static constexpr std::string_view name = "libcuckoo", title = "libcuckoo::cuckoohash_map";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  template <class Key, class Value, class Hash>
  class map {
   public:
    template <class F>
    bool visit(const Key& key, F&& f) {
      return table_.find_fn(key, f);
    }

    bool insert(const Key& key, const Value& value) { return table_.insert(key, value); }

    void store(const Key& key, const Value& value) { table_.insert_or_assign(key, value); }

    bool erase(const Key& key) { return table_.erase(key); }

    /// Others wait until it is over: the library iterates only with all of its locks.
    template <class F>
    void for_each(F&& f) {
      for (const auto& [key, value] : table_.lock_table()) f(key, value);
    }

   private:
    ::libcuckoo::cuckoohash_map<Key, Value, Hash> table_;
  };
};

}  // namespace adapters
