// What the fuzz targets have in common: the bytes of an input, keys from it whose bucket and
// fingerprint it chooses, and what ends the program when something is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace map_test {

using fuzz_key = std::uint16_t;

/// The input decides which keys share a bucket and which a fingerprint (hmap's tophash, steady's
/// tag).
struct plain_hash {
  std::uint64_t operator()(fuzz_key key, std::uint32_t) const noexcept {
    return (key & 0xff) | std::uint64_t{key} >> 8 << 56;
  }
};

inline void require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz target: %s\n", what.c_str());
  std::abort();
}

class fuzz_input {
 public:
  fuzz_input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool more() const { return size_ > 0; }
  std::uint8_t byte() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  fuzz_key key() {
    const unsigned bucket = byte();
    return static_cast<fuzz_key>(bucket | unsigned{byte()} << 8);
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

}  // namespace map_test
