// The key pool: which ids are in the table, which are certainly not, and which may come later, and
// the keys and values that belong to them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "workloads/key_set.hpp"
#include "workloads/payload.hpp"
#include "workloads/random.hpp"

namespace workloads {

/// Three disjoint streams of ids, of a key set. No id occurs twice for any seed, and nothing has to
/// be stored.
class key_pool {
 public:
  key_pool(std::size_t n, std::uint64_t seed, key_set keys = {}) noexcept
      : n_(n), origin_(scramble(seed)), keys_(keys) {}

  /// The same streams, for tables of another size.
  key_pool(std::size_t n, const key_pool& other) noexcept
      : n_(n), origin_(other.origin_), keys_(other.keys_) {}

  /// Entries in one full table.
  std::size_t size() const noexcept { return n_; }
  const key_set& keys() const noexcept { return keys_; }

  std::uint64_t present(std::uint64_t i) const noexcept {
    return keys_.id(stream::present, i, origin_);
  }
  std::uint64_t absent(std::uint64_t i) const noexcept {
    return keys_.id(stream::absent, i, origin_);
  }
  std::uint64_t spare(std::uint64_t i) const noexcept {
    return keys_.id(stream::spare, i, origin_);
  }

  /// Any key that is not there.
  std::uint64_t any_absent(random_source& random) const noexcept {
    return absent(random.below(keys_.absent_keys(n_)));
  }

  /// The id of the value that belongs to a key.
  static std::uint64_t value_id(std::uint64_t key_id) noexcept {
    return scramble(key_id ^ golden_ratio);
  }

  template <class Key>
  void encode(std::uint64_t id, Key& key) const {
    keys_.encode(id, key);
  }

  template <class Payload>
  void encode(std::uint64_t id, entry<Payload>& out) const {
    keys_.encode(id, out.key);
    workloads::encode(value_id(id), out.value);
  }

  template <class Payload>
  std::uint64_t entry_digest(std::uint64_t id) const {
    return combined_digest(keys_.digest_of<key_of<Payload>>(id),
                           digest_of<value_of<Payload>>(value_id(id)));
  }

 private:
  std::size_t n_;
  std::uint64_t origin_;
  key_set keys_;
};

template <class Payload>
std::uint64_t value_digest(std::uint64_t id) noexcept {
  return digest_of<value_of<Payload>>(key_pool::value_id(id));
}

/// Mean bytes of key and value over (a large sample of) the present entries.
template <class Payload>
double mean_payload_bytes(const key_pool& pool) {
  constexpr std::size_t sample = 1 << 14;
  const std::size_t count = std::min(pool.size(), sample);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t id = pool.present(i);
    bytes += pool.keys().bytes_of<key_of<Payload>>(id);
    bytes += bytes_of_encoded<value_of<Payload>>(key_pool::value_id(id));
  }
  return static_cast<double>(bytes) / static_cast<double>(count);
}

}  // namespace workloads
