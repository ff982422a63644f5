// JSON: nlohmann's, with members in the order in which they are written. A number that is not
// finite becomes null.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace harness {

using json = nlohmann::ordered_json;

/// As one line. Bytes that are no UTF-8 (in a processor's name, say) become U+FFFD.
inline std::string to_line(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The array of what `convert` makes of each item.
template <class Items, class Convert>
json array_of(const Items& items, Convert convert) {
  json all = json::array();
  for (const auto& item : items) all.push_back(convert(item));
  return all;
}

/// The text, or null where there is none.
inline json text_or_null(std::string_view text) { return text.empty() ? json() : json(text); }

}  // namespace harness
