// Recorded histories of another library's map, PEER, are linearizable: what is measured beside our
// maps does what they do.
#include "../histories.hpp"

#include <gtest/gtest.h>

#include PEER_HEADER
#include "maps/adapters/concurrent/concept.hpp"

namespace {

using namespace concurrent_test;
using adapter = adapters::PEER;
using map = adapter::map<pausing_number, pausing_number, pausing_hash>;
using thread_scope = maps::thread_scope_of<adapter>::type;

TEST(histories_of_a_peer, are_linearizable) {
  [[maybe_unused]] const thread_scope of_this_thread{};
  EXPECT_EQ((histories<map, thread_scope>().run(500)), "");
}

}  // namespace
