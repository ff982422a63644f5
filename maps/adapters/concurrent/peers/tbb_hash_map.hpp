#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tbb/concurrent_hash_map.h>

namespace adapters {

struct tbb_hash_map {
  static constexpr std::string_view name = "tbb_hash_map", title = "tbb::concurrent_hash_map";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  static constexpr std::string_view why_no_range =
      "tbb::concurrent_hash_map may not be iterated over while others write";

  /// oneTBB takes hash and equality as one.
  template <class Key, class Hash>
  struct hash_compare {
    std::size_t hash(const Key& key) const { return Hash{}(key); }
    bool equal(const Key& a, const Key& b) const { return a == b; }
  };

  template <class Key, class Value, class Hash>
  class map {
    using table = tbb::concurrent_hash_map<Key, Value, hash_compare<Key, Hash>>;

   public:
    template <class F>
    bool visit(const Key& key, F&& f) {
      typename table::const_accessor at;
      if (!table_.find(at, key)) return false;
      f(at->second);
      return true;
    }

    bool insert(const Key& key, const Value& value) { return table_.insert({key, value}); }

    void store(const Key& key, const Value& value) {
      typename table::accessor at;
      if (!table_.insert(at, {key, value})) at->second = value;
    }

    bool erase(const Key& key) { return table_.erase(key); }

    template <class F>
    void for_each(F&& f) {
      for (const auto& [key, value] : table_) f(key, value);
    }

   private:
    table table_;
  };
};

}  // namespace adapters
