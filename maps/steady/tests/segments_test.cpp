// Segments, and what an allocator sees of them.
#include <cstddef>
#include <cstdint>

#include "subject.hpp"

namespace {

using namespace steady_test;

template <class Map>
class Segments : public ::testing::Test {};
TYPED_TEST_SUITE(Segments, subject::ledger_tables);

TYPED_TEST(Segments, ComeAndGo) {
  using Map = TypeParam;
  ledger books;
  Map m{typename Map::allocator_type(books)};
  for (std::uint64_t i = 0; i < 3'000; ++i) m.try_emplace(key<Map>(i), value<Map>(i));
  const std::size_t most = books.blocks();
  for (std::uint64_t i = 0; i < 2'950; ++i) m.erase(key<Map>(i));
  EXPECT_LT(books.blocks(), most);
  m.shrink_to_fit();
  EXPECT_SOUND(m);
  EXPECT_EQ(m.size(), 50U);
  for (std::uint64_t i = 2'950; i < 3'000; ++i) m.erase(key<Map>(i));
  m.shrink_to_fit();
  EXPECT_EQ(books.blocks(), 0U);
  m.try_emplace(key<Map>(1), value<Map>(1));
  EXPECT_SOUND(m);
}

}  // namespace
