#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

namespace adapters {

// Not named like its file: within a class of that name the standard library would be `::std`.
struct std_unordered {
  static constexpr std::string_view name = "std", title = "std::unordered_map";

  static std::string version() {
#if defined(_LIBCPP_VERSION)
    return "libc++ " + std::to_string(_LIBCPP_VERSION);
#else
    return "libstdc++ " + std::to_string(_GLIBCXX_RELEASE);
#endif
  }

  template <class Key, class Value, class Hash>
  using map = std::unordered_map<Key, Value, Hash>;

  template <class Key, class Value>
  using map_own_hash = std::unordered_map<Key, Value>;

  static constexpr std::string_view no_slots =
      "it follows a list from node to node and passes no empty slot";
};

}  // namespace adapters
