#pragma once

#include <string>
#include <string_view>

#include <boost/unordered/concurrent_flat_map.hpp>

namespace adapters {

struct boost_concurrent_flat {
  static constexpr std::string_view name = "boost_concurrent_flat";
  static constexpr std::string_view title = "boost::concurrent_flat_map";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  template <class Key, class Value, class Hash>
  class map {
   public:
    template <class F>
    bool visit(const Key& key, F&& f) {
      return table_.cvisit(key, [&](const auto& entry) { f(entry.second); }) > 0;
    }

    bool insert(const Key& key, const Value& value) { return table_.try_emplace(key, value); }

    void store(const Key& key, const Value& value) { table_.insert_or_assign(key, value); }

    bool erase(const Key& key) { return table_.erase(key) > 0; }

    template <class F>
    void for_each(F&& f) {
      table_.cvisit_all([&](const auto& entry) { f(entry.first, entry.second); });
    }

   private:
    boost::concurrent_flat_map<Key, Value, Hash> table_;
  };
};

}  // namespace adapters
