// Output that is complete or reported as an error: standard output that remembers what it could not
// write, and files that appear under their name only when they are whole.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace harness {

/// Something could not be written. One line: what, where, how to mend.
class output_error : public std::runtime_error {
 public:
  output_error(const std::string& where, int error);

  /// Whether the name was wrong (no such directory, no permission) rather than the disk full.
  bool is_usage() const noexcept { return is_usage_; }

 private:
  bool is_usage_;
};

/// To be called first in main. From then on a write past the file-size limit (ulimit -f) is an
/// error instead of a signal, std::cout keeps its first error for finish_standard_output(), and a
/// signal that ends the program removes its unfinished files.
void guard_output();

/// Flushes std::cout. Throws output_error when anything that went into it was lost.
void finish_standard_output();

/// A file that replaces whatever has its name once it is whole. Until then it is `.<name>.<pid>` in
/// the same directory; what is no regular file (a pipe, /dev/null) is written directly.
class whole_file {
 public:
  /// Creates the unfinished file, so that a wrong name is reported before anything is measured.
  /// Throws output_error.
  explicit whole_file(std::string name);
  /// Removes the unfinished file unless it was committed.
  ~whole_file();
  whole_file(const whole_file&) = delete;
  whole_file& operator=(const whole_file&) = delete;

  /// Throws output_error.
  void write(std::string_view bytes);
  /// To the disk, and under its name. Throws output_error.
  void commit();

 private:
  bool is_replaced() const noexcept { return !unfinished_.empty(); }
  void give_up() noexcept;

  std::string name_;        // as it was given, for messages
  std::string target_;      // what it names, links followed
  std::string unfinished_;  // empty where `target_` is written directly
  int descriptor_ = -1;
};

/// Prints an output_error as one line on stderr. Returns the exit status: 2 for an unusable name,
/// else 1.
int report_output_error(std::string_view program, const output_error& error);

/// Runs `body`, which returns the exit status, between guard_output() and finish_standard_output();
/// what could not be written is reported.
template <class Body>
int with_checked_output(std::string_view program, Body body) {
  guard_output();
  try {
    const int status = body();
    finish_standard_output();
    return status;
  } catch (const output_error& error) {
    return report_output_error(program, error);
  }
}

}  // namespace harness
