#include "harness/output.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using harness::output_error;
using harness::whole_file;
namespace fs = std::filesystem;

/// An empty directory for each test.
class WholeFile : public testing::Test {
 protected:
  WholeFile() {
    fs::remove_all(directory_);
    fs::create_directories(directory_);
  }
  ~WholeFile() override { fs::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ / name; }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }
  static std::string contents(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  fs::path directory_ = fs::path(testing::TempDir()) /
                        (std::string("mapscope_output_") +
                         testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(WholeFile, HasItsNameOnlyWhenItIsWhole) {
  whole_file file(path("out"));
  file.write("some");
  EXPECT_FALSE(fs::exists(path("out")));
  EXPECT_EQ(files(), 1U);  // beside it, under another name
  file.write(" text");
  file.commit();
  EXPECT_EQ(contents(path("out")), "some text");
  EXPECT_EQ(files(), 1U);
}

TEST_F(WholeFile, LeavesNothingWhenItIsGivenUp) {
  {
    whole_file(path("out")).write("some");
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(WholeFile, ReplacesWhatWasThereAndKeepsItsModeAndLinks) {
  std::ofstream(path("real")) << "old, and longer";
  chmod(path("real").c_str(), 0600);
  fs::create_symlink("real", path("out"));
  whole_file file(path("out"));
  file.write("new");
  EXPECT_EQ(contents(path("out")), "old, and longer");
  file.commit();
  EXPECT_EQ(contents(path("real")), "new");
  EXPECT_TRUE(fs::is_symlink(path("out")));
  EXPECT_EQ(fs::status(path("real")).permissions(), fs::perms(0600));
}

TEST_F(WholeFile, AFullDeviceIsAnErrorAndStays) {
  whole_file file("/dev/full");
  try {
    file.write("some");
    FAIL() << "it was written";
  } catch (const output_error& error) {
    EXPECT_STREQ(
        error.what(),
        "cannot write /dev/full: No space left on device; make room there or write elsewhere");
    EXPECT_FALSE(error.is_usage());
  }
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(WholeFile, AWrongNameIsAnErrorOfTheCaller) {
  for (const std::string& name : {path("nowhere/out"), path("")}) {
    try {
      whole_file file(name);
      FAIL() << name;
    } catch (const output_error& error) {
      EXPECT_TRUE(error.is_usage()) << error.what();
    }
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(WholeFile, WhatIsLargerThanFilesMayBeIsAnErrorAndLeavesNothing) {
  const pid_t child = fork();
  if (child == 0) {
    harness::guard_output();
    const rlimit least{100, 100};
    setrlimit(RLIMIT_FSIZE, &least);
    try {
      whole_file file(path("out"));
      file.write(std::string(1000, 'x'));
      file.commit();
      _exit(1);
    } catch (const output_error& error) {
      const bool named =
          std::string(error.what()).find("File too large; raise") != std::string::npos;
      _exit(named && files() == 0 ? 0 : 2);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(WholeFile, ASignalLeavesNothingAndStillKills) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    const pid_t child = fork();
    if (child == 0) {
      harness::guard_output();
      whole_file file(path("out"));
      file.write("some");
      if (fork() == 0) raise(number);  // a child of its own: that it dies changes nothing
      wait(nullptr);
      if (files() == 1) raise(number);
      _exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == number) << number;
    EXPECT_EQ(files(), 0U) << number;
  }
}

}  // namespace
