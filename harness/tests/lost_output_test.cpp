// Whole programs whose output cannot be written, or that are killed: one line and a status that is
// not 0, and never a torn file.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

const std::string bench = WRONG_MAP " --kv=int_int --workloads=range --sizes=1000";
const std::string timed = bench + " --benchmark_min_time=0.001";
const std::string growth =
    WRONG_MAP " --kv=int_int --sizes=2000 --growth=insert --growth-repetitions=2";
const std::string ladder = LADDER " --sizes=1024 --pages=16";

struct outcome {
  int exit_code;
  std::string errors;
};

class LostOutput : public testing::Test {
 protected:
  LostOutput() {
    fs::remove_all(directory_);
    fs::create_directories(directory_);
  }
  ~LostOutput() override { fs::remove_all(directory_); }

  /// In the directory of the test.
  outcome run(const std::string& command) const {
    const std::string shell = "cd " + directory_.string() + "; exec 2>&1 >/dev/null; " + command;
    std::string errors;
    FILE* pipe = popen(("bash -c '" + shell + "'").c_str(), "r");
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) errors += static_cast<char>(c);
    const int status = pclose(pipe);
    return {WEXITSTATUS(status), errors};
  }

  std::vector<std::string> files() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(directory_))
      found.push_back(entry.path().filename());
    std::sort(found.begin(), found.end());
    return found;
  }

  /// Kills a program as soon as it has an unfinished file.
  int killed_by(int number, const std::string& command) const {
    const pid_t child = fork();
    if (child == 0) {
      if (chdir(directory_.c_str()) != 0) _exit(126);
      const int null = open("/dev/null", O_WRONLY);
      dup2(null, STDOUT_FILENO);
      dup2(null, STDERR_FILENO);
      execl("/bin/sh", "sh", "-c", ("exec " + command).c_str(), nullptr);
      _exit(127);
    }
    int status = 0;
    while (files().empty() && waitpid(child, &status, WNOHANG) == 0) usleep(1000);
    kill(child, number);
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }

  fs::path directory_ = fs::path(testing::TempDir()) /
                        (std::string("mapscope_lost_") +
                         testing::UnitTest::GetInstance()->current_test_info()->name());
};

using names = std::vector<std::string>;

TEST_F(LostOutput, AFullDeviceIsOneLine) {
  const std::string words = "No space left on device; make room there or write elsewhere\n";
  for (const std::string& command :
       {timed + " >/dev/full", timed + " --benchmark_out=/dev/full",
        bench + " --describe >/dev/full", bench + " --check >/dev/full",
        bench + " --help >/dev/full", growth + " >/dev/full", growth + " --growth-out=/dev/full",
        growth + " --growth-out=out --growth-trace=/dev/full", ladder + " >/dev/full",
        ladder + " --out=/dev/full", ladder + " --help >/dev/full"}) {
    const outcome result = run(command);
    EXPECT_EQ(result.exit_code, 1) << command << '\n' << result.errors;
    EXPECT_TRUE(result.errors.ends_with(words)) << command << '\n' << result.errors;
    EXPECT_NE(result.errors.find(": cannot write "), std::string::npos) << command;
    EXPECT_EQ(files(), names{}) << command;
  }
}

TEST_F(LostOutput, AFileThatMayNotBeSoLargeIsOneLine) {
  const std::string least = "ulimit -f 1; ";
  for (const std::string& command : {timed + " --benchmark_out=out", growth + " --growth-out=out",
                                     ladder + " --passes=90 --out=out"}) {
    const outcome result = run(least + command);
    EXPECT_EQ(result.exit_code, 1) << command << '\n' << result.errors;
    EXPECT_TRUE(result.errors.ends_with("File too large; raise the file-size limit (ulimit -f)\n"))
        << command << '\n'
        << result.errors;
    EXPECT_EQ(files(), names{}) << command;
  }
  const outcome result = run(least + bench + " --describe >out");
  EXPECT_EQ(result.exit_code, 1) << result.errors;
}

TEST_F(LostOutput, AWrongNameIsNoticedBeforeAnythingIsMeasured) {
  const std::string words = ": cannot write no/out: No such file or directory; create the "
                            "directory or name another one\n";
  for (const auto& [program, command] :
       {std::pair{"bench_wrong", bench + " --benchmark_min_time=1000 --benchmark_out=no/out"},
        std::pair{"bench_wrong", growth + "00 --growth-out=no/out"},
        std::pair{"bench_wrong", growth + "00 --growth-trace=no/out"},
        std::pair{"ladder", std::string(LADDER " --passes=1000 --out=no/out")}}) {
    const outcome result = run(command);
    EXPECT_EQ(result.exit_code, 2) << command;
    EXPECT_EQ(result.errors, program + words) << command;
  }
}

TEST_F(LostOutput, AnUnknownFormatIsAUsageError) {
  for (const std::string flag : {"benchmark_format", "benchmark_out_format"}) {
    const outcome result = run(timed + " --" + flag + "=xml");
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.errors, "bench_wrong: unknown format '" + std::string("xml") + "' for --" +
                                 flag + "; available: console, json, csv\n");
  }
}

TEST_F(LostOutput, EveryFormatAndTheEnvironmentStillWork) {
  for (const std::string format : {"json", "csv", "console"}) {
    EXPECT_EQ(run("BENCHMARK_OUT=" + format + " " + timed + " --benchmark_out_format=" + format)
                  .exit_code,
              0);
    std::ifstream file(directory_ / format);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_NE(text.find("range/kv:int_int/hash:shared/n:1000"), std::string::npos) << text;
    EXPECT_EQ(text.starts_with("{"), format == "json") << text;
  }
  EXPECT_EQ(files(), (names{"console", "csv", "json"}));
}

TEST_F(LostOutput, WhoIsKilledLeavesNothingUnderTheName) {
  const std::string endless_bench = bench + " --benchmark_min_time=1000 --benchmark_out=out";
  const std::string endless_growth = growth + "00 --growth-out=out --growth-trace=out.trace";
  const std::string endless_ladder = LADDER " --passes=1000 --out=out";
  for (const std::string& command : {endless_bench, endless_growth, endless_ladder}) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
      EXPECT_EQ(killed_by(number, command), number) << command;
      EXPECT_EQ(files(), names{}) << command;
    }
    EXPECT_EQ(killed_by(SIGKILL, command), SIGKILL) << command;
    for (const std::string& name : files()) {
      EXPECT_TRUE(name.starts_with(".out")) << name;  // hidden, as nobody could remove it
      fs::remove(directory_ / name);
    }
  }
}

}  // namespace
