// What the tests of everything that throws share: the accounts of objects and bytes, and the
// operations that must not throw.
#pragma once

#include <cstddef>
#include <iterator>
#include <utility>

#include <gtest/gtest.h>

#include "payloads.hpp"
#include "table_state.hpp"
#include "throwing.hpp"

namespace map_test {

template <class Map>
class Exceptions : public ::testing::Test {
 protected:
  Exceptions() : objects_(live_payloads), bytes_(bytes_outside) {}
  ~Exceptions() override {
    EXPECT_EQ(live_payloads, objects_) << "objects leaked or ended twice";
    EXPECT_EQ(std::exchange(misused_payloads, 0), 0) << "objects used that do not live there";
    EXPECT_EQ(bytes_outside, bytes_) << "memory leaked or freed twice";
  }

 private:
  long objects_;
  std::size_t bytes_;
};

/// Counts what could have thrown in f.
template <class F>
std::size_t chances_in(F f) {
  const std::size_t before = fault::chances();
  f();
  return fault::chances() - before;
}

/// Moves, swaps, sweeps and clears the table, and ends it in two ways.
template <class Map>
void expect_no_chance(Map m) {
  Map other;
  deal(other, 20, 4);
  EXPECT_EQ(chances_in([&] {
              Map moved(std::move(m));
              m = std::move(moved);
            }),
            0U);
  EXPECT_EQ(chances_in([&] {
              m.swap(other);
              swap(m, other);
            }),
            0U);
  EXPECT_EQ(chances_in([&] {
              for (auto it = m.begin(); it != m.end();) {
                it = it->second.id() % 2 ? m.erase(it) : std::next(it);
              }
            }),
            0U);
  EXPECT_SOUND(m);
  EXPECT_EQ(chances_in([&] { m.clear(); }), 0U);
  EXPECT_SOUND(m);
  EXPECT_EQ(chances_in([&] { other = std::move(m); }), 0U) << "ends the entries it had";
  deal(m, 100, 16);
  EXPECT_EQ(chances_in([&] { const Map dies(std::move(m)); }), 0U);
}

}  // namespace map_test
