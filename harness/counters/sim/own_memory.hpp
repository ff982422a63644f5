// Memory for the simulator itself, straight from the kernel: were it on the heap, it would move
// the tables that are being looked at.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <new>

#include <sys/mman.h>

namespace counters::sim {

class own_memory final : public std::pmr::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t) override {
    void* memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    return memory;
  }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t) override {
    munmap(memory, bytes);
  }
  bool do_is_equal(memory_resource const& other) const noexcept override { return this == &other; }
};

}  // namespace counters::sim
