#include "harness/describe.hpp"

#include <algorithm>
#include <string>

#include "harness/json.hpp"
#include "mapscope/build_info.hpp"

namespace harness {
namespace {

json json_of(const workload_info& item) {
  return {{"name", item.name},
          {"summary", item.summary},
          {"operation", item.operation},
          {"family", text_or_null(item.family)},
          {"state", text_or_null(item.state)}};
}

json json_of(const payload_entry& entry) {
  return {{"name", entry.info.name}, {"key", entry.info.key}, {"value", entry.info.value}};
}

bool weighs_tables(const catalogue& known) {
  return std::any_of(known.payloads.begin(), known.payloads.end(),
                     [](const auto& part) { return part.weigh != nullptr; });
}

}  // namespace

void describe(std::ostream& out, const catalogue& known, const std::string& counters) {
  const auto convert = [](const auto& item) { return json_of(item); };
  json libraries = json::object();
  for (const auto& [name, version] : build_info::libraries) {
    libraries[std::string(name)] = version;
  }
  const json all{{"map", known.map.name},
                 {"title", known.map.title},
                 {"version", known.map.version},
                 {"library", known.map.library},
                 {"header", known.map.header},
                 {"has_own_hash", known.map.has_own_hash},
                 {"is_concurrent", known.map.is_concurrent},
                 {"workloads", array_of(known.workloads, convert)},
                 {"payloads", array_of(known.payloads, convert)},
                 {"hashes", known.hashes},
                 {"table_memory", weighs_tables(known)},
                 {"compiler", build_info::compiler},
                 {"flags", build_info::flags},
                 {"build_type", build_info::build_type},
                 {"libraries", libraries},
                 {"counters", json::parse(counters)}};
  out << to_line(all) << '\n';
}

}  // namespace harness
