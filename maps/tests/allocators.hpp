// Allocators that keep books: whatever a table takes must come back to where it came from,
// in one piece.
#pragma once

#include <cstddef>
#include <map>
#include <new>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#if __has_include(<memory_resource>)  // libc++ has it from version 16 on
#include <memory_resource>
#endif

namespace map_test {

/// The books of one source of memory. Fails the test if a block comes back that it did not
/// give, or with another size, and if any is missing at the end.
class ledger {
 public:
  ledger() = default;
  ledger(const ledger&) = delete;
  ledger& operator=(const ledger&) = delete;
  ~ledger() { EXPECT_TRUE(blocks_.empty()) << blocks_.size() << " blocks never came back"; }

  void* take(std::size_t bytes, std::size_t alignment) {
    if (left_ == 0) throw std::bad_alloc();
    --left_;
    void* p = ::operator new(bytes, std::align_val_t{alignment});
    blocks_.emplace(p, bytes);
    ++allocations_;
    return p;
  }
  void give_back(void* p, std::size_t bytes, std::size_t alignment) noexcept {
    const auto block = blocks_.find(p);
    if (block == blocks_.end()) {
      ADD_FAILURE() << "a block came back to a source that did not give it";
      return;
    }
    EXPECT_EQ(block->second, bytes) << "a block came back with another size";
    blocks_.erase(block);
    ::operator delete(p, std::align_val_t{alignment});
  }

  std::size_t allocations() const noexcept { return allocations_; }
  std::size_t blocks() const noexcept { return blocks_.size(); }
  /// From now on every request fails, or is served again.
  void refuse(bool yes) noexcept { left_ = yes ? 0 : unlimited; }
  /// Serves n more requests.
  void refuse_after(std::size_t n) noexcept { left_ = n; }

 private:
  static constexpr std::size_t unlimited = ~std::size_t{0};

  std::map<void*, std::size_t> blocks_;
  std::size_t allocations_ = 0;
  std::size_t left_ = unlimited;
};

/// What an allocator says about itself when containers are copied, moved and swapped.
template <bool Copy, bool Move, bool Swap>
struct propagation {
  using propagate_on_container_copy_assignment = std::bool_constant<Copy>;
  using propagate_on_container_move_assignment = std::bool_constant<Move>;
  using propagate_on_container_swap = std::bool_constant<Swap>;
};

/// An allocator that writes into a ledger; two are equal if they share it. It has no default
/// constructor: a container must never invent one.
template <class T, class Propagation = propagation<false, false, false>>
class ledger_allocator : public Propagation {
 public:
  using value_type = T;
  using is_always_equal = std::false_type;
  template <class U>
  struct rebind {
    using other = ledger_allocator<U, Propagation>;
  };

  explicit ledger_allocator(ledger& books, ledger* for_copies = nullptr) noexcept
      : books_(&books), for_copies_(for_copies) {}
  template <class U>
  ledger_allocator(const ledger_allocator<U, Propagation>& other) noexcept
      : books_(&other.books()), for_copies_(other.for_copies()) {}

  T* allocate(std::size_t n) { return static_cast<T*>(books_->take(n * sizeof(T), alignof(T))); }
  void deallocate(T* p, std::size_t n) noexcept { books_->give_back(p, n * sizeof(T), alignof(T)); }
  /// A copy of the container takes its memory elsewhere, if so wished.
  ledger_allocator select_on_container_copy_construction() const {
    return for_copies_ ? ledger_allocator(*for_copies_) : *this;
  }

  ledger& books() const noexcept { return *books_; }
  ledger* for_copies() const noexcept { return for_copies_; }
  template <class U>
  bool operator==(const ledger_allocator<U, Propagation>& other) const noexcept {
    return books_ == &other.books();
  }

 private:
  ledger* books_;
  ledger* for_copies_;
};

#if defined(__cpp_lib_memory_resource)
/// A ledger as a memory resource.
class counting_resource : public std::pmr::memory_resource {
 public:
  std::size_t allocations() const noexcept { return books_.allocations(); }
  std::size_t blocks() const noexcept { return books_.blocks(); }
  void refuse(bool yes) noexcept { books_.refuse(yes); }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    return books_.take(bytes, alignment);
  }
  void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override {
    books_.give_back(p, bytes, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  ledger books_;
};

/// Makes a resource the default one for as long as it lives.
class default_resource_is {
 public:
  explicit default_resource_is(std::pmr::memory_resource* resource)
      : before_(std::pmr::set_default_resource(resource)) {}
  ~default_resource_is() { std::pmr::set_default_resource(before_); }
  default_resource_is(const default_resource_is&) = delete;
  default_resource_is& operator=(const default_resource_is&) = delete;

 private:
  std::pmr::memory_resource* before_;
};
#endif

}  // namespace map_test
