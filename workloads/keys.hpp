// The key pool: which ids are in the table, which are certainly not, and which may come later.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "workloads/payload.hpp"
#include "workloads/random.hpp"

namespace workloads {

/// Three disjoint streams of ids. A counter starts at a place of its own for each stream and is
/// scrambled by a bijection, so no id occurs twice for any seed, and nothing has to be stored.
class key_pool {
 public:
  key_pool(std::size_t n, std::uint64_t seed) noexcept : n_(n), origin_(scramble(seed)) {}

  /// The same streams, for tables of another size.
  key_pool(std::size_t n, const key_pool& other) noexcept : n_(n), origin_(other.origin_) {}

  /// Entries in one full table.
  std::size_t size() const noexcept { return n_; }

  std::uint64_t present(std::uint64_t i) const noexcept { return scramble(origin_ + i); }
  std::uint64_t absent(std::uint64_t i) const noexcept { return present(i + (1ULL << 62)); }
  std::uint64_t spare(std::uint64_t i) const noexcept { return present(i + (1ULL << 63)); }

  /// The id of the value that belongs to a key.
  static std::uint64_t value_id(std::uint64_t key_id) noexcept {
    return scramble(key_id ^ golden_ratio);
  }

 private:
  std::size_t n_;
  std::uint64_t origin_;
};

template <class Payload>
void encode(std::uint64_t id, entry<Payload>& out) {
  encode(id, out.key);
  encode(key_pool::value_id(id), out.value);
}

template <class Payload>
std::uint64_t value_digest(std::uint64_t id) noexcept {
  return digest_of<value_of<Payload>>(key_pool::value_id(id));
}

template <class Payload>
std::uint64_t entry_digest(std::uint64_t id) noexcept {
  return combined_digest(digest_of<key_of<Payload>>(id), value_digest<Payload>(id));
}

/// Mean bytes of key and value over (a large sample of) the present entries.
template <class Payload>
double mean_payload_bytes(const key_pool& pool) {
  constexpr std::size_t sample = 1 << 14;
  const std::size_t count = std::min(pool.size(), sample);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t id = pool.present(i);
    bytes += bytes_of_encoded<key_of<Payload>>(id);
    bytes += bytes_of_encoded<value_of<Payload>>(key_pool::value_id(id));
  }
  return static_cast<double>(bytes) / static_cast<double>(count);
}

}  // namespace workloads
