#include "harness/describe.hpp"

#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "harness/json.hpp"
#include "harness/tests/fake_catalogue.hpp"

namespace harness {
namespace {

json described() {
  std::ostringstream out;
  describe(out, fake_catalogue(), R"({"backends": []})");
  return json::parse(out.str());
}

TEST(describe, names_the_map_and_quotes_what_json_must_quote) {
  const json found = described();
  EXPECT_EQ(found["map"], "fake");
  EXPECT_EQ(found["title"], "a \"fake\" map");
  EXPECT_EQ(found["version"], "1.2");
  EXPECT_EQ(found["library"], "none");
  EXPECT_EQ(found["header"], "maps/adapters/fake.hpp");
  EXPECT_EQ(found["has_own_hash"], true);
}

TEST(describe, lists_what_can_run) {
  const json found = described();
  EXPECT_EQ(found["workloads"][0], json::parse(R"({"name": "fill", "summary": "fills it",
      "operation": "one insert", "family": null, "state": null})"));
  EXPECT_EQ(found["workloads"][2], json::parse(R"({"name": "iterate_cold", "summary": "",
      "operation": "one entry", "family": "iterate", "state": "cold"})"));
  EXPECT_EQ(found["payloads"][0],
            json::parse(R"({"name": "int_int", "key": "uint64_t", "value": "uint64_t"})"));
  EXPECT_EQ(found["hashes"], json::array({"shared"}));
  EXPECT_TRUE(found["libraries"]["benchmark"].is_string());
  EXPECT_EQ(found["counters"], json::parse(R"({"backends": []})"));
}

TEST(describe, is_one_line) {
  std::ostringstream out;
  describe(out, fake_catalogue(), R"({"backends": []})");
  EXPECT_EQ(out.str().find('\n'), out.str().size() - 1);
}

}  // namespace
}  // namespace harness
