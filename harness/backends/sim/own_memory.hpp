// Memory for the simulator itself, straight from the kernel: were it on the heap, it would move
// the tables that are being looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>

#include <sys/mman.h>

namespace harness::backends::sim {

class own_memory final : public std::pmr::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t) override {
    // Large pages for large tables: they are read at random, and a page walk costs more than a
    // miss.
    const std::size_t room = rounded(bytes), spare = room < huge ? 0 : huge;
    void* memory =
        mmap(nullptr, room + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    if (spare == 0) return memory;
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t aligned = (begin + huge - 1) / huge * huge;
    if (aligned != begin) munmap(memory, aligned - begin);
    if (aligned + room != begin + room + spare) {
      munmap(reinterpret_cast<void*>(aligned + room), begin + spare - aligned);
    }
    madvise(reinterpret_cast<void*>(aligned), room,
            MADV_HUGEPAGE);  // a wish; speed is all it is for
    return reinterpret_cast<void*>(aligned);
  }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t) override {
    munmap(memory, rounded(bytes));
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  static constexpr std::size_t huge = std::size_t{2} << 20, page = 4096;
  static std::size_t rounded(std::size_t bytes) noexcept {
    const std::size_t unit = bytes < huge ? page : huge;
    return (bytes + unit - 1) / unit * unit;
  }
};

}  // namespace harness::backends::sim
