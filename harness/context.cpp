#include "harness/context.hpp"

#include <string>

#include <benchmark/benchmark.h>

#include "harness/machine.hpp"
#include "mapscope/build_info.hpp"

namespace harness {
namespace {

/// The version of what the mapscope_ keys and the benchmark names mean. Version 1 was called
/// mapscope_format and had neither cpu_model nor kernel.
constexpr const char* schema_version = "2";

std::string libraries() {
  std::string text;
  for (const auto& [name, version] : build_info::libraries) {
    if (!text.empty()) text += "; ";
    text.append(name).append(" ").append(version);
  }
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> context_of(const catalogue& known,
                                                            const options& chosen,
                                                            const std::string& memory,
                                                            const std::string& counters) {
  std::vector<std::pair<std::string, std::string>> context;
  const auto add = [&](const char* name, std::string_view text) {
    context.emplace_back(std::string("mapscope_") + name, std::string(text));
  };
  add("schema_version", schema_version);
  add("cpu_model", cpu_model());
  add("kernel", kernel());
  add("map", known.map.name);
  add("map_title", known.map.title);
  add("map_version", known.map.version);
  add("compiler", build_info::compiler);
  add("flags", build_info::flags);
  add("build_type", build_info::build_type);
  add("seed", std::to_string(chosen.seed));
  add("memory", memory);
  add("libraries", libraries());
  if (!counters.empty()) add("counters", counters);
  // A process that has not passed the check never gets here.
  add("answer_check", chosen.answers_are_checked ? "passed by an earlier process" : "passed");
  return context;
}

void add_context(const catalogue& known, const options& chosen, const std::string& memory,
                 const std::string& counters) {
  for (const auto& [name, text] : context_of(known, chosen, memory, counters)) {
    benchmark::AddCustomContext(name, text);
  }
}

}  // namespace harness
