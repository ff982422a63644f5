#include "harness/counters/report.hpp"

#include "harness/json.hpp"

namespace counters {
namespace {

using namespace harness::json;

std::string maybe(std::optional<double> const& value) { return value ? number(*value) : "null"; }
std::string reason_or_null(std::string const& reason) {
  return reason.empty() ? "null" : quoted(reason);
}

std::string to_json(event const& one) {
  return object({{"name", quoted(one.name)},
                 {"native", quoted(one.native)},
                 {"available", boolean(one.reason.empty())},
                 {"reason", reason_or_null(one.reason)}});
}

std::string to_json(capabilities const& one) {
  return object({{"name", quoted(one.name)},
                 {"available", boolean(one.reason.empty())},
                 {"reason", reason_or_null(one.reason)},
                 {"version", quoted(one.version)},
                 {"label", quoted(one.label)},
                 {"events", array(one.events, [](event const& e) { return to_json(e); })}});
}

std::string to_json(calibration const& one) {
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

std::string to_json(geometry const& caches) {
  std::size_t level = 0;
  const auto cache = [&](cache_level const& one) {
    return object({{"level", std::to_string(++level)},
                   {"bytes", std::to_string(one.bytes)},
                   {"ways", std::to_string(one.ways)},
                   {"line_bytes", std::to_string(caches.line)}});
  };
  const auto tlb = [&](tlb_level const& one) {
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

std::string report(std::vector<capabilities> const& backends,
                   std::vector<calibration> const& calibrations, geometry const* caches) {
  const auto written = [](auto const& one) { return to_json(one); };
  return object({{"backends", array(backends, written)},
                 {"calibration", array(calibrations, written)},
                 {"cache", caches != nullptr ? to_json(*caches) : "null"}});
}

}  // namespace counters
