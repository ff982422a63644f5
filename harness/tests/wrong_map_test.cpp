#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace {

struct outcome {
  int exit_code;
  std::string words;  // both streams
  std::string json;
};

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

outcome run(const std::string& arguments) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const auto json = std::filesystem::path(testing::TempDir()) /
                    (std::string("mapscope_") + test->name() + ".json");
  const std::string command = std::string(WRONG_MAP) + " " + arguments +
                              " --benchmark_min_time=0.001 --benchmark_out=" + json.string() +
                              " 2>&1";
  std::string words;
  FILE* pipe = popen(command.c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) words += static_cast<char>(c);
  const int status = pclose(pipe);
  const outcome result{WEXITSTATUS(status), words, contents(json)};
  std::filesystem::remove(json);
  return result;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(wrong_map, a_wrong_answer_is_an_error_and_not_a_time) {
  const outcome result = run("--kv=int_int --workloads=find_hit --sizes=20000");
  EXPECT_EQ(result.exit_code, 1) << result.words;
  EXPECT_TRUE(has(result.json, "\"error_occurred\": true")) << result.json;
  EXPECT_TRUE(has(result.json, "wrong answer: expected ")) << result.json;
  EXPECT_TRUE(has(result.json, ", got 0000000000000000")) << result.json;
  EXPECT_TRUE(has(result.json, "\"iterations\": 0")) << result.json;
  EXPECT_FALSE(has(result.json, "\"ops\"")) << result.json;
  EXPECT_FALSE(has(result.json, "checksum=")) << result.json;
}

TEST(wrong_map, a_state_that_the_map_never_has_is_no_failure) {
  const outcome result = run("--kv=int_int --workloads=range,range_stuck --sizes=1000");
  EXPECT_EQ(result.exit_code, 0) << result.words;
  EXPECT_TRUE(has(result.json,
                  "\"error_message\": \"n/a: the insert that grows this map moves every entry\""))
      << result.json;
  EXPECT_TRUE(has(result.json, "checksum=")) << result.json;
}

TEST(wrong_map, its_right_answers_are_still_timed) {
  const outcome result = run("--kv=int_int --workloads=find_hit,range --sizes=20000");
  EXPECT_EQ(result.exit_code, 1) << result.words;
  EXPECT_TRUE(has(result.json, "\"name\": \"range/kv:int_int/hash:shared/n:20000")) << result.json;
  EXPECT_TRUE(has(result.json, "checksum=")) << result.json;
}

TEST(wrong_map, is_fine_while_it_is_small) {
  const outcome result = run("--kv=int_int --workloads=find_hit,range --sizes=1000");
  EXPECT_EQ(result.exit_code, 0) << result.words;
  EXPECT_FALSE(has(result.json, "error_occurred")) << result.json;
  EXPECT_TRUE(has(result.json, "\"mapscope_answer_check\": \"passed\"")) << result.json;
}

TEST(wrong_map, no_memory_is_an_error_of_one_benchmark_and_the_next_one_runs) {
  const outcome result = run("--kv=int_struct --workloads=range --sizes=20000,1000");
  EXPECT_EQ(result.exit_code, 1) << result.words;
  EXPECT_TRUE(has(result.json, "\"error_message\": \"std::bad_alloc\"")) << result.json;
  EXPECT_TRUE(has(result.json, "checksum=")) << result.json;
}

TEST(wrong_map, the_answer_check_stops_it_before_anything_is_timed) {
  const outcome result = run("--kv=string_int --sizes=1000");
  EXPECT_EQ(result.exit_code, 1) << result.words;
  EXPECT_TRUE(has(result.words, "bench_wrong: answer check failed: erase(key) is 1, should be 0"))
      << result.words;
  EXPECT_FALSE(has(result.json, "\"name\"")) << result.json;
}

TEST(wrong_map, the_answer_check_is_of_the_payloads_that_run) {
  EXPECT_EQ(run("--kv=string_string --workloads=find_hit --sizes=1000").exit_code, 0);
  const outcome all = run("--workloads=find_hit --sizes=1000");
  EXPECT_EQ(all.exit_code, 1) << all.words;
  EXPECT_TRUE(has(all.words, "answer check failed")) << all.words;
}

TEST(wrong_map, growth_that_is_in_another_binary_is_a_usage_error) {
  const outcome result = run("--kv=string_string --sizes=1000 --growth=insert");
  EXPECT_EQ(result.exit_code, 2) << result.words;
  EXPECT_EQ(result.words, "bench_wrong: --growth: this binary has none; use bench_wrong_growth\n");
}

TEST(wrong_map, a_stray_argument_is_a_usage_error) {
  for (const char* argument : {"stray", "--stray", "--kv=stray", "--benchmark_stray=1"}) {
    const outcome result = run(argument);
    EXPECT_EQ(result.exit_code, 2) << argument;
    EXPECT_TRUE(has(result.words, "unknown")) << result.words;
    EXPECT_EQ(std::count(result.words.begin(), result.words.end(), '\n'), 1) << result.words;
  }
}

/// As large as there is, and more operations than any machine of today could keep the times of.
TEST(wrong_map, a_growth_that_will_not_fit_is_a_usage_error) {
  const outcome result = run("--kv=int_int --sizes=1073741824 --growth=churn --growth-churn=1000");
  EXPECT_EQ(result.exit_code, 2) << result.words;
  EXPECT_TRUE(has(result.words, "bench_wrong: n = 1073741824 needs about 4")) << result.words;
  EXPECT_TRUE(has(result.words, "MB can be had; measure fewer entries")) << result.words;
  EXPECT_EQ(std::count(result.words.begin(), result.words.end(), '\n'), 1) << result.words;
}

TEST(wrong_map, a_filter_that_matches_nothing_is_a_usage_error) {
  EXPECT_EQ(run("--kv=int_int --benchmark_filter=nothing").exit_code, 2);
}

TEST(wrong_map, names_are_the_ones_scripts_parse) {
  const outcome result = run("--sizes=7 --benchmark_list_tests=true");
  EXPECT_EQ(result.exit_code, 1) << "string_int cannot even be listed: its map is wrong";
  const outcome listed = run("--kv=int_int --sizes=7 --benchmark_list_tests=true");
  EXPECT_EQ(listed.words, "find_hit/kv:int_int/hash:shared/n:7/manual_time\n"
                          "range/kv:int_int/hash:shared/n:7/manual_time\n");
}

}  // namespace
