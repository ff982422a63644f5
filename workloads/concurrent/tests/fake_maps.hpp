// A concurrent map that is right, and ones that are wrong in one way each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "workloads/hash.hpp"

namespace fakes {

enum class fault : std::uint8_t { none, loses_inserts, keeps_erased, wrong_value, skips_entry };

/// One in so many operations goes wrong.
inline constexpr std::size_t now_and_then = 97;

template <class Key, class Value, fault Fault = fault::none>
class map {
 public:
  template <class F>
  bool visit(const Key& key, F&& f) {
    const std::lock_guard lock(mu_);
    const auto at = entries_.find(key);
    if (at == entries_.end()) return false;
    f(Fault == fault::wrong_value && fails() ? Value{} : at->second);
    return true;
  }

  bool insert(const Key& key, const Value& value) {
    const std::lock_guard lock(mu_);
    if (Fault == fault::loses_inserts && fails()) return entries_.count(key) == 0;
    return entries_.try_emplace(key, value).second;
  }

  void store(const Key& key, const Value& value) {
    const std::lock_guard lock(mu_);
    entries_.insert_or_assign(key, value);
  }

  bool erase(const Key& key) {
    const std::lock_guard lock(mu_);
    if (Fault == fault::keeps_erased && fails()) return entries_.count(key) != 0;
    return entries_.erase(key) != 0;
  }

  bool compare_and_swap(const Key& key, const Value& old_value, const Value& new_value) {
    const std::lock_guard lock(mu_);
    const auto at = entries_.find(key);
    if (at == entries_.end() || !(at->second == old_value)) return false;
    at->second = new_value;
    return true;
  }

  template <class F>
  void for_each(F&& f) {
    const std::lock_guard lock(mu_);
    for (const auto& [key, value] : entries_) {
      if (Fault == fault::skips_entry && fails()) continue;
      f(key, value);
    }
  }

 private:
  bool fails() noexcept { return ++calls_ % now_and_then == 0; }

  std::mutex mu_;
  std::size_t calls_ = 0;
  std::unordered_map<Key, Value, workloads::shared_hash> entries_;
};

}  // namespace fakes
