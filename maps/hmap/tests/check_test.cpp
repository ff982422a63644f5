// check() is what the other tests trust. Here tables are damaged on purpose, in one place at a
// time, and check() must name the damage; undamaged again, it must be silent.
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "support.hpp"

namespace {

using namespace hmap_test;
using int_map = hmap::map<std::uint64_t, std::uint64_t>;

/// The same keys in the same cells each time: damage must not by chance be none.
int_map fixed_table(std::uint64_t n) {
  hmap::fix_random_seed(1);
  return filled<int_map>(n);
}

/// Access to what internals() shows read only.
hmap::detail::header& header_of(int_map& m) {
  return const_cast<hmap::detail::header&>(m.internals().h);
}

/// The first bucket for which `wanted` holds.
hmap::bucket_view bucket_where(const int_map& m,
                               const std::function<bool(const hmap::bucket_view&)>& wanted) {
  hmap::bucket_view found{};
  hmap::for_each_bucket(m, [&](const hmap::bucket_view& b) {
    if (!found.raw && wanted(b)) found = b;
  });
  EXPECT_NE(found.raw, nullptr);
  return found;
}

/// What check() says while `place` holds another value.
template <class T>
std::string with(const int_map& m, T& place, T damaged) {
  EXPECT_SOUND(m);
  const T before = std::exchange(place, damaged);
  std::string wrong = hmap::check(m);
  place = before;
  EXPECT_SOUND(m);
  return wrong;
}

bool evacuated(const hmap::bucket_view& b) { return hmap::detail::is_evacuated_mark(b.tophash[0]); }

TEST(Check, SeesADamagedHeader) {
  int_map m = fixed_table(100);
  auto& h = header_of(m);
  using hmap::detail::flag;
  const auto flags = [&](flag f) { return static_cast<std::uint8_t>(h.flags | f); };
  EXPECT_EQ(with(m, h.count, std::size_t{99}), "count is 99, cells hold 100");
  EXPECT_NE(with(m, h.noverflow, static_cast<std::uint16_t>(h.noverflow + 1)), "");
  auto& writer = const_cast<std::uintptr_t&>(m.internals().writer);
  EXPECT_EQ(with(m, writer, std::uintptr_t{1}), "hashWriting is set between operations");
  EXPECT_EQ(with(m, h.flags, flags(hmap::detail::same_size_grow)), "sameSizeGrow without growth");
  EXPECT_NE(with(m, h.hash0, h.hash0 + 1), "");
  EXPECT_EQ(with<hmap::detail::bucket*>(m, h.buckets, nullptr), "entries but no buckets");
  auto* const last = bucket_where(m, [](const auto& b) { return b.index == 9; }).raw;
  EXPECT_EQ(with(m, m.internals().first, last), "chain 0: an entry before the first");
}

TEST(Check, SeesADamagedChain) {
  int_map m = fixed_table(100);
  const auto full = bucket_where(m, [](const auto& b) { return b.tophash[1] >= 5; });
  auto* top = full.raw->tophash;
  EXPECT_NE(with(m, top[1], static_cast<std::uint8_t>(top[1] ^ 0x80)), "") << "not the key's";
  EXPECT_NE(with(m, top[0], std::uint8_t{1}), "") << "an entry fewer";
  EXPECT_NE(with(m, top[0], std::uint8_t{0}), "") << "something behind emptyRest";
  EXPECT_NE(with(m, top[1], std::uint8_t{3}), "") << "a mark of evacuation out of place";

  const auto with_room =
      bucket_where(m, [](const auto& b) { return b.tophash[6] == 0 && b.tophash[7] == 0; });
  auto* room = with_room.raw->tophash;
  std::size_t first_empty = 0;
  while (room[first_empty] != 0) ++first_empty;
  EXPECT_NE(with(m, room[first_empty], std::uint8_t{1}).find("emptyOne directly before emptyRest"),
            std::string::npos);
  EXPECT_NE(with(m, room[7], std::uint8_t{1}), "") << "emptyOne after emptyRest";
}

TEST(Check, SeesAKeyInTheWrongPlaceOrTwice) {
  int_map m = fixed_table(100);
  const auto b = bucket_where(m, [](const auto& v) { return v.tophash[1] >= 5; });
  using layout = hmap::detail::split_layout<std::uint64_t, std::uint64_t>;
  auto& first = layout::mutable_key(b.raw, 0);
  auto& second = layout::mutable_key(b.raw, 1);
  EXPECT_NE(with(m, second, std::uint64_t{987'654}), "");
  const std::uint8_t top = std::exchange(b.raw->tophash[1], b.raw->tophash[0]);
  const std::uint64_t key = std::exchange(second, first);
  EXPECT_NE(hmap::check(m).find("a key twice"), std::string::npos) << hmap::check(m);
  b.raw->tophash[1] = top;
  second = key;
  EXPECT_SOUND(m);
}

TEST(Check, SeesADamagedGrowth) {
  int_map m = fixed_table(106);
  ASSERT_TRUE(hmap::inspect(m).growing);
  auto& h = header_of(m);
  EXPECT_NE(with(m, h.nevacuate, std::size_t{15}), "") << "a chain below the mark that waits";
  EXPECT_NE(with(m, h.nevacuate, std::size_t{16}), "") << "a growth that is over";
  const auto moved = bucket_where(m, [](const auto& b) { return b.old && evacuated(b); });
  EXPECT_NE(with(m, moved.raw->tophash[3], std::uint8_t{0}), "") << "half evacuated";
  const auto waiting = bucket_where(m, [](const auto& b) { return b.old && !evacuated(b); });
  EXPECT_NE(with(m, waiting.raw->tophash[7], std::uint8_t{4}), "");
  EXPECT_NE(with(m, waiting.raw->tophash[0], std::uint8_t{4}), "");
}

}  // namespace
