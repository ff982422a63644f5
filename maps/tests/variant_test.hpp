// The fixture of tests that run on every variant of a map and choose the types themselves.
#pragma once

#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "subject.hpp"

namespace map_test {

template <class Variant>
class VariantTest : public ::testing::Test {
 protected:
  template <class K, class V, class Hash = subject::hash<K>, class Equal = subject::equal_to<K>,
            class Alloc = std::allocator<std::pair<const K, V>>>
  using map = typename Variant::template map<K, V, Hash, Equal, Alloc>;
};

}  // namespace map_test
