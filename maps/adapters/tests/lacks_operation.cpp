// Compiled without -DLACKS_..., this is a map; with it, the compiler must say what is missing.
#include <cstdint>
#include <unordered_map>

#include "maps/adapters/concept.hpp"

namespace {

using key = std::uint64_t;
using value = std::uint64_t;

/// Each operation on its own, so that leaving one out leaves the others alone.
class map {
  using base = std::unordered_map<key, value>;
  base base_;

 public:
#ifdef LACKS_default_constructor
  map() = delete;
#endif
#ifndef LACKS_size
  std::size_t size() const { return base_.size(); }
#endif
#ifndef LACKS_reserve
  void reserve(std::size_t n) { base_.reserve(n); }
#endif
#ifndef LACKS_clear
  void clear() { base_.clear(); }
#endif
#ifndef LACKS_find
  base::const_iterator find(const key& k) const { return base_.find(k); }
#endif
#ifndef LACKS_contains
  bool contains(const key& k) const { return base_.contains(k); }
#endif
#ifndef LACKS_try_emplace
  auto try_emplace(const key& k, const value& v) { return base_.try_emplace(k, v); }
#endif
#ifndef LACKS_insert_or_assign
  auto insert_or_assign(const key& k, const value& v) { return base_.insert_or_assign(k, v); }
#endif
#ifndef LACKS_subscript
  value& operator[](const key& k) { return base_[k]; }
#endif
#ifndef LACKS_erase
  std::size_t erase(const key& k) { return base_.erase(k); }
#endif
#ifndef LACKS_iteration
  base::const_iterator begin() const { return base_.begin(); }
#endif
  base::const_iterator end() const { return base_.end(); }
};

static_assert(maps::require_map<map, key, value>());

}  // namespace
