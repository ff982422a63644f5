// Concurrent misuse is reported with Go's three messages, and use of a table from inside one of its
// own operations with a fourth. Functors and values call back into the table while it is being
// written: in the same thread, or in another one, which the write joins. The same every time.
#include "hmap/misuse.hpp"

#include <condition_variable>
#include <functional>
#include <latch>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support.hpp"

namespace {

using messages = std::vector<std::string>;

/// What happens inside the next hash, comparison or end of a value; once.
class hook {
 public:
  static void set(std::function<void()> f) { instance() = std::move(f); }
  static void run() {
    if (auto f = std::exchange(instance(), nullptr)) f();
  }

 private:
  static std::function<void()>& instance() {
    static std::function<void()> f;
    return f;
  }
};

struct hooked_equal {
  bool operator()(int a, int b) const {
    hook::run();
    return a == b;
  }
};
struct hooked_hash {
  static inline bool on = false;
  std::uint64_t operator()(int key, std::uint32_t) const {
    if (on) hook::run();
    return maps::common::hash_word(static_cast<std::uint64_t>(key), 0);
  }
};
struct hooked_value {
  int i = 0;
  hooked_value(int n) : i(n) {}
  hooked_value(const hooked_value&) = default;
  hooked_value& operator=(const hooked_value&) = default;
  ~hooked_value() { hook::run(); }
};

/// Runs the hook at the end of a life, unless it has moved on.
struct movable_value {
  bool here = true;
  movable_value(int) {}
  movable_value(movable_value&& o) noexcept : here(std::exchange(o.here, false)) {}
  movable_value& operator=(movable_value&&) = delete;
  ~movable_value() {
    if (here) hook::run();
  }
};
/// Calls nothing back.
struct quiet_hash {
  std::uint64_t operator()(int key, std::uint32_t) const {
    return maps::common::hash_word(static_cast<std::uint64_t>(key), 0);
  }
};

using table = hmap::map<int, int, hooked_hash, hooked_equal>;
using table_of_movables = hmap::paired_map<int, movable_value, quiet_hash>;
using table_of_values = hmap::map<int, hooked_value, hooked_hash, hooked_equal>;

class Misuse : public ::testing::Test {
 protected:
  Misuse() : before_(hmap::set_fatal_handler([](const char* m) { seen_.emplace_back(m); })) {
    seen_.clear();
    for (int i = 0; i < 5; ++i) m_.try_emplace(i, i);
  }
  ~Misuse() override {
    hook::set(nullptr);
    hooked_hash::on = false;
    hmap::set_fatal_handler(before_);
  }

  /// What is reported if `inside` happens in the midst of `outside`.
  static messages report(const std::function<void()>& outside, std::function<void()> inside) {
    return report_within(outside, [&inside] { std::thread(inside).join(); });
  }
  /// The same in one thread.
  static messages reentry(const std::function<void()>& outside, std::function<void()> inside) {
    return report_within(outside, std::move(inside));
  }
  static messages report_within(const std::function<void()>& outside,
                                std::function<void()> inside) {
    seen_.clear();
    bool ran = false;
    hook::set([&, f = std::move(inside)] {
      ran = true;
      f();
    });
    outside();
    EXPECT_TRUE(ran) << "the operation called nothing back";
    return std::exchange(seen_, {});
  }

  static inline messages seen_;
  table m_;

 private:
  hmap::fatal_handler before_;
};

const messages read_and_write{"concurrent map read and map write"};
const messages range_and_write{"concurrent map iteration and map write"};
// Seen when the second write begins, and again by the first one when it ends.
const messages two_writes{"concurrent map writes", "concurrent map writes"};

TEST_F(Misuse, AReadInAWrite) {
  const auto write = [&] { m_.insert_or_assign(1, 10); };
  EXPECT_EQ(report(write, [&] { m_.find(2); }), read_and_write);
  EXPECT_EQ(report(write, [&] { m_.contains(2); }), read_and_write);
  EXPECT_EQ(report(write, [&] { m_.count(2); }), read_and_write);
  EXPECT_EQ(report(write, [&] { m_.at(2); }), read_and_write);
  EXPECT_EQ(report(write, [&] { m_.equal_range(2); }), read_and_write);
  EXPECT_EQ(report(write, [&] { std::as_const(m_).find(2); }), read_and_write);
  EXPECT_EQ(m_.at(1), 10) << "the handler returned, and so the write went on";
}

TEST_F(Misuse, AWriteInAWrite) {
  const auto write = [&] { m_.insert_or_assign(1, 10); };
  EXPECT_EQ(report(write, [&] { m_.insert_or_assign(2, 20); }), two_writes);
  EXPECT_EQ(report(write, [&] { m_.try_emplace(2, 20); }), two_writes);
  EXPECT_EQ(report(write, [&] { m_.emplace(2, 20); }), two_writes);
  EXPECT_EQ(report(write, [&] { m_[2]; }), two_writes);
  EXPECT_EQ(report(write, [&] { m_.erase(3); }), two_writes);
  EXPECT_EQ(report(write, [&] { m_.reserve(5); }), two_writes);
  EXPECT_EQ(report(write, [&] { m_.rehash(1); }), two_writes);
  const auto at = m_.find(4);
  EXPECT_EQ(report(write, [&] { m_.erase(at); }), two_writes);
  EXPECT_EQ(report([&] { m_.erase(1); }, [&] { m_.clear(); }), two_writes);
}

TEST_F(Misuse, ARangeInAWrite) {
  const auto write = [&] { m_.insert_or_assign(1, 10); };
  EXPECT_EQ(report(write, [&] { auto r = m_.range(); }), range_and_write);
  auto r = m_.range();
  EXPECT_EQ(report(write, [&] { r.next(); }), range_and_write);
}

TEST_F(Misuse, UseFromInsideAnOperationIsNotBlamedOnThreads) {
  const messages once{hmap::detail::reentry};
  const auto write = [&] { m_.insert_or_assign(1, 10); };
  EXPECT_EQ(reentry(write, [&] { m_.find(2); }), once);
  EXPECT_EQ(reentry(write, [&] { m_.insert_or_assign(2, 20); }), once);
  EXPECT_EQ(reentry(write, [&] { m_.erase(3); }), once);
  EXPECT_EQ(reentry(write, [&] { m_.reserve(5); }), once);
  EXPECT_EQ(reentry(write, [&] { auto r = m_.range(); }), once);
  EXPECT_EQ(report(write, [&] { m_.erase(4); }), two_writes) << "and threads again";
  EXPECT_EQ(reentry([&] { m_.erase(1); }, [&] { m_.clear(); }), once);
}

TEST_F(Misuse, TheEndOfAnEntryMayUseTheTable) {
  // Moved out of its cell, it ends when the table is done; without a safe move it ends inside.
  table_of_movables m;
  for (int i = 0; i < 5; ++i) m.try_emplace(i, i);
  EXPECT_EQ(reentry([&] { m.erase(1); }, [&] { m.try_emplace(99, 1); }), messages{});
  EXPECT_EQ(reentry([&] { m.erase(m.find(2)); }, [&] { m.erase(3); }), messages{});
  EXPECT_EQ(m.size(), 3U);
  EXPECT_SOUND(m);
  table_of_values fixed;
  for (int i = 0; i < 5; ++i) fixed.try_emplace(i, i);
  EXPECT_EQ(reentry([&] { fixed.erase(1); }, [&] { fixed.contains(2); }),
            messages{hmap::detail::reentry});
}

TEST_F(Misuse, EveryWriteLeavesItsMark) {
  const auto read = [&] { m_.contains(3); };
  EXPECT_EQ(report([&] { m_.try_emplace(1, 1); }, read), read_and_write);
  EXPECT_EQ(report([&] { m_[1] = 1; }, read), read_and_write);
  EXPECT_EQ(report([&] { m_.insert({1, 1}); }, read), read_and_write);
  EXPECT_EQ(report([&] { m_.erase(2); }, read), read_and_write);

  hooked_hash::on = true;  // growth hashes what it moves
  EXPECT_EQ(report([&] { m_.reserve(1'000); }, read), read_and_write);
  EXPECT_EQ(report([&] { m_.rehash(1'000); }, read), read_and_write);
}

TEST_F(Misuse, ErasureByIteratorAndClearLeaveTheirMark) {
  table_of_values m;
  for (int i = 0; i < 5; ++i) m.try_emplace(i, i);
  const auto read = [&] { m.contains(3); };
  const auto at = m.find(1);
  EXPECT_EQ(report([&] { m.erase(at); }, read), read_and_write);
  EXPECT_EQ(report([&] { m.clear(); }, read), read_and_write);
}

TEST_F(Misuse, NoFalseAlarms) {
  // Reads within reads, a read while the hash of a write is computed, a write between two
  // steps of a range: all fine, as in Go.
  EXPECT_EQ(report([&] { m_.find(1); }, [&] { m_.find(2); }), messages{});
  EXPECT_EQ(report([&] { m_.find(1); }, [&] { m_.insert_or_assign(2, 20); }), messages{});
  hooked_hash::on = true;
  EXPECT_EQ(report([&] { m_.try_emplace(99, 1); }, [&] { m_.find(2); }), messages{});
  EXPECT_EQ(report([&] { m_.erase(99); }, [&] { m_.erase(2); }), messages{});
  hooked_hash::on = false;
  EXPECT_EQ(reentry([&] { m_.find(1); }, [&] { m_.insert_or_assign(2, 20); }), messages{});
  for (auto&& [key, value] : m_.range()) m_.insert_or_assign(key + 100, value);
  for (int i = 0; i < 2'000; ++i) m_[i] = i;
  m_.clear();
  EXPECT_EQ(seen_, messages{});
}

TEST_F(Misuse, WhatThrowsLeavesNoMark) {
  const auto throws = [] { throw 1; };
  for (const bool in_hash : {true, false}) {
    hooked_hash::on = in_hash;
    EXPECT_THROW(reentry([&] { m_.insert_or_assign(1, 10); }, throws), int);
    EXPECT_THROW(reentry([&] { m_.erase(1); }, throws), int);
    EXPECT_FALSE(hmap::inspect(m_).hash_writing);
    m_.find(1);
    m_.insert_or_assign(1, 11);
  }
  EXPECT_EQ(seen_, messages{});
}

TEST_F(Misuse, ATableBeingWrittenByAnotherThreadIsSeen) {
  // The writer waits inside its write, so that nothing is left to chance.
  std::latch writing(1), seen(1);
  std::thread writer([&] {
    hook::set([&] {
      writing.count_down();
      seen.wait();
    });
    m_.insert_or_assign(1, 10);
  });
  writing.wait();
  m_.contains(2);
  seen.count_down();
  writer.join();
  EXPECT_EQ(seen_, read_and_write);
}

TEST(FatalHandler, IsReplacedAndRestored) {
  const hmap::fatal_handler mine = [](const char*) {};
  const hmap::fatal_handler original = hmap::set_fatal_handler(mine);
  EXPECT_EQ(hmap::set_fatal_handler(nullptr), mine);
  EXPECT_EQ(hmap::set_fatal_handler(original), original) << "null means the default";
}

TEST(FatalHandlerDeathTest, TheDefaultSaysWhatHappenedAndAborts) {
  table m{{1, 1}};
  EXPECT_DEATH(
      {
        hook::set([&] { m.contains(1); });
        m[1] = 2;
      },
      "fatal error: hmap: map used from inside one of its own operations");
}

}  // namespace
