#include "harness/machine.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace {

std::string model_in(const std::string& text) {
  std::istringstream stream(text);
  return harness::cpu_model_in(stream);
}

TEST(Machine, ReportsTheModelOfTheFirstProcessor) {
  EXPECT_EQ(model_in("processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC 9R14\nflags\t: a b\n\n"
                     "processor\t: 1\nmodel name\t: another\n"),
            "AMD EPYC 9R14");
}

TEST(Machine, ReportsImplementerAndPartWhereThereIsNoName) {
  EXPECT_EQ(
      model_in("processor\t: 0\nBogoMIPS\t: 243.75\nCPU implementer\t: 0x41\n"
               "CPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n"),
      "ARM implementer 0x41, part 0xd0c");
}

TEST(Machine, SaysNothingOfWhatItDoesNotKnow) {
  EXPECT_EQ(model_in(""), "");
  EXPECT_EQ(model_in("processor\t: 0\nisa\t: rv64imafdc\n"), "");
}

TEST(Machine, IsNeverWithoutAName) {
  EXPECT_FALSE(harness::cpu_model().empty());
  EXPECT_TRUE(harness::kernel().starts_with("Linux "));
}

}  // namespace
