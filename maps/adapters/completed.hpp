// What a library's map lacks of the interface that all maps are measured through, in terms of what
// it has: each is one call of the map's own, so that nothing is measured twice.
#pragma once

#include <type_traits>
#include <utility>

namespace maps {

/// `Base` with contains(key), try_emplace(key, value) and insert_or_assign(key, value), where the
/// library has emplace() or takes the value of an assignment only as one that can be moved.
template <class Base, class Key, class Value>
class completed : public Base {
 public:
  completed() =
      default;  // else it is an aggregate, whose base must not have an explicit constructor

  bool contains(const Key& key) const { return this->find(key) != this->end(); }

  auto try_emplace(const Key& key, const Value& value) {
    if constexpr (requires(Base& base) { base.try_emplace(key, value); }) {
      return Base::try_emplace(key, value);
    } else {
      return Base::emplace(key, value);
    }
  }

  auto insert_or_assign(const Key& key, const Value& value) {
    if constexpr (requires(Base& base) { base.insert_or_assign(key, value); }) {
      return Base::insert_or_assign(key, value);
    } else {
      return Base::insert_or_assign(key, Value(value));
    }
  }
};

}  // namespace maps
