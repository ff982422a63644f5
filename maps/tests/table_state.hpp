// Tables of throwing payloads (throwing.hpp): how one is brought into a state that makes a
// difference to what throws, and what is in it.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "throwing.hpp"

namespace map_test {

using content = std::map<int, int>;

template <class Map>
content content_of(const Map& m) {
  content c;
  for (auto&& [key, value] : m) EXPECT_TRUE(c.emplace(key.id(), value.id()).second);
  return c;
}

template <class Map>
struct table_state {
  std::string name;
  std::function<Map()> make;
};

/// n entries, dealt to `chains` chains round-robin but for chain 0, which gets every third.
template <class Map>
void deal(Map& m, int n, int chains) {
  for (int i = 0; i < n; ++i) m.try_emplace(in_chain(i % 3 ? i % chains : 0, i + 1), i);
}

/// The state of a table with room for `hint` entries and n of them, dealt as above.
template <class Map>
table_state<Map> dealt(std::string name, std::size_t hint, int n, int chains) {
  return {std::move(name), [=] {
            Map m(hint);
            deal(m, n, chains);
            return m;
          }};
}

/// In no table, and in the growing ones only.
inline constexpr int absent = in_chain(77, 7777);
inline constexpr int trigger = in_chain(2, 5555);

}  // namespace map_test
