#include "harness/describe.hpp"

#include <string>

#include "harness/json.hpp"
#include "mapscope/build_info.hpp"

namespace harness {
namespace {

using json::array, json::list, json::object, json::quoted;

std::string to_json(const workload_info& item) {
  const auto or_null = [](std::string_view text) { return text.empty() ? "null" : quoted(text); };
  return object({{"name", quoted(item.name)},
                 {"summary", quoted(item.summary)},
                 {"operation", quoted(item.operation)},
                 {"family", or_null(item.family)},
                 {"state", or_null(item.state)}});
}

std::string to_json(const payload_part& part) {
  return object({{"name", quoted(part.info.name)},
                 {"key", quoted(part.info.key)},
                 {"value", quoted(part.info.value)}});
}

}  // namespace

void describe(std::ostream& out, const catalogue& known, const std::string& counters) {
  const auto written = [](const auto& item) { return to_json(item); };
  const auto version = [](const auto& library) {
    return quoted(library.first).append(": ").append(quoted(library.second));
  };
  out << object({{"map", quoted(known.map.name)},
                 {"title", quoted(known.map.title)},
                 {"version", quoted(known.map.version)},
                 {"library", quoted(known.map.library)},
                 {"header", quoted(known.map.header)},
                 {"has_own_hash", known.map.has_own_hash ? "true" : "false"},
                 {"workloads", array(known.workloads, written)},
                 {"payloads", array(known.payloads, written)},
                 {"hashes", array(known.hashes, quoted)},
                 {"compiler", quoted(build_info::compiler)},
                 {"flags", quoted(build_info::flags)},
                 {"build_type", quoted(build_info::build_type)},
                 {"libraries", list('{', build_info::libraries, '}', version)},
                 {"counters", counters}})
      << '\n';
}

}  // namespace harness
