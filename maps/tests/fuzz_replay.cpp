// Every input that the fuzzer has kept (tools/fuzz.sh runs the fuzzer itself), again: with any
// compiler, in every test run. The build says where they are: __FILE__ may be relative to anything.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

TEST(Fuzz, CorpusIsReplayed) {
  const auto corpus = std::filesystem::path(FUZZ_CORPUS);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes(std::istreambuf_iterator<char>(file), {});
    ASSERT_TRUE(file) << entry.path();
    // Printed before, because a finding ends the program.
    std::fprintf(stderr, "%s\n", entry.path().filename().c_str());
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    ++files;
  }
  EXPECT_GT(files, 20U) << "the corpus is missing";
}

}  // namespace
