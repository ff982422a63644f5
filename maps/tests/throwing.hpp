// Keys, values, functors and an allocator of which any step can be made to throw: the k-th
// from now on, whatever it is. A test repeats an operation with k = 1, 2, ... until it
// passes, and so visits every throw point without knowing any.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace map_test {

/// What is thrown, and the switch.
class fault {
 public:
  /// To be called by whatever may throw.
  static void chance() {
    ++chances_;
    if (left_ == 0 || --left_ != 0) return;
    ++thrown_;
    throw fault();
  }
  static std::size_t chances() noexcept { return chances_; }
  /// Also what was caught on its way and not reported.
  static std::size_t thrown() noexcept { return thrown_; }

  /// The k-th chance throws while this lives.
  class armed {
   public:
    explicit armed(std::size_t k) noexcept { left_ = k; }
    ~armed() { left_ = 0; }
    armed(const armed&) = delete;
    armed& operator=(const armed&) = delete;
  };

 private:
  static inline std::size_t left_ = 0;
  static inline std::size_t chances_ = 0;
  static inline std::size_t thrown_ = 0;
};

/// Runs `f` with its k-th chance armed; says whether it threw.
template <class F>
bool throws_at(std::size_t k, F f) {
  const fault::armed armed(k);
  try {
    f();
  } catch (const fault&) {
    return true;
  }
  return false;
}

enum class moving { never_throws, may_throw, only, only_and_may_throw };

constexpr bool copyable(moving m) { return m == moving::never_throws || m == moving::may_throw; }
constexpr bool move_throws(moving m) {
  return m == moving::may_throw || m == moving::only_and_may_throw;
}

/// How many payloads live, of all kinds, and how many were used that did not.
inline long live_payloads = 0;
inline long misused_payloads = 0;

/// A number that knows where it lives: bytes that were moved behind its back, a life ended
/// twice or never begun are noticed. Extra bytes make it too large for a cell.
template <moving M, std::size_t Extra = 0>
class payload {
 public:
  payload() : payload(0) {}
  payload(int id) : id_(id) {
    fault::chance();
    begin();
  }
  payload(const payload& other)
    requires(copyable(M))
      : id_(other.id()) {
    fault::chance();
    begin();
  }
  payload(payload&& other) noexcept(!move_throws(M)) : id_(other.id()) {
    if constexpr (move_throws(M)) fault::chance();
    other.id_ = moved_from;
    begin();
  }
  payload& operator=(const payload& other)
    requires(copyable(M))
  {
    fault::chance();
    id_ = other.id();
    return *this;
  }
  payload& operator=(payload&& other) noexcept(!move_throws(M)) {
    if constexpr (move_throws(M)) fault::chance();
    id_ = std::exchange(other.id_, other.id_ == id_ && this == &other ? id_ : moved_from);
    return *this;
  }
  ~payload() {
    id();
    self_ = nullptr;
    --live_payloads;
  }

  static constexpr int moved_from = -1;

  int id() const {
    misused_payloads += self_ != this;
    return id_;
  }

 private:
  void begin() noexcept {
    self_ = this;
    ++live_payloads;
  }

  int id_;
  const payload* self_ = nullptr;
  [[maybe_unused]] std::array<char, Extra + 1> extra_{};
};

/// The chain is the low half of the number, so that a test decides where keys meet.
constexpr int in_chain(int chain, int serial) { return serial * 0x10000 + chain; }

struct payload_hash {
  template <class Key>
  std::uint64_t operator()(const Key& key, std::uint32_t) const {
    fault::chance();
    const auto id = static_cast<std::uint64_t>(key.id());
    return (id & 0xffff) | (id >> 16) * 41 << 56;
  }
};

struct payload_equal {
  template <class Key>
  bool operator()(const Key& a, const Key& b) const {
    fault::chance();
    return a.id() == b.id();
  }
};

/// How many bytes all fault_allocators have given and not got back.
inline std::size_t bytes_outside = 0;

template <class T>
struct fault_allocator {
  using value_type = T;

  fault_allocator() = default;
  template <class U>
  fault_allocator(const fault_allocator<U>&) noexcept {}

  T* allocate(std::size_t n) {
    fault::chance();
    bytes_outside += n * sizeof(T);
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* p, std::size_t n) noexcept {
    bytes_outside -= n * sizeof(T);
    std::allocator<T>().deallocate(p, n);
  }
  template <class U>
  bool operator==(const fault_allocator<U>&) const noexcept {
    return true;
  }
};

}  // namespace map_test
