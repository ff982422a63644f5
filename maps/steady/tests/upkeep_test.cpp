// Upkeep that throws is put off; the next inserts do it.
#include <cstddef>

#include "tests/exceptions.hpp"
#include "throwing_subject.hpp"

namespace {

using namespace steady_test;

template <class Map>
class Upkeep : public Exceptions<Map> {};
TYPED_TEST_SUITE(Upkeep, subject::throwing_tables);

TYPED_TEST(Upkeep, IsPutOffAndDoneLater) {
  using Map = TypeParam;
  for (std::size_t k = 1; k < 40; ++k) {
    Map m;
    for (int i = 0; i < 200; ++i) {
      throws_at(k, [&] { m.try_emplace(in_chain(i % 64, i), i); });
      ASSERT_SOUND(m) << k;
    }
    const std::size_t size = m.size();
    for (int i = 0; i < 1'200; ++i) m.try_emplace(in_chain(i % 64, 1'000 + i), i);
    EXPECT_EQ(m.size(), size + 1'200);
    EXPECT_GE(m.bucket_count(), 64U);
    ASSERT_SOUND(m);
  }
}

}  // namespace
