// The simulator against two strangers: callgrind, on cache misses, and a trace by lackey, on
// distinct lines. Both look at a binary that nobody instrumented.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

#include "harness/counting/tests/lackey_trace.hpp"
#include "harness/tests/program.hpp"

namespace harness::backends {
namespace {

bool has_valgrind() { return std::system("valgrind --version >/dev/null 2>&1") == 0; }

struct cross_check : testing::TestWithParam<const char*> {
  cross_check() {
    if (!has_valgrind()) throw std::runtime_error("valgrind is needed to run this test");
  }
  std::string watched() const { return std::string(BINARIES "/bench_") + GetParam() + "_sim"; }
  std::string plain() const { return std::string(BINARIES "/bench_") + GetParam() + PLAIN_SUFFIX; }
};

std::string simulate(const cross_check& check, const scratch& folder, const std::string& chosen) {
  const auto out = folder.path() / "sim.json";
  std::string words;
  EXPECT_EQ(run(check.watched() + chosen + " --benchmark_out=" + out.string(), words), 0) << words;
  return contents(out);
}

/// Data misses of both levels in the dump that is called `name`.
struct misses {
  double first = 0, last = 0;
};

misses read_dump(const std::filesystem::path& folder, const std::string& name) {
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string text = contents(file.path());
    if (text.find("Trigger: Client Request: " + name + "\n") == text.npos) continue;
    EXPECT_NE(text.find("events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw"), text.npos);
    std::istringstream totals(text.substr(text.rfind("totals: ") + 8));
    double each[9] = {};
    for (double& one : each) totals >> one;
    return {each[4] + each[5], each[7] + each[8]};
  }
  throw std::runtime_error("no dump of " + name);
}

/// The misses of a benchmark's pass, as callgrind and as the simulator see them.
struct sighting {
  misses by_callgrind, simulated;

  sighting& operator+=(const sighting& other) {
    by_callgrind.first += other.by_callgrind.first, by_callgrind.last += other.by_callgrind.last;
    simulated.first += other.simulated.first, simulated.last += other.simulated.last;
    return *this;
  }
  double fewest() const { return std::min(by_callgrind.first, by_callgrind.last); }
};

/// Both look at `workloads` (with commas) at n = 100,000, once.
std::map<std::string, sighting> see(const cross_check& check, const std::string& workloads,
                                    int seed) {
  const scratch folder("callgrind");
  const std::string chosen =
      " --kv=int_int --hash=shared --sizes=100000 --cache=zen4 --workloads=" + workloads +
      " --seed=" + std::to_string(seed);
  const std::string json = simulate(check, folder, chosen);
  std::string words;
  EXPECT_EQ(run("valgrind --quiet --tool=callgrind --cache-sim=yes --collect-atstart=no "
                "--I1=32768,8,64 --D1=32768,8,64 --LL=1048576,8,64 --callgrind-out-file=" +
                    (folder.path() / "dump.%p ").string() + check.plain() + " --callgrind" + chosen,
                words),
            0)
      << words;
  std::map<std::string, sighting> seen;
  std::istringstream each(workloads);
  for (std::string workload; std::getline(each, workload, ',');) {
    const std::string name = workload + "/kv:int_int/hash:shared/n:100000";
    const double operations = number_in(json, name, "ops");
    seen[workload] = {read_dump(folder.path(), name),
                      {number_in(json, name, "sim_l1_miss_accesses") * operations,
                       number_in(json, name, "sim_l2_miss_accesses") * operations}};
  }
  return seen;
}

TEST_P(cross_check, callgrind_agrees_on_misses) {
  // absl salts its hash with the address of the table, which is another one under valgrind, so that
  // two samples are compared. They are made large enough: of 7,000 misses 2 % are 1.2 standard
  // deviations of a difference, of 50,000 they are more than three.
  constexpr double too_few = 10'000;
  constexpr int seeds = 8;
  auto seen = see(*this, "insert_grow,insert_reserved,find_hit,find_miss,erase,churn,range", 1);
  for (auto& [workload, sum] : seen) {
    const bool is_small = sum.fewest() < too_few;
    for (int seed = 2; is_small && seed <= seeds; ++seed)
      sum += see(*this, workload, seed)[workload];
    const auto& [real, model] = sum;
    std::printf(
        "%s %-16s L1 %8.0f by callgrind %8.0f simulated (%+.2f %%), L2 %8.0f %8.0f (%+.2f %%)\n",
        GetParam(), workload.c_str(), real.first, model.first, 100 * (model.first / real.first - 1),
        real.last, model.last, 100 * (model.last / real.last - 1));
    EXPECT_NEAR(model.first / real.first, 1, 0.02) << workload;
    EXPECT_NEAR(model.last / real.last, 1, 0.02) << workload;
  }
}

TEST_P(cross_check, a_trace_agrees_on_heap_lines) {
  const scratch folder("lackey");
  for (const std::string workload : {"find_hit", "find_miss"}) {
    const std::string chosen = " --kv=int_int --hash=shared --sizes=1000 --workloads=" + workload;
    const std::string json = simulate(*this, folder, chosen);
    const std::string name = workload + "/kv:int_int/hash:shared/n:1000";
    const auto operations = static_cast<std::size_t>(number_in(json, name, "ops"));
    const double traced = trace_lookups(plain(), "--callgrind" + chosen, operations).heap_lines;
    const double simulated = number_in(json, name, "sim_heap_lines_mean");
    std::printf("%s %-10s heap lines %.4f traced %.4f simulated (%+.2f %%)\n", GetParam(),
                workload.c_str(), traced, simulated, 100 * (simulated / traced - 1));
    EXPECT_NEAR(simulated / traced, 1, 0.03) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(maps, cross_check,
                         testing::Values("hmap", "std", "boost_flat", "absl_flat"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace harness::backends
