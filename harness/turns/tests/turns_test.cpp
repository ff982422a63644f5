// The commands of harness/turns/turn_server.hpp, given to a whole program.
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

struct outcome {
  int exit_code;
  std::vector<std::string> answers;  // one line each
  std::string errors;
};

/// Runs the program with `commands` as its input. Descriptor 9 is the baton: a file, whose bytes
/// are all there.
outcome talk(const std::string& arguments, const std::string& commands) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path base =
      std::filesystem::path(testing::TempDir()) / (std::string("mapscope_turns_") + test->name());
  std::ofstream(base.string() + ".in") << commands;
  std::ofstream(base.string() + ".baton") << std::string(100, 'x');
  const std::string command = std::string(WRONG_MAP) + " --turns " + arguments + " < " +
                              base.string() + ".in 2> " + base.string() + ".err 9< " +
                              base.string() + ".baton";
  outcome result{};
  FILE* pipe = popen(command.c_str(), "r");
  std::string line;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    result.answers.push_back(line);
    line.clear();
  }
  result.exit_code = WEXITSTATUS(pclose(pipe));
  std::ifstream errors(base.string() + ".err");
  std::stringstream text;
  text << errors.rdbuf();
  result.errors = text.str();
  for (const char* ending : {".in", ".baton", ".err"}) {
    std::filesystem::remove(base.string() + ending);
  }
  return result;
}

constexpr const char* small = "--kv=int_int --sizes=1000 --seed=1";
constexpr const char* large = "--kv=int_int --sizes=20000 --seed=1";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The whole number in a field; 0 where it is missing.
unsigned long number(const std::string& answer, const std::string& field) {
  const std::size_t at = answer.find("\"" + field + "\":");
  return at == std::string::npos ? 0 : std::stoul(answer.substr(at + field.size() + 3));
}

TEST(turns, begin_with_a_line_about_the_process) {
  const outcome result = talk(small, "");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  ASSERT_EQ(result.answers.size(), 1U);
  EXPECT_TRUE(has(result.answers[0], "{\"mapscope_turns\":2,\"context\":{")) << result.answers[0];
  EXPECT_TRUE(has(result.answers[0], "\"mapscope_answer_check\":\"passed\"")) << result.answers[0];
}

TEST(turns, answer_each_command_with_one_line) {
  const outcome result =
      talk(small, "open find_hit\nturn 1 table 1000\nturn 2 pass 1000\nturn 3 as_is 1\n"
                  "turn 4 evict=100000 1\nclose\nopen range\nturn 1 table 1\nclose\n");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  ASSERT_EQ(result.answers.size(), 10U);
  EXPECT_TRUE(has(result.answers[1], "\"operations\":4096,\"payload_bytes\":16.0"));
  for (const std::size_t at : {2U, 3U, 4U, 5U, 8U}) {
    EXPECT_TRUE(has(result.answers[at], "{\"passes\":")) << result.answers[at];
    EXPECT_TRUE(has(result.answers[at], "\"switches\":")) << result.answers[at];
    EXPECT_LE(number(result.answers[at], "fastest"), number(result.answers[at], "pace"));
    EXPECT_GT(number(result.answers[at], "fastest"), 0U) << result.answers[at];
  }
  EXPECT_TRUE(has(result.answers[5], "{\"passes\":1,")) << "cold passes are not repeated";
  EXPECT_TRUE(has(result.answers[6], "\"os_involuntary_switches\":")) << result.answers[6];
}

TEST(turns, find_the_lowest_pace_in_the_time_that_is_given) {
  const outcome result = talk(small, "pace 0\npace 30\n");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  ASSERT_EQ(result.answers.size(), 3U);
  EXPECT_GT(number(result.answers[1], "pace"), 100U) << result.answers[1];
  EXPECT_GT(number(result.answers[2], "pace"), 100U) << result.answers[2];
}

TEST(turns, have_the_same_checksum_as_a_benchmark_of_the_same_seed) {
  const outcome one = talk(small, "open find_hit\n"),
                two = talk(small, "open churn\nopen find_hit\n");
  ASSERT_EQ(one.answers.size(), 2U);
  ASSERT_EQ(two.answers.size(), 3U);
  EXPECT_EQ(one.answers[1], two.answers[2]);
}

TEST(turns, end_a_workload_whose_answer_is_wrong_and_no_other) {
  const outcome result = talk(std::string(large) + " --answers-are-checked",
                              "open find_hit\nturn 1 table 1\nopen range\nturn 1 pass 1\n");
  EXPECT_EQ(result.exit_code, 1);
  ASSERT_EQ(result.answers.size(), 5U);
  EXPECT_TRUE(has(result.answers[1], "{\"error\":\"wrong answer: expected ")) << result.answers[1];
  EXPECT_TRUE(has(result.answers[2], "{\"error\":\"no workload is open\"}")) << result.answers[2];
  EXPECT_TRUE(has(result.answers[4], "{\"passes\":")) << result.answers[4];
}

TEST(turns, tell_a_state_that_the_map_never_has_from_a_failure) {
  const outcome result = talk(small, "open range_stuck\n");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  ASSERT_EQ(result.answers.size(), 2U);
  EXPECT_EQ(result.answers[1],
            "{\"inapplicable\":\"the insert that grows this map moves every entry\"}");
}

TEST(turns, wait_for_the_baton_and_pass_it_on) {
  const outcome result = talk(std::string(small) + " --baton=9",
                              "open find_hit\nturn 1 pass 1 2\nturn 2 pass 1 2\nturn 3 pass 1\n");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(result.answers.size(), 5U);
  EXPECT_EQ(result.errors, std::string(2, '\0')) << "two bytes for the next one, here on stderr";
}

TEST(turns, refuse_what_is_no_command) {
  const auto refusal = [](const std::string& commands) {
    const outcome result = talk(small, commands);
    EXPECT_EQ(result.exit_code, 2);
    return result.errors;
  };
  EXPECT_TRUE(
      has(refusal("dance\n"), "unknown command 'dance'; available: open, pace, turn, close"));
  EXPECT_TRUE(has(refusal("turn\n"), "expected: turn <number> <start> <ns> [<next>]"));
  EXPECT_TRUE(has(refusal("pace soon\n"), "bad pace 'soon'; expected: pace <ms>"));
  EXPECT_TRUE(has(refusal("turn 1 hot 5\n"), "unknown start of a turn 'hot'"));
  EXPECT_TRUE(has(refusal("turn 1 evict=much 5\n"), "unknown start of a turn 'evict=much'"));
  EXPECT_EQ(talk("--kv=int_int --sizes=10,20", "").exit_code, 2);
  EXPECT_EQ(talk(std::string(small) + " --growth=insert", "").exit_code, 2);
}

}  // namespace
