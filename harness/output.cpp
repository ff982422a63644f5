#include "harness/output.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <streambuf>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace harness {
namespace {

std::string advice(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "make room there or write elsewhere";
    case EFBIG: return "raise the file-size limit (ulimit -f)";
    case ENOENT:
    case ENOTDIR: return "create the directory or name another one";
    case EISDIR: return "name a file in it";
    case EACCES:
    case EPERM:
    case EROFS: return "write elsewhere";
    default: return "try another place";
  }
}

bool is_wrong_name(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
    case ENAMETOOLONG: return true;
    default: return false;
  }
}

/// All of it; 0, or the error.
int write_all(int descriptor, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = write(descriptor, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return 0;
}

/// Standard output with its first error kept. stdio's buffer forgets which error it met.
class standard_output final : public std::streambuf {
 public:
  standard_output() { setp(buffer_.data(), buffer_.data() + buffer_.size()); }
  int error() const noexcept { return error_; }

 protected:
  int_type overflow(int_type c) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
  }

  int sync() override {
    const auto size = static_cast<std::size_t>(pptr() - pbase());
    if (error_ == 0) error_ = write_all(STDOUT_FILENO, pbase(), size);
    setp(buffer_.data(), buffer_.data() + buffer_.size());
    return error_ == 0 ? 0 : -1;
  }

 private:
  std::array<char, 1 << 14> buffer_{};
  int error_ = 0;
};

standard_output* guarded = nullptr;  // never deleted: std::cout is flushed after all destructors

/// The unfinished files of this process, for the signal handler. More than are ever open at once.
std::array<std::atomic<const char*>, 8> unfinished_files{};
std::atomic<pid_t> owner{0};

void set_unfinished(const char* from, const char* to) noexcept {
  for (auto& slot : unfinished_files) {
    const char* expected = from;
    if (slot.compare_exchange_strong(expected, to)) return;
  }
}

/// Calls only what a signal handler may. A child of this process leaves its parent's files alone.
void remove_unfinished_and_die(int number) {
  if (getpid() == owner) {
    for (auto& slot : unfinished_files) {
      if (const char* name = slot.load()) unlink(name);
    }
  }
  raise(number);  // as it would have ended: SA_RESETHAND has restored the default
}

void remove_unfinished_on_signals() {
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM}) {
    struct sigaction before{};
    if (sigaction(number, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) continue;
    struct sigaction action{};
    action.sa_handler = &remove_unfinished_and_die;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
    sigaction(number, &action, nullptr);
  }
}

/// What a name means, links followed; itself where there is nothing yet.
std::string target_of(const std::string& name) {
  std::error_code error;
  const auto found = std::filesystem::weakly_canonical(name, error);
  return error ? name : found.string();
}

/// A device, a pipe, or an open descriptor (/dev/stdout) is not replaced.
bool is_written_directly(const std::string& name) {
  if (name.starts_with("/dev/") || name.starts_with("/proc/")) return true;
  struct stat found{};
  return stat(name.c_str(), &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}

}  // namespace

output_error::output_error(const std::string& where, int error)
    : std::runtime_error("cannot write " + where + ": " + std::strerror(error) + "; " +
                         advice(error)),
      is_usage_(is_wrong_name(error)) {}

void guard_output() {
  if (guarded != nullptr) return;
  guarded = new standard_output;
  std::cout.rdbuf(guarded);
  owner = getpid();
  std::signal(SIGXFSZ, SIG_IGN);
  remove_unfinished_on_signals();
}

void finish_standard_output() {
  std::cout.flush();
  if (guarded != nullptr && guarded->error() != 0) {
    throw output_error("standard output", guarded->error());
  }
}

whole_file::whole_file(std::string name) : name_(std::move(name)), target_(target_of(name_)) {
  if (is_written_directly(name_)) {
    descriptor_ = open(name_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (descriptor_ < 0) throw output_error(name_, errno);
    return;
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(target_, ignored)) throw output_error(name_, EISDIR);
  const std::filesystem::path path(target_);
  const std::string hidden = std::string(1, '.').append(path.filename()).append(1, '.');
  unfinished_ = path.parent_path() / (hidden + std::to_string(getpid()));
  set_unfinished(nullptr, unfinished_.c_str());
  descriptor_ = open(unfinished_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    const int error = errno;
    give_up();
    throw output_error(name_, error);
  }
  struct stat replaced{};
  if (stat(target_.c_str(), &replaced) == 0) fchmod(descriptor_, replaced.st_mode & 07777);
}

whole_file::~whole_file() { give_up(); }

void whole_file::give_up() noexcept {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
  if (!is_replaced()) return;
  unlink(unfinished_.c_str());
  set_unfinished(unfinished_.c_str(), nullptr);
  unfinished_.clear();
}

void whole_file::write(std::string_view bytes) {
  if (const int error = write_all(descriptor_, bytes.data(), bytes.size())) {
    give_up();
    throw output_error(name_, error);
  }
}

void whole_file::commit() {
  int error = 0;
  // A full disk may show only here. What cannot be synchronised (a pipe) has nothing to lose.
  if (is_replaced() && fsync(descriptor_) != 0) error = errno;
  if (close(descriptor_) != 0 && error == 0) error = errno;
  descriptor_ = -1;
  if (error == 0 && is_replaced() && rename(unfinished_.c_str(), target_.c_str()) != 0)
    error = errno;
  if (error != 0) {
    give_up();
    throw output_error(name_, error);
  }
  if (!is_replaced()) return;
  set_unfinished(unfinished_.c_str(), nullptr);
  unfinished_.clear();
}

int report_output_error(std::string_view program, const output_error& error) {
  std::cerr << program << ": " << error.what() << '\n';
  return error.is_usage() ? 2 : 1;
}

}  // namespace harness
