#include "harness/backends/os.hpp"

#include <array>
#include <cstdint>

#include <sys/resource.h>
#include <sys/utsname.h>

namespace harness::backends {
namespace {

using books = std::array<std::int64_t, 5>;

std::int64_t nanoseconds(const timeval& time) {
  return (std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec) * 1000;
}

books now() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return {usage.ru_minflt, usage.ru_majflt, usage.ru_nvcsw, usage.ru_nivcsw,
          nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime)};
}

class os_backend final : public backend {
 public:
  os_backend() {
    utsname kernel{};
    found_.name = "os";
    found_.version = uname(&kernel) == 0 ? kernel.release : "";
    found_.label = "[os: getrusage(RUSAGE_THREAD)]";
    found_.events = {{"minor_faults", "ru_minflt", {}},
                     {"major_faults", "ru_majflt", {}},
                     {"voluntary_switches", "ru_nvcsw", {}},
                     {"involuntary_switches", "ru_nivcsw", {}},
                     {"cpu_ns", "ru_utime + ru_stime", {}}};
  }

  std::size_t groups() const override { return 1; }
  void enter() override { totals_ = {}; }
  void begin(std::size_t) override { start_ = now(); }
  void end() override {
    const books stop = now();
    for (std::size_t i = 0; i < stop.size(); ++i) totals_[i] += stop[i] - start_[i];
  }

  std::vector<reading> take(std::size_t operations) override {
    std::vector<reading> readings;
    for (std::size_t i = 0; i < totals_.size(); ++i) {
      const event& what = found_.events[i];
      reading one{what.name, {}, what.reason};
      if (what.reason.empty()) {
        one.value = static_cast<double>(totals_[i]) / static_cast<double>(operations);
      }
      readings.push_back(one);
    }
    totals_ = {};
    return readings;
  }

 private:
  books start_{}, totals_{};
};

}  // namespace

std::unique_ptr<backend> make_os() { return std::make_unique<os_backend>(); }

}  // namespace harness::backends
