#include "harness/counting/counting_report.hpp"

#include <optional>

#include "harness/json.hpp"

namespace harness {
namespace {

json number_or_null(const std::optional<double>& value) { return value ? json(*value) : json(); }

json json_of(const backends::event& one) {
  return {{"name", one.name},
          {"native", one.native},
          {"available", one.reason.empty()},
          {"reason", text_or_null(one.reason)}};
}

json json_of(const backends::capabilities& one) {
  return {{"name", one.name},
          {"available", one.reason.empty()},
          {"reason", text_or_null(one.reason)},
          {"version", one.version},
          {"label", one.label},
          {"events", array_of(one.events, [](const auto& event) { return json_of(event); })}};
}

json json_of(const calibration::result& one) {
  return {{"backend", one.backend},
          {"kernel", one.kernel},
          {"event", one.event},
          {"relation", one.relation},
          {"expected", one.expected},
          {"steps", one.steps},
          {"read", number_or_null(one.read)},
          {"error", number_or_null(one.error)},
          {"accepted", one.read ? json(one.accepted) : json()}};
}

json json_of(const backends::geometry& caches) {
  json levels = json::array(), tlbs = json::array();
  for (const auto& one : caches.caches) {
    levels.push_back({{"level", levels.size() + 1},
                      {"bytes", one.bytes},
                      {"ways", one.ways},
                      {"line_bytes", caches.line}});
  }
  for (const auto& one : caches.tlbs) {
    tlbs.push_back({{"level", tlbs.size() + 1},
                    {"entries", one.entries},
                    {"ways", one.ways},
                    {"page_bytes", caches.page}});
  }
  return {{"name", caches.name}, {"source", caches.source}, {"levels", levels}, {"tlbs", tlbs}};
}

}  // namespace

std::string counting_report(const std::vector<backends::capabilities>& found,
                            const std::vector<calibration::result>& calibrations,
                            const backends::geometry* caches) {
  const auto convert = [](const auto& one) { return json_of(one); };
  return to_line({{"backends", array_of(found, convert)},
                  {"calibration", array_of(calibrations, convert)},
                  {"cache", caches != nullptr ? json_of(*caches) : json()}});
}

}  // namespace harness
