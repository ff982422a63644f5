#include "harness/describe.hpp"

#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "harness/tests/fake_catalogue.hpp"

namespace harness {
namespace {

std::string described() {
  std::ostringstream out;
  describe(out, fake_catalogue(), R"({"backends": []})");
  return out.str();
}

TEST(describe, names_the_map_and_quotes_what_json_must_quote) {
  const std::string start = R"({"map": "fake", "title": "a \"fake\" map", "version": "1.2", )"
                            R"("library": "none", "header": "maps/adapters/fake.hpp", )"
                            R"("has_own_hash": true, )";
  EXPECT_EQ(described().substr(0, start.size()), start);
}

TEST(describe, lists_what_can_run) {
  const std::string text = described();
  for (
      const char* part :
      {R"("workloads": [{"name": "fill", "summary": "fills it", "operation": "one insert", "family": null, "state": null}, )",
       R"({"name": "walk_cold", "summary": "", "operation": "one entry", "family": "walk", "state": "cold"}])",
       R"("payloads": [{"name": "int_int", "key": "uint64_t", "value": "uint64_t"}, )",
       R"("hashes": ["shared", "own"])", R"("libraries": {"benchmark": ")",
       R"("counters": {"backends": []})"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nnot in " << text;
  }
}

}  // namespace
}  // namespace harness
