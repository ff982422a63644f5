// An atomic view of an object that is not atomic itself: std::atomic_ref, and the same from the
// compiler's builtins where the library lacks it (libc++ before version 19).
#pragma once

#include <atomic>

namespace hmap::detail {

#if defined(__cpp_lib_atomic_ref)

template <class T>
using atomic_view = std::atomic_ref<T>;

#else

template <class T>
class atomic_view {
 public:
  explicit atomic_view(T& object) noexcept : object_(&object) {}

  T load(std::memory_order order) const noexcept {
    return __atomic_load_n(object_, static_cast<int>(order));
  }
  void store(T value, std::memory_order order) const noexcept {
    __atomic_store_n(object_, value, static_cast<int>(order));
  }
  T fetch_or(T bits, std::memory_order order) const noexcept {
    return __atomic_fetch_or(object_, bits, static_cast<int>(order));
  }
  /// The failing load is an acquire: what is read then was written by the winner.
  bool compare_exchange_strong(T& expected, T desired, std::memory_order order) const noexcept {
    return __atomic_compare_exchange_n(object_, &expected, desired, false,
                                       static_cast<int>(order), __ATOMIC_ACQUIRE);
  }

 private:
  T* object_;
};

#endif

}  // namespace hmap::detail
