#include "harness/counting/fork_server.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include <alloca.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/process.hpp"
#include "harness/result_check.hpp"

namespace harness {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

template <std::size_t Size>
void write_text(std::array<char, Size>& to, const std::string& text) {
  std::strncpy(to.data(), text.c_str(), Size - 1);
}

}  // namespace

/// A result without pointers. The reasons for readings without a value are not in it: a model
/// always has one.
struct fork_server::mailbox {
  struct entry {
    std::array<char, 32> event;
    double value;
  };

  bool filled;
  std::array<char, 256> wrong;
  std::uint64_t checksum;
  std::size_t operations;
  double payload_bytes, seconds;
  std::size_t size;
  std::array<entry, 64> readings;

  void put(const counted& result) {
    *this = {};
    write_text(wrong, result.wrong);
    checksum = result.checksum, operations = result.operations;
    payload_bytes = result.payload_bytes, seconds = result.seconds;
    for (const auto& one : result.readings) {
      entry& place = readings.at(size++);
      write_text(place.event, one.event);
      place.value = one.value.value();
    }
    filled = true;
  }

  counted take() const {
    if (!filled) throw std::runtime_error("the counting process died; out of memory?");
    counted result;
    result.wrong = wrong.data();
    result.checksum = checksum, result.operations = operations;
    result.payload_bytes = payload_bytes, result.seconds = seconds;
    for (std::size_t i = 0; i < size; ++i) {
      result.readings.push_back({readings[i].event.data(), readings[i].value, {}});
    }
    return result;
  }
};

namespace {

/// The environment and the command line lie above the stack and push it down by their size, which
/// must not decide which set of a cache it falls into.
[[gnu::noinline]] counted run_on_aligned_stack(const catalogue& known, fork_server::work each,
                                               const counting_job& what) {
  constexpr std::uintptr_t alignment = 1 << 16;
  char here = 0;
  void* gap = alloca(reinterpret_cast<std::uintptr_t>(&here) % alignment);
  __asm__ volatile("" : : "r"(gap) : "memory");  // it is used, says this
  return each(known, what);
}

/// A failure travels as text: no exception crosses a process.
counted run_guarded(const catalogue& known, fork_server::work each, const counting_job& what) {
  counted failed;
  try {
    return run_on_aligned_stack(known, each, what);
  } catch (const workloads::inapplicable& error) {
    failed.wrong = not_applicable(error.what());
  } catch (const std::exception& error) {
    failed.wrong = error.what();
  }
  return failed;
}

}  // namespace

void fork_server::serve(const catalogue& known, work each, int socket) const {
  counting_job what;
  while (recv(socket, &what, sizeof what, MSG_WAITALL) == sizeof what) {
    // Not in_child(): what it throws would change the heap of the children to come. A child that
    // dies leaves the mailbox empty, and take() reports that.
    const pid_t child = begin_child();
    if (child == 0) {
      mail_->put(run_guarded(known, each, what));
      _exit(0);
    }
    if (child > 0) waitpid(child, nullptr, 0);
    const char done = 0;
    if (send(socket, &done, sizeof done, MSG_NOSIGNAL) != sizeof done) break;
  }
}

bool fix_addresses(char** argv) {
  if (has_fixed_addresses()) return true;
  if (request_fixed_addresses()) execute_again(argv);
  return false;
}

fork_server::fork_server(const catalogue& known, work each) {
  void* shared =
      mmap(nullptr, sizeof(mailbox), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) fail("mmap");
  mail_ = ::new (shared) mailbox();
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) fail("socketpair");
  socket_ = pair[0];
  server_ = fork();
  if (server_ < 0) fail("fork");
  if (server_ == 0) {
    close(pair[0]);
    serve(known, each, pair[1]);
    _exit(0);
  }
  close(pair[1]);
}

fork_server::~fork_server() {
  close(socket_);  // the end of its stream is the end of the server
  waitpid(server_, nullptr, 0);
  munmap(mail_, sizeof(mailbox));
}

counted fork_server::run(const counting_job& what) const {
  mail_->filled = false;
  char done = 0;
  if (send(socket_, &what, sizeof what, MSG_NOSIGNAL) != sizeof what) fail("send");
  if (recv(socket_, &done, sizeof done, MSG_WAITALL) != sizeof done) {
    throw std::runtime_error("the counting process is gone");
  }
  return mail_->take();
}

}  // namespace harness
