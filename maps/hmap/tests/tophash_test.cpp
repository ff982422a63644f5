// The tophash bytes: both matchers against the definition, for every byte in every cell.
#include "hmap/detail/tophash.hpp"

#include <array>

#include <gtest/gtest.h>

namespace {

using namespace hmap::detail;

template <class Word>
class TophashWord : public ::testing::Test {};

#if HMAP_SSE2
using words = ::testing::Types<swar_word, sse2_word>;
#else
using words = ::testing::Types<swar_word>;
#endif
TYPED_TEST_SUITE(TophashWord, words);

template <class Set>
unsigned cells_of(Set set) {
  unsigned cells = 0;
  for (; set; set.drop_lowest()) cells |= 1U << set.lowest();
  return cells;
}

template <class Predicate>
unsigned expected(const std::array<std::uint8_t, 8>& bytes, Predicate predicate) {
  unsigned cells = 0;
  for (unsigned i = 0; i < 8; ++i) cells |= unsigned{predicate(bytes[i])} << i;
  return cells;
}

TYPED_TEST(TophashWord, AnswersEveryByteInEveryCellNextToItsNeighbours) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (unsigned cell = 0; cell < 8; ++cell) {
      for (const unsigned other : {0U, 1U, 4U, 5U, 127U, 128U, 255U, byte ^ 1U}) {
        std::array<std::uint8_t, 8> bytes;
        bytes.fill(static_cast<std::uint8_t>(other));
        bytes[cell] = static_cast<std::uint8_t>(byte);
        const TypeParam word(bytes.data());
        const auto top = static_cast<std::uint8_t>(byte);
        ASSERT_EQ(cells_of(word.match(top)), expected(bytes, [&](auto b) { return b == top; }));
        ASSERT_EQ(cells_of(word.empty()), expected(bytes, [](auto b) { return b <= 1; }));
        ASSERT_EQ(cells_of(word.occupied()), expected(bytes, [](auto b) { return b >= 5; }));
      }
    }
  }
}

TYPED_TEST(TophashWord, CellsBehindACell) {
  const std::array<std::uint8_t, 8> full{9, 9, 9, 9, 9, 9, 9, 9};
  for (unsigned i = 0; i < 8; ++i) {
    EXPECT_EQ(cells_of(TypeParam(full.data()).occupied().after(i)), 0xffU << (i + 1) & 0xffU);
  }
}

TEST(Tophash, IsTheTopByteMovedOffTheMarks) {
  for (std::uint64_t top = 0; top < 256; ++top) {
    const std::uint64_t hash = top << 56 | 0x00ffffffffffffff;
    EXPECT_EQ(tophash(hash), top < 5 ? top + 5 : top);
  }
}

}  // namespace
