// A benchmark program whose maps are wrong: on int_int one that only fails once it is large, on
// string_int one that the answer check sees through, on int_struct one that runs out of memory; on
// string_string one that is right. Of int_int, it also watches tables grow.
#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <unordered_map>

#include "harness/application.hpp"
#include "harness/growth/growth_registry.hpp"
#include "harness/payload_registry.hpp"

namespace {

using namespace std::string_view_literals;

/// Loses sight of its entries when there are more than the answer check ever inserts.
template <class Key, class Value, class Hash>
struct forgetful_map : std::unordered_map<Key, Value, Hash> {
  using base = std::unordered_map<Key, Value, Hash>;
  using base::find;

  auto find(const Key& key) { return this->size() > 10'000 ? this->end() : base::find(key); }
};

/// Says that it erased what was not there.
template <class Key, class Value, class Hash>
struct lying_map : std::unordered_map<Key, Value, Hash> {
  std::size_t erase(const Key& key) {
    std::unordered_map<Key, Value, Hash>::erase(key);
    return 1;
  }
};

/// Has no room for more than the answer check ever inserts.
template <class Key, class Value, class Hash>
struct cramped_map : std::unordered_map<Key, Value, Hash> {
  auto try_emplace(const Key& key, const Value& value) {
    if (this->size() > 10'000) throw std::bad_alloc();
    return std::unordered_map<Key, Value, Hash>::try_emplace(key, value);
  }
};

struct fake {
  static constexpr std::string_view name = "wrong", title = "a wrong map";
  static std::string version() { return "1"; }
};

struct forgetful : fake {
  template <class Key, class Value, class Hash>
  using map = forgetful_map<Key, Value, Hash>;
};

struct liar : fake {
  template <class Key, class Value, class Hash>
  using map = lying_map<Key, Value, Hash>;
};

struct cramped : fake {
  template <class Key, class Value, class Hash>
  using map = cramped_map<Key, Value, Hash>;
};

struct right : fake {
  template <class Key, class Value, class Hash>
  using map = std::unordered_map<Key, Value, Hash>;
};

template <class Adapter, class Payload>
harness::payload_entry entry_of() {
  using map = harness::map_with_shared_hash<Adapter, Payload>;
  return harness::make_payload_entry<Adapter, map, Payload, workloads::main_part>(
      harness::shared_hash_name);
}

}  // namespace

int main(int argc, char** argv) {
  auto forgetful_ints = entry_of<forgetful, workloads::int_int>();
  forgetful_ints.build_growth =
      harness::make_growth_entry<forgetful, workloads::int_int>().build_growth;
  return harness::run_application(
      {{fake::name, fake::title, fake::version(), "none", "none", false},
       {{"find_hit", "", ""}, {"range", "", ""}, {"range_stuck", "", "", "range", "stuck"}},
       {"shared"sv},
       {forgetful_ints, entry_of<liar, workloads::string_int>(),
        entry_of<cramped, workloads::int_struct>(), entry_of<right, workloads::string_string>()}},
      argc, argv);
}
