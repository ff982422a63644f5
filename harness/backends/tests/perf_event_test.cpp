#include "harness/backends/perf_event.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <iostream>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <gtest/gtest.h>

#include "harness/calibration/calibration.hpp"

namespace harness::backends {
namespace {

TEST(perf_event, counts_or_says_why_not) {
  const auto perf = make_perf_event();
  EXPECT_EQ(perf->available(), perf->groups() > 0);
  bool any = false;
  for (const event& one : perf->probe().events) {
    any = any || one.reason.empty();
    if (!one.reason.empty()) {
      EXPECT_EQ(one.reason.rfind("perf_event_open: ", 0), 0U) << one.reason;
    }
  }
  EXPECT_EQ(any, perf->available());
  if (!perf->available()) return;
  calibration::calibrate(*perf, geometry_of("zen4"));
  EXPECT_TRUE(perf->counts("instructions")) << perf->probe().events[0].reason;
}

/// Has the kernel refuse, as a container's filter does.
bool refuse_perf_event_open() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

void probe_where_it_is_refused() {
  if (!refuse_perf_event_open()) std::exit(7);
  const auto perf = make_perf_event();
  std::cerr << perf->groups() << " groups: " << perf->probe().reason << '\n';
  std::exit(perf->available() ? 1 : 0);
}

TEST(perf_event, a_refusal_names_its_cause) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(probe_where_it_is_refused(), testing::ExitedWithCode(0),
              "0 groups: perf_event_open: Permission denied .kernel.perf_event_paranoid is");
}

}  // namespace
}  // namespace harness::backends
