// Key sets: which keys a table has. A number (which stream, which of its keys) becomes an id, and
// an id becomes a key.
//
//   random        64 scrambled bits; of strings, an id and letters (payload.hpp)
//   sequential    one after the other, from a start
//   low_masked    44 scrambled bits, the 20 low ones 0
//   high_masked   44 scrambled bits, the 20 high ones 0
//   strided       multiples of 4096, one after the other, as addresses of pages are
//   bits32        32 scrambled bits
//   uuid          strings: 36 characters, version 4
//   words, paths  strings: the lines of a file; beyond it, the same lines with a number
//
// The streams of a pool (present, absent, spare) are disjoint in every set: the two highest bits of
// what is scrambled are the stream, and scrambling is a bijection. Costs: a few multiplications an
// id; nothing is stored but the lines.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workloads/payload.hpp"
#include "workloads/random.hpp"

namespace workloads {

enum class key_shape : std::uint8_t {
  random,
  sequential,
  low_masked,
  high_masked,
  strided,
  bits32,
  uuid,
  lines
};

enum class stream : std::uint8_t { present = 0, absent = 1, spare = 2 };

/// A bijection on the numbers below 2^bits, one for each seed.
constexpr std::uint64_t scramble_within(std::uint64_t number, unsigned bits,
                                        std::uint64_t seed) noexcept {
  const std::uint64_t mask = ~std::uint64_t{0} >> (64 - bits);
  const unsigned shift = (bits + 1) / 2;
  for (unsigned round = 0; round < 3; ++round) {
    number = (number ^ random_source::nth(seed, round)) & mask;
    number = (number * 0xD6E8FEB86659FD93) & mask;
    number ^= number >> shift;
  }
  return number;
}

/// The lines of a text, each of them different, and what a line is called when it is needed again.
class line_list {
 public:
  explicit line_list(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  std::size_t size() const noexcept { return lines_.size(); }

  /// The text of an id: line id % size(), with "~" and a number when it comes again.
  void encode(std::uint64_t id, std::string& out) const {
    out = lines_[id % lines_.size()];
    if (const std::uint64_t again = id / lines_.size(); again > 0) {
      out += mark;
      out += std::to_string(again);
    }
  }

  static constexpr char mark = '~';

 private:
  std::vector<std::string> lines_;
};

class key_set {
 public:
  constexpr key_set() = default;
  constexpr explicit key_set(key_shape shape) noexcept : shape_(shape) {}
  /// The lines must outlive the set.
  explicit key_set(const line_list& lines) noexcept : shape_(key_shape::lines), lines_(&lines) {}

  key_shape shape() const noexcept { return shape_; }

  /// How many keys a stream has.
  std::uint64_t keys() const noexcept {
    switch (shape_) {
      case key_shape::bits32: return std::uint64_t{1} << 30;
      case key_shape::low_masked:
      case key_shape::high_masked: return std::uint64_t{1} << 42;
      case key_shape::strided: return std::uint64_t{1} << 49;
      default: return std::uint64_t{1} << 56;
    }
  }

  /// Of how many keys of a stream one is drawn that shall be absent, for tables of n entries: of
  /// lines as many as there are, lest most of them have a number.
  std::uint64_t absent_keys(std::size_t n) const noexcept {
    if (shape_ == key_shape::lines) return std::max<std::uint64_t>(lines_->size() / 3, n);
    return keys();
  }

  /// The id of key i of a stream, i below keys(). `origin` is drawn from a seed.
  std::uint64_t id(stream from, std::uint64_t i, std::uint64_t origin) const noexcept {
    const auto which = static_cast<std::uint64_t>(from);
    switch (shape_) {
      case key_shape::random:
      case key_shape::uuid: return scramble(origin + i + (which << 62));
      case key_shape::sequential: return (origin >> 32) + i + (which << 62);
      case key_shape::strided: return ((origin >> 40) + i + (which << 50)) << 12;
      case key_shape::low_masked: return scrambled(which, i, 44, origin) << 20;
      case key_shape::high_masked: return scrambled(which, i, 44, origin);
      case key_shape::bits32: return scrambled(which, i, 32, origin);
      case key_shape::lines: return line(which, i, origin);
    }
    return 0;
  }

  void encode(std::uint64_t id, std::uint64_t& out) const noexcept { out = id; }

  void encode(std::uint64_t id, std::string& out) const {
    switch (shape_) {
      case key_shape::uuid: encode_uuid(id, out); break;
      case key_shape::lines: lines_->encode(id, out); break;
      default: workloads::encode(id, out);
    }
  }

  /// The digest of the key of an id.
  template <class Key>
  std::uint64_t digest_of(std::uint64_t id) const {
    if constexpr (std::same_as<Key, std::string>) {
      if (shape_ == key_shape::uuid || shape_ == key_shape::lines) return digest(text_of(id));
    }
    return workloads::digest_of<Key>(id);
  }

  /// Bytes of the key of an id: the object and its heap block, if it has one.
  template <class Key>
  std::size_t bytes_of(std::uint64_t id) const {
    if constexpr (std::same_as<Key, std::string>) {
      if (shape_ == key_shape::uuid || shape_ == key_shape::lines) {
        const std::size_t length = text_of(id).size();
        return sizeof(Key) + (length <= Key().capacity() ? 0 : length + 1);
      }
    }
    return bytes_of_encoded<Key>(id);
  }

 private:
  static std::uint64_t scrambled(std::uint64_t which, std::uint64_t i, unsigned bits,
                                 std::uint64_t seed) noexcept {
    return scramble_within((which << (bits - 2)) | i, bits, seed);
  }

  /// Each stream has a third of the lines, in an order of the seed; then the same again, numbered.
  std::uint64_t line(std::uint64_t which, std::uint64_t i, std::uint64_t seed) const noexcept {
    const std::uint64_t third = lines_->size() / 3;
    const unsigned bits = std::max(2U, static_cast<unsigned>(std::bit_width(third)));
    std::uint64_t place = i % third;
    do {  // at most some four times: 2^bits is less than twice the lines, or eight
      place = scramble_within(place, bits, seed);
    } while (place >= third);
    return i / third * lines_->size() + which * third + place;
  }

  std::string text_of(std::uint64_t id) const {
    [[maybe_unused]] const observer::untracked_scope bookkeeping{};
    std::string text;
    encode(id, text);
    return text;
  }

  /// The first sixteen digits that are free are the id's, so that no two are alike.
  static void encode_uuid(std::uint64_t id, std::string& out) {
    constexpr std::string_view digits = "0123456789abcdef",
                               form = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    std::array<char, form.size()> text;
    std::uint64_t own = id, further = scramble(id ^ golden_ratio);
    std::size_t drawn = 0;
    const auto four_of = [](std::uint64_t& bits) { return std::exchange(bits, bits >> 4) & 15; };
    for (std::size_t at = 0; at < form.size(); ++at) {
      switch (form[at]) {
        case 'x': text[at] = digits[four_of(++drawn <= 16 ? own : further)]; break;
        case 'y': text[at] = digits[8 + four_of(further) % 4]; break;
        default: text[at] = form[at];
      }
    }
    out.assign(text.data(), text.size());
  }

  key_shape shape_ = key_shape::random;
  const line_list* lines_ = nullptr;
};

}  // namespace workloads
