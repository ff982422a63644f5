// Code that reaches every call of the observer.
#include <cstdint>
#include <string>

#include "hmap/map.hpp"

template class hmap::map<std::uint64_t, std::uint64_t>;
template class hmap::paired_map<std::string, std::string>;

std::uint64_t use(hmap::map<std::uint64_t, std::uint64_t>& m, std::uint64_t key) {
  m[key] = 1;
  m.try_emplace(key + 1, key);
  m.erase(key + 2);
  m.reserve(key);
  m.clear();
  return m.size();
}

std::size_t use(hmap::paired_map<std::string, std::string>& m, const std::string& key) {
  m[key] = key;
  m.insert_or_assign(key, key);
  m.erase(key);
  return m.size();
}
