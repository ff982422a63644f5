// Of libcds's maps SplitListMap is the one that grows: MichaelHashMap wants to know how many
// entries will come, and FeldmanHashMap that no two hashes are equal. Its buckets are iterable
// lists, because only there is a value replaced as a whole, and only there may others write during
// an iteration; and those exist with hazard pointers alone.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <cds/container/iterable_list_hp.h>
#include <cds/container/split_list_map.h>
#include <cds/gc/hp.h>
#include <cds/init.h>

namespace adapters {

struct cds_split_list {
  static constexpr std::string_view name = "cds_split_list", title = "libcds's SplitListMap";

  static std::string version() { return MAPSCOPE_MAP_VERSION; }

  /// Hazard pointers are per thread.
  class thread_scope {
   public:
    thread_scope() {
      static const library whole_program;
      cds::threading::Manager::attachThread();
    }
    thread_scope(const thread_scope&) = delete;
    thread_scope& operator=(const thread_scope&) = delete;
    ~thread_scope() { cds::threading::Manager::detachThread(); }

   private:
    struct library {
      struct initialized {
        initialized() { cds::Initialize(); }
        ~initialized() { cds::Terminate(); }
      };
      initialized first;
      cds::gc::HP hazards;
    };
  };

  template <class Key, class Hash>
  struct traits : cds::container::split_list::traits {
    using ordered_list = cds::container::iterable_list_tag;
    using hash = Hash;
    struct ordered_list_traits : cds::container::iterable_list::traits {
      using less = std::less<Key>;
    };
  };

  template <class Key, class Value, class Hash>
  class map {
   public:
    map() : table_(most_buckets, 1) {}

    template <class F>
    bool visit(const Key& key, F&& f) {
      return table_.find(key, [&](auto& entry) { f(std::as_const(entry.second)); });
    }

    bool insert(const Key& key, const Value& value) { return table_.insert(key, value); }

    void store(const Key& key, const Value& value) { table_.upsert(key, value); }

    bool erase(const Key& key) { return table_.erase(key); }

    template <class F>
    void for_each(F&& f) {
      for (auto at = table_.cbegin(); at != table_.cend(); ++at) f(at->first, at->second);
    }

   private:
    /// Growth ends there: a list of two entries a bucket at 32 million, of three at 48 million.
    static constexpr std::size_t most_buckets = std::size_t{1} << 24;

    cds::container::SplitListMap<cds::gc::HP, Key, Value, traits<Key, Hash>> table_;
  };
};

}  // namespace adapters
