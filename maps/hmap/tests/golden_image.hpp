// What the buckets of a table hold, in a form that can be compared with a trace: read from
// a trace's lines, or taken from a table. Both sides leave out the same things (see
// image.go): heads that are all zero and alone, and of evacuated chains all but the
// head's marks. The latter is hmap's own: it frees old overflow buckets early.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <utility>

#include "golden_payload.hpp"
#include "golden_trace.hpp"
#include "hmap/inspect.hpp"

namespace hmap_test {

/// Which array, which chain, how far along it; ordered as a trace orders its lines.
struct position {
  bool old = false;
  std::size_t index = 0;
  std::size_t depth = 0;
  auto operator<=>(const position&) const = default;
};

inline std::string text_of(const position& at) {
  return (at.old ? "o " : "n ") + std::to_string(at.index) + ' ' + std::to_string(at.depth);
}

inline position read_position(trace_line& line) {
  const std::string_view array = line.field();
  if (array != "n" && array != "o") throw trace_error("neither old nor new");
  const auto index = line.decimal<std::size_t>();
  return {array == "o", index, line.decimal<std::size_t>()};
}

struct bucket_image {
  std::array<std::uint8_t, 8> tophash{};
  std::array<std::uint64_t, 8> key{};
  std::array<std::uint64_t, 8> value{};

  [[nodiscard]] bool occupied(unsigned i) const { return tophash[i] >= hmap::detail::min_tophash; }
  bool operator==(const bucket_image&) const = default;
};

using table_image = std::map<position, bucket_image>;

inline std::string hex(std::uint64_t n) {
  std::array<char, 16> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), n, 16).ptr};
}

inline std::string hex_byte(std::uint8_t n) { return (n < 16 ? "0" : "") + hex(n); }

inline std::string text_of_cell(const bucket_image& b, unsigned i) {
  const std::string top = hex_byte(b.tophash[i]);
  return b.occupied(i) ? top + ' ' + hex(b.key[i]) + '=' + hex(b.value[i]) : top;
}

/// The line of a trace for this bucket, behind its letter.
inline std::string text_of(const bucket_image& b) {
  std::string text;
  for (unsigned i = 0; i < 8; ++i) text += hex_byte(b.tophash[i]);
  for (unsigned i = 0; i < 8; ++i) {
    if (b.occupied(i)) text.append(" ").append(hex(b.key[i])).append("=").append(hex(b.value[i]));
  }
  return text;
}

inline bucket_image read_bucket(trace_line& line) {
  bucket_image b;
  const std::string_view tops = line.field();
  if (tops.size() != 16) throw trace_error("not eight tophash bytes");
  for (unsigned i = 0; i < 8; ++i) {
    b.tophash[i] = trace_line::number<std::uint8_t>(tops.substr(std::size_t{2} * i, 2), 16);
  }
  for (unsigned i = 0; i < 8; ++i) {
    if (!b.occupied(i)) continue;
    const std::string_view cell = line.field();
    const std::size_t sign = cell.find('=');
    if (sign == std::string_view::npos) throw trace_error("a cell without value");
    b.key[i] = trace_line::number<std::uint64_t>(cell.substr(0, sign), 16);
    b.value[i] = trace_line::number<std::uint64_t>(cell.substr(sign + 1), 16);
  }
  return b;
}

/// The buckets of a table.
template <class Map>
class image_taker {
  using core = std::remove_cvref_t<decltype(std::declval<const Map&>().internals())>;
  using layout = typename core::layout;

 public:
  static table_image take(const Map& m) {
    table_image image;
    bool in_evacuated_chain = false;
    hmap::for_each_bucket(m, [&](const hmap::bucket_view& view) {
      if (view.depth == 0) in_evacuated_chain = view.old && hmap::detail::is_evacuated(view.raw);
      if (in_evacuated_chain ? view.depth > 0 : is_bare(view)) return;
      const position at{view.old, view.index, view.depth};
      image.emplace_hint(image.end(), at, bucket(view));
    });
    return image;
  }

 private:
  static bool is_bare(const hmap::bucket_view& view) {
    constexpr std::array<std::uint8_t, 8> zero{};
    return view.depth == 0 && std::equal(zero.begin(), zero.end(), view.tophash) &&
           (view.waits || core::overflow_of(view.raw) == nullptr);
  }

  static bucket_image bucket(const hmap::bucket_view& view) {
    bucket_image b;
    std::copy_n(view.tophash, 8, b.tophash.begin());
    for (unsigned i = 0; i < 8; ++i) {
      if (!b.occupied(i)) continue;
      b.key[i] = codec<typename core::key_type>::id_of(layout::key(view.raw, i));
      b.value[i] = codec<typename core::mapped_type>::id_of(layout::value(view.raw, i));
    }
    return b;
  }
};

/// What is wrong with one bucket: the first cell that differs.
inline std::string difference(const position& at, const bucket_image& expected,
                              const bucket_image& got) {
  for (unsigned i = 0; i < 8; ++i) {
    const std::string want = text_of_cell(expected, i);
    const std::string have = text_of_cell(got, i);
    if (want != have) {
      return "bucket " + text_of(at) + " cell " + std::to_string(i) + ": expected " + want +
             ", got " + have;
    }
  }
  return "bucket " + text_of(at) + " differs";
}

/// The first difference between two images, or an empty string.
inline std::string difference(const table_image& expected, const table_image& got) {
  auto want = expected.begin();
  auto have = got.begin();
  for (; want != expected.end() || have != got.end(); ++want, ++have) {
    const bool missing = have == got.end() || (want != expected.end() && want->first < have->first);
    if (missing) {
      return "bucket " + text_of(want->first) + ": expected " + text_of(want->second) +
             ", got none";
    }
    if (want == expected.end() || have->first < want->first) {
      return "bucket " + text_of(have->first) + ": expected none, got " + text_of(have->second);
    }
    if (want->second != have->second) return difference(want->first, want->second, have->second);
  }
  return {};
}

/// FNV-1a of the trace lines of 256 chains each, by the first chain.
using image_digests = std::map<position, std::uint64_t>;

inline image_digests digests_of(const table_image& image) {
  constexpr std::size_t chains_per_digest = 256;
  image_digests digests;
  for (const auto& [at, bucket] : image) {
    const position group{at.old, at.index / chains_per_digest * chains_per_digest, 0};
    std::uint64_t& sum = digests.try_emplace(group, 0xcbf29ce484222325).first->second;
    for (const char c : "b " + text_of(at) + ' ' + text_of(bucket) + '\n') {
      sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
  }
  return digests;
}

}  // namespace hmap_test
