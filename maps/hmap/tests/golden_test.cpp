// Golden replays: hmap does, bucket for bucket, what Go's own map did.
//
// tools/go_trace drives real Go maps and records them; the traces lie in golden/. Each
// is replayed on both layouts. Compared are, at every checkpoint, the header (count, B,
// flags, nevacuate, whether growing; noverflow where it is exact) and every bucket of both
// arrays: chain order, tophash bytes, keys and values, and the marks of evacuated heads.
// In small scenarios every operation is a checkpoint.

#include <algorithm>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "golden_replay.hpp"

#if !defined(HMAP_GOLDEN_ARCHIVES) || !defined(HMAP_GOLDEN_TRACES)
#error "golden/CMakeLists.txt names the directories of the archives and of what is in them"
#endif

namespace hmap_test {
namespace {

/// Go's old array can be read to its end, so this one must be, too.
struct no_release : hmap::detail::page_release {
  static bool pays(const void*) noexcept { return false; }
};
template <class Traits>
struct keeps_pages : Traits {
  using release = no_release;
};
template <class K, class V, class Traits>
using golden_table = hmap::basic_map<K, V, golden_hash, hmap::equal_to<K>,
                                     std::allocator<std::pair<const K, V>>, keeps_pages<Traits>>;

struct split {
  template <class K, class V>
  using table = golden_table<K, V, hmap::split_traits>;
};
struct paired {
  template <class K, class V>
  using table = golden_table<K, V, hmap::paired_traits>;
};

template <class Layout, class K, class V>
bool replay_as(trace_reader& trace) {
  if (trace.key() != codec<K>::name || trace.value() != codec<V>::name) return false;
  replay<typename Layout::template table<K, V>>(trace).run();
  return true;
}

/// Replays on the one payload that the trace names.
template <class Layout>
void replay_trace(const std::string& path) {
  using std::int32_t, std::int64_t, std::string;
  trace_reader trace(path);
  const bool known =
      replay_as<Layout, int64_t, int64_t>(trace) || replay_as<Layout, int32_t, int32_t>(trace) ||
      replay_as<Layout, double, int64_t>(trace) || replay_as<Layout, string, string>(trace) ||
      replay_as<Layout, string, int64_t>(trace) ||
      replay_as<Layout, int64_t, byte_array<128>>(trace) ||
      replay_as<Layout, int64_t, byte_array<129>>(trace) ||
      replay_as<Layout, byte_array<128>, int64_t>(trace) ||
      replay_as<Layout, byte_array<129>, int64_t>(trace) ||
      replay_as<Layout, byte_array<129>, byte_array<129>>(trace);
  if (!known) throw trace_error("no payload " + trace.key() + " to " + trace.value());
}

const std::vector<std::string> scenarios = {
    "int64_growth",     "int64_growth_points", "int64_hints",         "int64_churn",
    "int64_same_size",  "int64_update",        "int64_delete_absent", "int64_half_grown",
    "int64_mark_limit", "int64_clear",         "int64_empty_rest",    "int64_sampled",
    "int64_range",      "float64_zeroes",      "float64_nan",         "float64_nan_range",
    "string_mix",       "string_churn",        "string_range",        "int32_mix",
    "value128_mix",     "value129_mix",        "key128_mix",          "key129_mix",
    "both129_churn"};

using golden_case = std::tuple<std::string, bool>;

class golden : public ::testing::TestWithParam<golden_case> {};

TEST_P(golden, replays_as_go_did) {
  const auto& [scenario, as_pairs] = GetParam();
  const std::string path = std::string(HMAP_GOLDEN_TRACES "/") + scenario + ".trace";
  try {
    as_pairs ? replay_trace<paired>(path) : replay_trace<split>(path);
  } catch (const std::exception& e) {
    FAIL() << e.what();
  }
}

std::string name_of(const ::testing::TestParamInfo<golden_case>& test) {
  return std::get<0>(test.param) + (std::get<1>(test.param) ? "_paired" : "_split");
}

INSTANTIATE_TEST_SUITE_P(traces, golden,
                         ::testing::Combine(::testing::ValuesIn(scenarios), ::testing::Bool()),
                         name_of);

/// A trace that is not replayed would prove nothing.
TEST(golden_traces, are_all_replayed) {
  const std::string ending = ".tar.gz";
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(HMAP_GOLDEN_ARCHIVES)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) found.push_back(name.substr(0, name.size() - ending.size()));
  }
  std::vector<std::string> listed = scenarios;
  std::ranges::sort(found);
  std::ranges::sort(listed);
  EXPECT_EQ(found, listed);
}

}  // namespace
}  // namespace hmap_test
