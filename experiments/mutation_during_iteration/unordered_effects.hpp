// What an operation on a std::unordered_map does to an iterator, a pointer to a value, a second
// name for the map, and a copy of it.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mutation {

struct effect {
  std::string_view operation;
  std::string iterator;   // to an entry that the operation does not name
  std::string reference;  // to that entry's value
  std::size_t buckets_before, buckets_after;
  std::size_t second_name;  // entries seen through a reference to the map
  std::size_t copy;         // entries in a copy made before
};

namespace detail {

using map = std::unordered_map<int, int>;

inline constexpr int entries = 100, held = 50, value = 7;

/// `keeps_iterator` and `keeps_reference` are what the standard promises; only then are they used.
template <class Operation>
effect observe(std::string_view name, bool keeps_iterator, bool keeps_reference,
               Operation operation) {
  map one;
  for (int i = 0; i < entries; ++i) one[i] = i == held ? value : 0;
  map& second_name = one;
  const map copy = one;
  const auto iterator = one.find(held);
  const int* const reference = &iterator->second;
  const std::size_t before = one.bucket_count();
  operation(one);
  effect found{name,       "invalid", "invalid", before, one.bucket_count(), second_name.size(),
               copy.size()};
  if (keeps_reference)
    found.reference = *reference == value ? "reads the same value" : "reads another value";
  if (keeps_iterator) found.iterator = iterator->second == value ? "valid" : "at another entry";
  return found;
}

}  // namespace detail

inline std::vector<effect> effects() {
  using detail::map;
  using detail::observe;
  map other{{1, 1}, {2, 2}};
  return {
      observe("erase(key) of another entry", true, true, [](map& m) { m.erase(0); }),
      observe("erase of all other entries", true, true,
              [](map& m) {
                for (int i = 0; i < detail::entries; ++i) {
                  if (i != detail::held) m.erase(i);
                }
              }),
      observe("m[k] = v of another entry", true, true, [](map& m) { m[0] = 1; }),
      observe("insert without a rehash", true, true, [](map& m) { m[detail::entries] = 1; }),
      observe("inserts that rehash", false, true,
              [](map& m) {
                for (int i = 0; i < 1000; ++i) m[detail::entries + i] = 1;
              }),
      observe("rehash(1000)", false, true, [](map& m) { m.rehash(1000); }),
      observe("reserve(1000)", false, true, [](map& m) { m.reserve(1000); }),
      observe("clear()", false, false, [](map& m) { m.clear(); }),
      observe("m = other", false, false, [&other](map& m) { m = other; }),
      observe("swap(m, other)", true, true, [&other](map& m) { m.swap(other); }),
  };
}

}  // namespace mutation
