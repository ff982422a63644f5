#include "harness/backends/perf_event.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <utility>

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace harness::backends {
namespace {

struct generic {
  const char* name;
  const char* native;
  std::uint32_t type;
  std::uint64_t config;
};

constexpr std::uint64_t read_misses(std::uint64_t cache) {
  return cache | (PERF_COUNT_HW_CACHE_OP_READ << 8) | (PERF_COUNT_HW_CACHE_RESULT_MISS << 16);
}

// There is no generic event for the second level.
constexpr auto generics = std::to_array<generic>({
    {"instructions", "PERF_COUNT_HW_INSTRUCTIONS", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
    {"cycles", "PERF_COUNT_HW_CPU_CYCLES", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    {"branch_misses", "PERF_COUNT_HW_BRANCH_MISSES", PERF_TYPE_HARDWARE,
     PERF_COUNT_HW_BRANCH_MISSES},
    {"l1_misses", "PERF_COUNT_HW_CACHE_L1D read misses", PERF_TYPE_HW_CACHE,
     read_misses(PERF_COUNT_HW_CACHE_L1D)},
    {"l3_misses", "PERF_COUNT_HW_CACHE_LL read misses", PERF_TYPE_HW_CACHE,
     read_misses(PERF_COUNT_HW_CACHE_LL)},
    {"tlb_misses", "PERF_COUNT_HW_CACHE_DTLB read misses", PERF_TYPE_HW_CACHE,
     read_misses(PERF_COUNT_HW_CACHE_DTLB)},
});

constexpr std::size_t beside = 2;  // instructions and cycles, in every group

class descriptor {
 public:
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~descriptor() {
    if (number_ >= 0) close(number_);
  }
  int number() const noexcept { return number_; }

 private:
  int number_;
};

descriptor open_event(const generic& what) {
  perf_event_attr wanted{};
  wanted.size = sizeof wanted;
  wanted.type = what.type;
  wanted.config = what.config;
  wanted.disabled = 1;
  wanted.exclude_kernel = 1;  // all that an ordinary user may count
  wanted.exclude_hv = 1;
  wanted.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  const long number = syscall(SYS_perf_event_open, &wanted, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
  return descriptor(static_cast<int>(number));
}

std::string why_not(int error) {
  const std::string words = std::strerror(error);
  if (error == ENOENT || error == ENODEV || error == EOPNOTSUPP) {
    return "perf_event_open: " + words + " (no PMU that offers it; a virtual machine?)";
  }
  if (error == EACCES || error == EPERM) {
    std::string level = "?";
    std::ifstream("/proc/sys/kernel/perf_event_paranoid") >> level;
    return "perf_event_open: " + words + " (kernel.perf_event_paranoid is " + level +
           ", or a container without CAP_PERFMON)";
  }
  return "perf_event_open: " + words;
}

struct sample {
  std::uint64_t value, enabled, running;
};

class perf_backend final : public backend {
 public:
  perf_backend() {
    utsname kernel{};
    found_.name = "perf";
    found_.version = uname(&kernel) == 0 ? kernel.release : "";
    found_.label = "[hw: perf_event_open, user mode]";
    for (const generic& what : generics) try_event(what);
    if (usable_.empty()) found_.reason = found_.events.front().reason;
    choose_groups();
  }

  std::size_t groups() const override { return groups_.size(); }
  void enter() override { sums_.assign(generics.size(), {}); }

  void begin(std::size_t group) override {
    current_ = group;
    for (std::size_t which : groups_[group]) open_.push_back(open_event(generics[which]));
    for (const descriptor& one : open_) ioctl(one.number(), PERF_EVENT_IOC_ENABLE, 0);
  }

  void end() override {
    for (const descriptor& one : open_) ioctl(one.number(), PERF_EVENT_IOC_DISABLE, 0);
    for (std::size_t i = 0; i < open_.size(); ++i) {
      sample got{};
      if (read(open_[i].number(), &got, sizeof got) != sizeof got) continue;
      sample& sum = sums_[groups_[current_][i]];
      sum.value += got.value, sum.enabled += got.enabled, sum.running += got.running;
    }
    open_.clear();
  }

  std::vector<reading> take(std::size_t operations) override {
    std::vector<reading> readings;
    for (std::size_t which : groups_[current_]) {
      readings.push_back(read_out(which, static_cast<double>(operations)));
    }
    sums_.assign(generics.size(), {});
    return readings;
  }

 private:
  void try_event(const generic& what) {
    event one{what.name, what.native, {}, true};
    if (open_event(what).number() >= 0) {
      usable_.push_back(found_.events.size());
    } else {
      one.reason = why_not(errno);
    }
    found_.events.push_back(one);
  }

  /// Instructions and cycles, which most processors count beside the others, and two more.
  void choose_groups() {
    std::vector<std::size_t> always, others;
    for (std::size_t which : usable_) (which < beside ? always : others).push_back(which);
    for (std::size_t at = 0; at < std::max<std::size_t>(others.size(), !always.empty()); at += 2) {
      groups_.push_back(always);
      for (std::size_t i = at; i < std::min(at + 2, others.size()); ++i) {
        groups_.back().push_back(others[i]);
      }
    }
  }

  /// An event that had to share a counter with others was counted part of the time only.
  reading read_out(std::size_t which, double operations) const {
    const event& what = found_.events[which];
    if (!what.reason.empty()) return {what.name, {}, what.reason};
    const sample& sum = sums_[which];
    if (sum.running == 0) return {what.name, {}, "the kernel never had a counter free for it"};
    const double coverage = static_cast<double>(sum.running) / static_cast<double>(sum.enabled);
    return {what.name, static_cast<double>(sum.value) / coverage / operations, {}, coverage};
  }

  std::vector<std::size_t> usable_;               // of generics
  std::vector<std::vector<std::size_t>> groups_;  // of generics
  std::vector<descriptor> open_;                  // of the current group, in its order
  std::vector<sample> sums_{generics.size()};
  std::size_t current_ = 0;
};

}  // namespace

std::unique_ptr<backend> make_perf_event() { return std::make_unique<perf_backend>(); }

}  // namespace harness::backends
