// Loops whose counts are known beforehand. Every backend has to count them right before anything
// that it says about a map is believed. A watched build compiles them with address checks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace harness::calibration::kernels {

/// Follows `steps` pointers, each load waiting for the one before it.
const void* chase(const void* start, std::size_t steps);

/// Reads all words in order.
std::uint64_t read_in_order(const std::uint64_t* words, std::size_t count);

/// Reads one word over and over.
std::uint64_t reread(const volatile std::uint64_t* word, std::size_t times);

/// Reads one word in each page, in an order without a pattern. `pages` is a power of two.
std::uint64_t read_pages(const std::byte* begin, std::size_t pages, std::size_t page_bytes);

/// Writes one byte in each page.
void touch_pages(volatile std::byte* begin, std::size_t pages, std::size_t page_bytes);

/// Takes a branch that nobody can predict, `times` over. Every other one is taken.
std::uint64_t guess(std::size_t times);

/// Two instructions each time; none where this processor's instructions are not known here.
void count_down(std::uint64_t times);
#if defined(__x86_64__) || defined(__aarch64__)
inline constexpr std::uint64_t instructions_a_count = 2;
#else
inline constexpr std::uint64_t instructions_a_count = 0;
#endif

}  // namespace harness::calibration::kernels
