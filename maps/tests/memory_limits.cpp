// A program, built without sanitizers: reserve(), rehash() and hints of more than may be had, in
// processes whose memory is limited in three ways: by address space, by a control group, and by
// nothing but the machine. Each must throw at once, touch next to nothing and change nothing.
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "subject.hpp"

namespace {

using table = subject::map<std::uint64_t, std::uint64_t>;

[[noreturn]] void fail(const std::string& what) {
  std::printf("FAIL %s\n", what.c_str());
  std::fflush(stdout);
  std::_Exit(1);
}

template <class F>
bool refuses(F f) {
  try {
    f();
  } catch (const std::length_error&) {
    return true;
  } catch (const std::bad_alloc&) {
    return true;
  }
  return false;
}

long resident_mb() {
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}

/// Sizes from `least` entries on, and the same in buckets, asked of tables with 0, 1 and 500
/// entries.
void refuse_all(std::size_t least) {
  for (const std::uint64_t entries : {0, 1, 500}) {
    table m;
    for (std::uint64_t i = 0; i < entries; ++i) m.try_emplace(i, i);
    const std::size_t buckets = m.bucket_count();
    for (std::size_t n = least; n < (std::size_t{1} << 62); n *= 2) {
      const std::string where = std::to_string(n) + ", " + std::to_string(entries) + " entries";
      if (!refuses([&] { m.reserve(n); })) fail("reserve took " + where);
      if (!refuses([&] { m.rehash(n); })) fail("rehash took " + where);
      // A hint of more than any address space counts as none.
      if (n < (std::size_t{1} << 40) && !refuses([&] { table made(n); }))
        fail("a hint of " + where);
      if (m.bucket_count() != buckets) fail("other buckets after " + where);
    }
    if (m.size() != entries || !check(m).empty()) fail("the table is not as it was");
    m.reserve(10'000);
    if (!m.try_emplace(99'999, 1).second) fail("no insert afterwards");
  }
  if (resident_mb() > 64) fail("touched " + std::to_string(resident_mb()) + " MB");
}

/// Runs f in a child that is killed after 20 seconds.
template <class F>
bool succeeds(const char* name, F f) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    f();
    std::fflush(nullptr);
    std::_Exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  const bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  std::printf("%s %s\n", good ? "ok  " : "FAIL", name);
  if (WIFSIGNALED(status)) std::printf("     signal %d\n", WTERMSIG(status));
  return good;
}

/// A control group of its own with so many bytes, in either version of them; empty where the
/// system has none to give.
std::string make_group(std::size_t bytes) {
  for (const char* root : {"/sys/fs/cgroup/memory", "/sys/fs/cgroup"}) {
    const bool first_version = std::string(root).ends_with("memory");
    const std::string group = std::string(root) + "/memory_limits_" + std::to_string(getpid());
    if (mkdir(group.c_str(), 0755) != 0) continue;
    std::ofstream limit(group + (first_version ? "/memory.limit_in_bytes" : "/memory.max"));
    limit << bytes << std::flush;
    if (limit) return group;
    rmdir(group.c_str());
  }
  return {};
}

}  // namespace

int main() {
  bool good = succeeds("no limit but the machine's", [] { refuse_all(std::size_t{1} << 37); });
  good &= succeeds("2 GB of addresses", [] {
    const rlimit limit{std::size_t{2} << 30, std::size_t{2} << 30};
    setrlimit(RLIMIT_AS, &limit);
    refuse_all(std::size_t{1} << 28);
  });
  const std::string group = make_group(std::size_t{256} << 20);
  if (group.empty()) {
    std::printf("skip a control group of 256 MB: none can be made here\n");
  } else {
    good &= succeeds("a control group of 256 MB", [&] {
      std::ofstream(group + "/cgroup.procs") << getpid() << std::flush;
      refuse_all(std::size_t{1} << 25);
    });
    rmdir(group.c_str());
  }
  return good ? 0 : 1;
}
