#include "harness/counters/report.hpp"

#include "harness/json.hpp"

namespace counters {
namespace {

using namespace harness::json;

std::string maybe(const std::optional<double>& value) { return value ? number(*value) : "null"; }
std::string reason_or_null(const std::string& reason) {
  return reason.empty() ? "null" : quoted(reason);
}

std::string to_json(const event& one) {
  return object({{"name", quoted(one.name)},
                 {"native", quoted(one.native)},
                 {"available", boolean(one.reason.empty())},
                 {"reason", reason_or_null(one.reason)}});
}

std::string to_json(const capabilities& one) {
  return object({{"name", quoted(one.name)},
                 {"available", boolean(one.reason.empty())},
                 {"reason", reason_or_null(one.reason)},
                 {"version", quoted(one.version)},
                 {"label", quoted(one.label)},
                 {"events", array(one.events, [](const event& e) { return to_json(e); })}});
}

std::string to_json(const calibration& one) {
  return object({{"backend", quoted(one.backend)},
                 {"kernel", quoted(one.kernel)},
                 {"event", quoted(one.event)},
                 {"relation", quoted(one.relation)},
                 {"expected", number(one.expected)},
                 {"steps", std::to_string(one.steps)},
                 {"read", maybe(one.read)},
                 {"error", maybe(one.error)},
                 {"accepted", one.read ? boolean(one.accepted) : "null"}});
}

std::string to_json(const geometry& caches) {
  std::size_t level = 0;
  const auto cache = [&](const cache_level& one) {
    return object({{"level", std::to_string(++level)},
                   {"bytes", std::to_string(one.bytes)},
                   {"ways", std::to_string(one.ways)},
                   {"line_bytes", std::to_string(caches.line)}});
  };
  const auto tlb = [&](const tlb_level& one) {
    return object({{"level", std::to_string(++level)},
                   {"entries", std::to_string(one.entries)},
                   {"ways", std::to_string(one.ways)},
                   {"page_bytes", std::to_string(caches.page)}});
  };
  const std::string levels = array(caches.caches, cache);
  level = 0;
  return object({{"name", quoted(caches.name)},
                 {"source", quoted(caches.source)},
                 {"levels", levels},
                 {"tlbs", array(caches.tlbs, tlb)}});
}

}  // namespace

std::string report(const std::vector<capabilities>& backends,
                   const std::vector<calibration>& calibrations, const geometry* caches) {
  const auto written = [](const auto& one) { return to_json(one); };
  return object({{"backends", array(backends, written)},
                 {"calibration", array(calibrations, written)},
                 {"cache", caches != nullptr ? to_json(*caches) : "null"}});
}

}  // namespace counters
