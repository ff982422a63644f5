#include "harness/calibration/kernels.hpp"

namespace harness::calibration::kernels {

const void* chase(const void* start, std::size_t steps) {
  for (; steps > 0; --steps) start = *static_cast<const void* const*>(start);
  return start;
}

std::uint64_t read_in_order(const std::uint64_t* words, std::size_t count) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += words[i];
  return sum;
}

std::uint64_t reread(const volatile std::uint64_t* word, std::size_t times) {
  std::uint64_t sum = 0;
  for (; times > 0; --times) sum += *word;
  return sum;
}

std::uint64_t read_pages(const std::byte* begin, std::size_t pages, std::size_t page_bytes) {
  std::uint64_t sum = 0;
  std::size_t page = 1;
  for (std::size_t left = pages; left > 0; --left) {
    // Of full period modulo a power of two, so that no pointers have to lie in the pages.
    page = (page * 0x5851F42D4C957F2D + 0x14057B7EF767814F) & (pages - 1);
    // Another line in each page: all in the same set of the cache would be a different test.
    sum += std::to_integer<std::uint64_t>(begin[page * page_bytes + (page * 64) % page_bytes]);
  }
  return sum;
}

// A sanitizer's shadow would be touched as well, and be faults of its own.
[[gnu::no_sanitize("address")]] void touch_pages(volatile std::byte* begin, std::size_t pages,
                                                 std::size_t page_bytes) {
  for (std::size_t page = 0; page < pages; ++page) begin[page * page_bytes] = std::byte{1};
}

std::uint64_t guess(std::size_t times) {
  std::uint64_t state = 1, taken = 0;
  for (; times > 0; --times) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    // The empty statement in the branch keeps it a branch.
    if ((state >> 40) & 1) {
      ++taken;
      __asm__ volatile("" : "+r"(taken));
    }
  }
  return taken;
}

void count_down([[maybe_unused]] std::uint64_t times) {
#if defined(__x86_64__)
  __asm__ volatile("1: subq $1, %0\n\tjnz 1b" : "+r"(times) : : "cc");
#elif defined(__aarch64__)
  __asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(times) : : "cc");
#endif
}

}  // namespace harness::calibration::kernels
