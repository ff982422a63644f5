// Payloads: the key and value types of a table, how an id is encoded in each type, and the digest
// that reading one yields.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workloads/observer.hpp"
#include "workloads/random.hpp"

namespace workloads {

/// A value of middling size: a pair of key and record takes three quarters of a cache line, so
/// that where a table puts its entries decides how many of them straddle two lines.
struct record {
  std::array<std::uint64_t, 5> words{};
  bool operator==(const record&) const = default;
};
static_assert(sizeof(record) == 40);

struct int_int {
  static constexpr std::string_view name = "int_int", key_name = "uint64_t",
                                    value_name = "uint64_t";
  using key_type = std::uint64_t;
  using value_type = std::uint64_t;
};

struct string_string {
  static constexpr std::string_view name = "string_string", key_name = "std::string",
                                    value_name = "std::string";
  using key_type = std::string;
  using value_type = std::string;
};

struct int_struct {
  static constexpr std::string_view name = "int_struct", key_name = "uint64_t",
                                    value_name = "struct of 40 bytes";
  using key_type = std::uint64_t;
  using value_type = record;
};

struct string_int {
  static constexpr std::string_view name = "string_int", key_name = "std::string",
                                    value_name = "uint64_t";
  using key_type = std::string;
  using value_type = std::uint64_t;
};

template <class Payload>
using key_of = typename Payload::key_type;
template <class Payload>
using value_of = typename Payload::value_type;

// Encoding of ids. Different ids have different encodings in every type.

inline constexpr std::size_t shortest_string = 8;
inline constexpr std::size_t longest_string = 135;

/// Real strings are mostly short with a long tail: one of the ranges 8-15, 8-23, 8-39, 8-71 and
/// 8-135 is drawn evenly, then a length within it. About four in ten fit a short-string buffer.
constexpr std::size_t string_length(std::uint64_t id) noexcept {
  const std::uint64_t bits = scramble(id ^ golden_ratio);
  const std::size_t range = shortest_string << (bits % 5);
  return shortest_string + (bits >> 8) % range;
}

inline void encode(std::uint64_t id, std::uint64_t& out) noexcept { out = id; }

inline void encode(std::uint64_t id, record& out) noexcept {
  random_source words(id);
  for (auto& word : out.words) word = words();
}

/// The id itself comes first, as eight raw bytes, and makes the string unique.
inline void encode(std::uint64_t id, std::string& out) {
  constexpr std::size_t word = sizeof(std::uint64_t);
  std::array<char, longest_string + word> text;
  const std::size_t length = string_length(id);
  {
    [[maybe_unused]] const observer::untracked_scope bookkeeping{};
    random_source filler(id);
    std::memcpy(text.data(), &id, word);
    for (std::size_t at = word; at < length; at += word) {
      const std::uint64_t letters = filler();
      std::memcpy(text.data() + at, &letters, word);
    }
  }
  out.assign(text.data(), length);
}

template <class T>
T encoded(std::uint64_t id) {
  T out{};
  encode(id, out);
  return out;
}

// Reading. A digest is cheap, and no compiler can know it without loading the object.

inline std::uint64_t digest(std::uint64_t number) noexcept { return number; }

inline std::uint64_t digest(const record& value) noexcept {
  return value.words.front() ^ value.words.back();
}

inline std::uint64_t digest(const std::string& text) noexcept {
  std::uint64_t start = 0;
  std::memcpy(&start, text.data(), std::min(text.size(), sizeof start));
  return start + text.size();
}

// The digest of what an id is encoded as, without encoding it.

template <class T>
std::uint64_t digest_of(std::uint64_t id) noexcept {
  if constexpr (std::same_as<T, std::uint64_t>) {
    return id;
  } else if constexpr (std::same_as<T, record>) {
    return random_source::nth(id, 0) ^ random_source::nth(id, record().words.size() - 1);
  } else {
    static_assert(std::same_as<T, std::string>);
    return id + string_length(id);
  }
}

/// Not symmetric, so that values swapped between two keys show in the sum.
constexpr std::uint64_t combined_digest(std::uint64_t key, std::uint64_t value) noexcept {
  return (3 * key) ^ value;
}

template <class Key, class Value>
std::uint64_t entry_digest(const Key& key, const Value& value) noexcept {
  return combined_digest(digest(key), digest(value));
}

/// Bytes of what an id is encoded as, the same for every map: the object and its own heap block, if
/// it has one.
template <class T>
std::size_t bytes_of_encoded(std::uint64_t id) noexcept {
  if constexpr (std::same_as<T, std::string>) {
    const std::size_t length = string_length(id);
    return sizeof(T) + (length <= std::string().capacity() ? 0 : length + 1);
  } else {
    return sizeof(T);
  }
}

template <class Payload>
struct entry {
  key_of<Payload> key{};
  value_of<Payload> value{};
};

// Slots are filled before a pass and read front to back during it. A string slot keeps one buffer
// for the longest string, so that refilling never allocates, and the buffers are handed out by
// address: what an earlier workload's tables have left of the heap must not decide how the stream
// lies in memory. (glibc left one in a hundred out of order.)

/// Calls `visit` for each string of a slot, in the order in which they are read.
template <class T, class Visit>
void each_text(T&, Visit&&) noexcept {}

template <class Visit>
void each_text(std::string& text, Visit&& visit) {
  visit(text);
}

template <class Payload, class Visit>
void each_text(entry<Payload>& slot, Visit&& visit) {
  each_text(slot.key, visit);
  each_text(slot.value, visit);
}

/// Buffers of the longest string's size, by address.
inline std::vector<std::string> make_buffers(std::size_t count) {
  std::vector<std::string> buffers(count);
  for (auto& buffer : buffers) {
    buffer.reserve(longest_string);
    observer::is_stream(buffer.data(), buffer.capacity() + 1);
  }
  std::sort(buffers.begin(), buffers.end(), [](const std::string& one, const std::string& other) {
    return std::less<>{}(one.data(), other.data());
  });
  return buffers;
}

template <class T>
std::vector<T> make_slots(std::size_t count) {
  std::vector<T> slots(count);
  observer::is_stream(slots.data(), slots.size() * sizeof(T));
  std::vector<std::string*> texts;
  for (T& slot : slots) each_text(slot, [&](std::string& text) { texts.push_back(&text); });
  auto buffers = make_buffers(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) *texts[i] = std::move(buffers[i]);
  return slots;
}

}  // namespace workloads
