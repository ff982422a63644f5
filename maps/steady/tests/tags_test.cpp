// Sixteen bytes at once, against sixteen bytes one by one.
#include <array>
#include <set>

#include "support.hpp"

namespace {

using namespace steady_test;
using steady::detail::tag_of;
using steady::detail::tag_type;
using steady::detail::tag_word;

template <class Belongs>
unsigned one_by_one(const std::array<tag_type, 16>& tags, Belongs belongs) {
  unsigned bits = 0;
  for (unsigned i = 0; i < 15; ++i) bits |= unsigned{belongs(tags[i])} << i;
  return bits;
}

TEST(Tags, WordsAgreeWithBytes) {
  random_stream random(7);
  constexpr std::array<tag_type, 8> likely{0, 1, 2, 0x7f, 0x80, 0x81, 0xfe, 0xff};
  for (int round = 0; round < 20'000; ++round) {
    std::array<tag_type, 16> tags{};
    for (auto& t : tags) {
      t = round % 2 ? likely[random.below(likely.size())] : static_cast<tag_type>(random());
    }
    const tag_word word(tags.data());
    ASSERT_EQ(word.empty().bits(), one_by_one(tags, [](tag_type t) { return t == 0; }));
    ASSERT_EQ(word.occupied().bits(), one_by_one(tags, [](tag_type t) { return t != 0; }));
    const std::uint64_t hash = (random() >> 8) | std::uint64_t{tags[3]} << 56;
    const tag_type wanted = tag_of(hash);
    ASSERT_EQ(word.match(steady::detail::spread_tag(hash)).bits(),
              one_by_one(tags, [&](tag_type t) { return t == wanted; }));
  }
}

TEST(Tags, NoHashGivesTheEmptyTag) {
  std::set<unsigned> seen;
  for (std::uint64_t top = 0; top < 256; ++top) seen.insert(tag_of(top << 56));
  EXPECT_EQ(seen.size(), 255U);
  EXPECT_EQ(seen.count(0), 0U);
}

TEST(Tags, SetsAreIteratedFromTheLowest) {
  steady::detail::slot_set set(0b100'0010'0000'0001);
  EXPECT_EQ(set.size(), 3U);
  EXPECT_EQ(set.lowest(), 0U);
  EXPECT_EQ(set.after(0).lowest(), 9U);
  EXPECT_EQ(set.after(9).lowest(), 14U);
  EXPECT_FALSE(set.after(14));
  set.drop_lowest();
  EXPECT_EQ(set.lowest(), 9U);
}

}  // namespace
