// The words of a trace. Format: tools/go_trace/README.md.
//
// A trace is text, one record a line: a letter and its fields. Whatever does not parse
// throws trace_error, so a damaged file cannot pass for a short one.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hmap_test {

struct trace_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One line, taken apart from the left.
class trace_line {
 public:
  trace_line() = default;
  explicit trace_line(std::string_view text) : text_(text) {}

  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] char letter() const noexcept { return text_.empty() ? ' ' : text_[0]; }

  [[nodiscard]] bool more() const noexcept { return at_ < text_.size(); }
  std::string_view field() {
    if (!more()) throw trace_error("a field is missing");
    const std::size_t end = std::min(text_.find(' ', at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    at_ = end + 1;
    return word;
  }
  template <class Integer = std::uint64_t>
  Integer hex() {
    return number<Integer>(field(), 16);
  }
  template <class Integer = std::uint64_t>
  Integer decimal() {
    return number<Integer>(field(), 10);
  }

  template <class Integer>
  static Integer number(std::string_view word, int base) {
    Integer n{};
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), n, base);
    if (error != std::errc{} || end != word.data() + word.size()) {
      throw trace_error("not a number: " + std::string(word));
    }
    return n;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 2;  // behind the letter and its blank
};

/// The lines of a file. The current one stays valid until advance().
class trace_reader {
 public:
  explicit trace_reader(const std::string& path) : file_(path) {
    if (!file_) throw trace_error("cannot open " + path);
    advance();
    trace_line title(buffer_);
    const bool known = buffer_.starts_with("hmap-trace 1 ");
    if (!known) throw trace_error(path + " is not a trace of version 1");
    title.field(), title.field();  // the rest of the first word, and the version
    scenario_ = title.field();
    key_ = title.field();
    value_ = title.field();
    advance();
  }

  [[nodiscard]] const std::string& scenario() const noexcept { return scenario_; }
  [[nodiscard]] const std::string& key() const noexcept { return key_; }
  [[nodiscard]] const std::string& value() const noexcept { return value_; }

  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] std::size_t line_number() const noexcept { return line_number_; }
  [[nodiscard]] trace_line line() const noexcept { return trace_line(buffer_); }
  [[nodiscard]] char letter() const noexcept { return done_ ? '\0' : line().letter(); }
  void advance() {
    done_ = !std::getline(file_, buffer_);
    ++line_number_;
  }

 private:
  std::ifstream file_;
  std::string buffer_;
  std::size_t line_number_ = 0;
  bool done_ = false;
  std::string scenario_, key_, value_;
};

}  // namespace hmap_test
