// Keys and values of the traces, made from their ids and turned back into them. The same
// rules as in tools/go_trace/payload.go. Every object follows from its id alone, so
// id_of() can check the whole object.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>

#include "common/random.hpp"
#include "golden_trace.hpp"

namespace hmap_test {

template <std::size_t Size>
using byte_array = std::array<unsigned char, Size>;

template <class T>
struct codec;

template <>
struct codec<std::int64_t> {
  static constexpr const char* name = "int64";
  static std::int64_t make(std::uint64_t id) { return static_cast<std::int64_t>(id); }
  static std::uint64_t id_of(std::int64_t v) { return static_cast<std::uint64_t>(v); }
};

template <>
struct codec<std::int32_t> {
  static constexpr const char* name = "int32";
  static std::int32_t make(std::uint64_t id) { return static_cast<std::int32_t>(id); }
  static std::uint64_t id_of(std::int32_t v) { return static_cast<std::uint32_t>(v); }
};

template <>
struct codec<double> {
  static constexpr const char* name = "float64";
  static double make(std::uint64_t id) { return std::bit_cast<double>(id); }
  static std::uint64_t id_of(double v) { return std::bit_cast<std::uint64_t>(v); }
};

template <>
struct codec<std::string> {
  static constexpr const char* name = "string";
  static std::string make(std::uint64_t id) {
    return std::to_string(id) + std::string(id * 7 % 48, 'x');
  }
  static std::uint64_t id_of(const std::string& v) {
    const auto digits = v.substr(0, v.find('x'));
    const auto id = trace_line::number<std::uint64_t>(digits, 10);
    if (make(id) != v) throw trace_error("damaged string " + v);
    return id;
  }
};

template <std::size_t Size>
struct codec<byte_array<Size>> {
  static constexpr const char* name = Size == 128 ? "bytes128" : "bytes129";
  static byte_array<Size> make(std::uint64_t id) {
    byte_array<Size> bytes;
    for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(id >> (8 * i));
    std::uint64_t state = id;
    for (std::size_t i = 8; i < Size; ++i) {
      bytes[i] = static_cast<unsigned char>(maps::common::splitmix64(state));
    }
    return bytes;
  }
  static std::uint64_t id_of(const byte_array<Size>& bytes) {
    std::uint64_t id = 0;
    for (unsigned i = 0; i < 8; ++i) id |= std::uint64_t{bytes[i]} << (8 * i);
    if (make(id) != bytes) throw trace_error("damaged bytes of id " + std::to_string(id));
    return id;
  }
};

}  // namespace hmap_test
