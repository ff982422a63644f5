// The memory that the passes of a growth study use: shared between processes, or private with its
// pages already there; and how much memory a process and the machine have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace harness::growth {

/// Memory that children share with their parent; zero at first. Throws std::bad_alloc.
class shared_memory {
 public:
  /// For children that are forked. It is no file: a file-size limit does not apply.
  explicit shared_memory(std::size_t bytes);
  /// For a program that is run anew, which gets the descriptor. Throws std::runtime_error where
  /// files may not be so large (ulimit -f).
  static shared_memory to_pass_on(std::size_t bytes);
  /// What another process made, by the descriptor it has passed on.
  shared_memory(int descriptor, std::size_t bytes);
  ~shared_memory();
  shared_memory(const shared_memory&) = delete;
  shared_memory& operator=(const shared_memory&) = delete;

  void* data() const noexcept { return data_; }
  /// Stays open across exec; -1 where there is none.
  int descriptor() const noexcept { return descriptor_; }

  template <class T>
  std::span<T> as() const noexcept {
    return {static_cast<T*>(data_), bytes_ / sizeof(T)};
  }

 private:
  std::size_t bytes_;
  int descriptor_;
  void* data_;
};

/// Private memory with its pages in place; 0 at first.
class ready_memory {
 public:
  explicit ready_memory(std::size_t bytes);
  ~ready_memory();
  ready_memory(const ready_memory&) = delete;
  ready_memory& operator=(const ready_memory&) = delete;
  template <class T>
  std::span<T> as() const noexcept {
    return {static_cast<T*>(data_), bytes_ / sizeof(T)};
  }

 private:
  std::size_t bytes_;
  void* data_;
};

/// Bytes this process has resident now, at most so far, and in huge pages.
struct residence {
  std::uint64_t now, peak, huge;
};
residence measure_residence();

/// Bytes that can be had without swapping, by the kernel's own estimate; 0 if it makes none.
std::uint64_t available_memory();

}  // namespace harness::growth
