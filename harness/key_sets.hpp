// Key sets by name, and from files: what --keys and --key-lines mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workloads/key_set.hpp"

namespace harness {

inline constexpr std::string_view random_keys = "random";

/// The sets that need no file.
std::vector<std::string_view> key_set_names();

/// The set of that name; with a file, the set of its lines, whatever the name. Throws usage_error
/// for an unknown name, and for a file that cannot be read, has less than 30 lines, or a line
/// twice.
workloads::key_set key_set_named(const std::string& name, const std::string& lines);

/// Whether these are keys of that type: strings alone are UUIDs or lines, and only strings.
bool fits(const workloads::key_set& keys, std::string_view key_type);

}  // namespace harness
