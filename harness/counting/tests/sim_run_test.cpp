// Whole runs of a bench_<map>_sim.
#include <sstream>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

#include "harness/tests/program.hpp"

namespace harness::backends {
namespace {

std::string simulate(const std::string& arguments, const std::string& environment = "") {
  const scratch folder("sim");
  const auto out = folder.path() / "out.json";
  std::string words;
  const int status =
      run(environment + " " SIM_BINARY " --hash=shared --benchmark_out=" + out.string() + " " +
              arguments,
          words);
  EXPECT_EQ(status, 0) << words;
  return contents(out);
}

std::string counters_in(const std::string& json) {
  const std::string found = lines_with(json, "\"sim_");
  EXPECT_NE(found, "");
  return found;
}

TEST(sim_run, two_runs_agree_to_the_bit_whatever_is_around_them) {
  const std::string chosen = "--workloads=insert_grow,find_hit,erase --kv=int_int,string_int "
                             "--sizes=1000,5000";
  const std::string first = counters_in(simulate(chosen));
  EXPECT_EQ(counters_in(simulate(chosen)), first);
  // The environment lies above the stack, and the number of repetitions is Google Benchmark's.
  const std::string crowded = "ENVIRONMENT=" + std::string(20'000, 'x');
  EXPECT_EQ(counters_in(simulate(chosen + " --benchmark_min_time=0.2", crowded)), first);
}

TEST(sim_run, two_runs_of_every_map_agree) {
  std::istringstream binaries(SIM_BINARIES);
  for (std::string binary; std::getline(binaries, binary, ',');) {
    const auto counters = [&] {
      const scratch folder(binary);
      const auto out = folder.path() / "out.json";
      std::string words;
      const std::string chosen = " --kv=int_int,string_string --sizes=300";
      EXPECT_EQ(run(SIM_FOLDER "/" + binary + chosen + " --benchmark_out=" + out.string(), words),
                0)
          << words;
      return counters_in(contents(out));
    };
    EXPECT_EQ(counters(), counters()) << binary;
  }
}

TEST(sim_run, a_benchmark_reads_the_same_alone_as_after_others) {
  const std::string chosen = "--workloads=erase --kv=string_int --sizes=1000";
  const std::string among = simulate("--kv=int_int,string_int --sizes=1000");
  const std::string name = "erase/kv:string_int/hash:shared/n:1000";
  const std::string alone = simulate(chosen);
  for (const char* key : {"sim_l1_misses", "sim_lines_mean", "sim_loads", "sim_heap_lines_max"}) {
    EXPECT_EQ(number_in(among, name, key), number_in(alone, name, key)) << key;
  }
}

TEST(sim_run, another_seed_is_another_run) {
  const std::string chosen = "--workloads=find_hit --kv=int_int --sizes=1000 --seed=";
  EXPECT_NE(counters_in(simulate(chosen + "1")), counters_in(simulate(chosen + "2")));
}

TEST(sim_run, cold_caches_miss_more) {
  const std::string chosen = "--workloads=find_hit --kv=int_int --sizes=1000";
  const std::string name = "find_hit/kv:int_int/hash:shared/n:1000";
  const std::string json = simulate(chosen);
  EXPECT_EQ(number_in(json, name, "sim_l3_misses"), 0);
  EXPECT_GT(number_in(json, name, "sim_cold_l3_misses"), 0.1);
  EXPECT_GT(number_in(json, name, "sim_cold_l2_misses"), number_in(json, name, "sim_l2_misses"));
}

TEST(sim_run, larger_caches_miss_less) {
  const std::string chosen = "--workloads=find_hit --kv=int_int --sizes=5000 --cache=";
  const std::string name = "find_hit/kv:int_int/hash:shared/n:5000";
  EXPECT_LT(number_in(simulate(chosen + "graviton3"), name, "sim_l1_misses"),
            number_in(simulate(chosen + "skylake"), name, "sim_l1_misses"));
}

TEST(sim_run, calibration_is_exact_on_every_processor) {
  std::string words;
  run(SIM_BINARY " --cache=none", words);
  ASSERT_NE(words.find("available: "), std::string::npos) << words;
  for (const char* cache : {"zen5", "zen4", "skylake", "icelake", "graviton3", "apple_m1"}) {
    const std::string json =
        simulate(std::string("--workloads=range --kv=int_int --sizes=10 --cache=") + cache);
    EXPECT_NE(json.find(R"(\"accepted\":true)"), std::string::npos) << cache;
    EXPECT_EQ(json.find(R"(\"accepted\":false)"), std::string::npos) << cache;
    EXPECT_EQ(json.find(R"(\"error\": 0.)"), std::string::npos) << cache << " is off by a little";
  }
}

TEST(sim_run, what_is_for_other_binaries_is_a_usage_error) {
  std::string words;
  EXPECT_EQ(run(SIM_BINARY " --callgrind", words), 2) << words;
}

}  // namespace
}  // namespace harness::backends
