#include "harness/backends/geometry.hpp"

#include <bit>

#include <gtest/gtest.h>

namespace harness::backends {
namespace {

TEST(geometry, every_processor_has_whole_sets_and_a_source) {
  for (std::string_view name : geometry_names()) {
    if (name == "host") continue;
    const geometry shape = geometry_of(name);
    EXPECT_EQ(shape.name, name);
    EXPECT_FALSE(shape.source.empty()) << name;
    EXPECT_TRUE(std::has_single_bit(shape.line) && std::has_single_bit(shape.page)) << name;
    for (const auto& level : shape.caches) {
      EXPECT_EQ(level.bytes % (level.ways * shape.line), 0U) << name;
    }
    for (const auto& level : shape.tlbs) EXPECT_EQ(level.entries % level.ways, 0U) << name;
  }
}

TEST(geometry, the_host_is_known_or_says_why_not) {
  try {
    const geometry shape = geometry_of("host");
    EXPECT_EQ(shape.name, "host");
    EXPECT_NE(shape.source.find("sysfs"), std::string::npos);
    EXPECT_GT(shape.caches[1].bytes, shape.caches[0].bytes);
  } catch (const no_geometry& error) {
    EXPECT_NE(std::string(error.what()).find("--cache"), std::string::npos);
  }
  EXPECT_THROW(geometry_of("zen99"), no_geometry);
}

TEST(geometry, is_one_line) {
  EXPECT_EQ(describe(geometry_of("zen5")), "LRU 48K/12 1M/16 32M/16, TLB 96/96 4096/16");
}

}  // namespace
}  // namespace harness::backends
