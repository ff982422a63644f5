#include "harness/describe.hpp"

#include <array>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "mapscope/build_info.hpp"

namespace harness {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 7> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
      out += code.data();
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
  return out;
}

/// What `write` makes of each item, with commas between.
template <class Items, class Write>
std::string list(char open, Items const& items, char close, Write write) {
  std::string out(1, open);
  for (auto const& item : items) {
    if (out.size() > 1) out += ", ";
    out += write(item);
  }
  out += close;
  return out;
}

template <class Items, class Write>
std::string array(Items const& items, Write write) {
  return list('[', items, ']', write);
}

/// Members whose values are JSON already.
std::string object(std::initializer_list<std::pair<std::string_view, std::string>> members) {
  return list('{', members, '}', [](auto const& member) {
    return quoted(member.first).append(": ").append(member.second);
  });
}

std::string to_json(workload_info const& item) {
  return object({{"name", quoted(item.name)},
                 {"summary", quoted(item.summary)},
                 {"operation", quoted(item.operation)}});
}

std::string to_json(payload_part const& part) {
  return object({{"name", quoted(part.info.name)},
                 {"key", quoted(part.info.key)},
                 {"value", quoted(part.info.value)}});
}

}  // namespace

void describe(std::ostream& out, catalogue const& known) {
  const auto json = [](auto const& item) { return to_json(item); };
  const auto version = [](auto const& library) {
    return quoted(library.first).append(": ").append(quoted(library.second));
  };
  out << object({{"map", quoted(known.map.name)},
                 {"title", quoted(known.map.title)},
                 {"version", quoted(known.map.version)},
                 {"library", quoted(known.map.library)},
                 {"header", quoted(known.map.header)},
                 {"has_own_hash", known.map.has_own_hash ? "true" : "false"},
                 {"workloads", array(known.workloads, json)},
                 {"payloads", array(known.payloads, json)},
                 {"hashes", array(known.hashes, quoted)},
                 {"compiler", quoted(build_info::compiler)},
                 {"flags", quoted(build_info::flags)},
                 {"build_type", quoted(build_info::build_type)},
                 {"libraries", list('{', build_info::libraries, '}', version)}})
      << '\n';
}

}  // namespace harness
