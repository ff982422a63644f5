// PAPI as it really behaves: a preset that it lists may not be addable, one that can be added may
// not start, and one that starts may count nothing. So each event is tried before it is offered,
// and calibrated before it is believed. PAPI's multiplexing is not used: it hides how much of the
// time an event was counted. Events that do not fit together are counted one pass after another.
#include "harness/backends/papi.hpp"

#if !defined(MAPSCOPE_HAS_PAPI)

namespace harness::backends {
namespace {

class no_papi final : public backend {
 public:
  no_papi() {
    found_.name = "papi";
    found_.reason = "built without PAPI (libpapi-dev)";
  }
  std::size_t groups() const override { return 0; }
  void begin(std::size_t) override {}
  void end() override {}
  std::vector<reading> take(std::size_t) override { return {}; }
};

}  // namespace

std::unique_ptr<backend> make_papi(const std::vector<std::string>&) {
  return std::make_unique<no_papi>();
}

}  // namespace harness::backends

#else

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <papi.h>

namespace harness::backends {
namespace {

struct preset {
  const char* name;
  const char* symbol;
};

// Instructions and cycles come first: they go into every group.
constexpr auto presets = std::to_array<preset>({{"instructions", "PAPI_TOT_INS"},
                                                {"cycles", "PAPI_TOT_CYC"},
                                                {"l1_misses", "PAPI_L1_DCM"},
                                                {"l2_misses", "PAPI_L2_DCM"},
                                                {"l3_misses", "PAPI_L3_TCM"},
                                                {"tlb_misses", "PAPI_TLB_DM"},
                                                {"branch_misses", "PAPI_BR_MSP"}});
constexpr std::size_t beside = 2;

std::string words_for(int error) {
  const char* words = PAPI_strerror(error);
  return (words != nullptr ? std::string(words) : "unknown error") + " (" + std::to_string(error) +
         ")";
}

std::string version_text(int version) {
  return std::to_string(PAPI_VERSION_MAJOR(version)) + '.' +
         std::to_string(PAPI_VERSION_MINOR(version)) + '.' +
         std::to_string(PAPI_VERSION_REVISION(version));
}

/// The name of a user's event, made fit for a counter's name.
std::string plain_name(const std::string& native) {
  std::string name;
  for (const char c : native) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalnum(letter) != 0) {
      name += static_cast<char>(std::tolower(letter));
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  return name;
}

/// Events that are started and stopped together.
class event_set {
 public:
  event_set() { PAPI_create_eventset(&set_); }
  event_set(event_set&& other) noexcept
      : set_(std::exchange(other.set_, PAPI_NULL)), size_(other.size_) {}
  event_set& operator=(event_set&& other) noexcept {
    std::swap(set_, other.set_), std::swap(size_, other.size_);
    return *this;
  }
  ~event_set() {
    if (set_ == PAPI_NULL) return;
    PAPI_cleanup_eventset(set_);
    PAPI_destroy_eventset(&set_);
  }

  int add(const std::string& symbol) {
    const int error = PAPI_add_named_event(set_, symbol.c_str());
    if (error == PAPI_OK) ++size_;
    return error;
  }
  int start() { return PAPI_start(set_); }
  int stop(std::vector<long long>& values) {
    values.assign(size_, 0);
    return PAPI_stop(set_, values.data());
  }

 private:
  int set_ = PAPI_NULL;
  std::size_t size_ = 0;
};

/// Empty when `symbol` can be added, started and stopped.
std::string try_alone(const std::string& symbol) {
  event_set alone;
  std::vector<long long> values;
  if (const int error = alone.add(symbol); error != PAPI_OK) return "add: " + words_for(error);
  if (const int error = alone.start(); error != PAPI_OK) return "start: " + words_for(error);
  for (int i = 0; i < 1000; ++i) __asm__ volatile("");  // something to count
  if (const int error = alone.stop(values); error != PAPI_OK) return "stop: " + words_for(error);
  return {};
}

/// The native events behind a preset, which mean different things on different processors.
std::string native_of(const char* symbol) {
  int code = 0;
  PAPI_event_info_t info{};
  if (PAPI_event_name_to_code(symbol, &code) != PAPI_OK ||
      PAPI_get_event_info(code, &info) != PAPI_OK || info.count == 0) {
    return symbol;
  }
  std::string text = symbol;
  for (unsigned i = 0; i < info.count; ++i) {
    text += i == 0 ? '=' : '+';
    text += info.name[i];
  }
  return text;
}

/// Why PAPI cannot count for this processor at all, in its own words; empty when it can.
std::string component_trouble(const std::string& version) {
  const int index = PAPI_get_component_index("perf_event");
  if (index < 0) return "PAPI " + version + " has no perf_event component";
  const PAPI_component_info_t* component = PAPI_get_component_info(index);
  if (component == nullptr || component->disabled == 0) return {};
  return "PAPI " + version + " has disabled perf_event: " + component->disabled_reason +
         "; PAPI 7.3 knows processors up to Zen 5, in a virtual machine without PMU it does not "
         "help";
}

class papi_backend final : public backend {
 public:
  explicit papi_backend(const std::vector<std::string>& native_events) {
    found_.name = "papi";
    found_.label = "[hw: PAPI]";
    const int version = PAPI_library_init(PAPI_VER_CURRENT);
    if (version != PAPI_VER_CURRENT) {
      found_.reason = version > 0 ? "PAPI's library is " + version_text(version) + ", its header " +
                                        version_text(PAPI_VER_CURRENT)
                                  : "PAPI_library_init: " + words_for(version);
      return;
    }
    found_.version = version_text(version);
    for (const auto& [name, symbol] : presets) try_event(name, symbol, true);
    for (const std::string& native : native_events) try_event(plain_name(native), native, false);
    choose_groups();
    if (groups_.empty()) explain();
  }

  std::size_t groups() const override { return groups_.size(); }
  void enter() override { sums_.assign(symbols_.size(), 0); }

  void begin(std::size_t group) override {
    current_ = group;
    error_ = groups_[group].set.start();
  }
  void end() override {
    if (error_ != PAPI_OK) return;
    error_ = groups_[current_].set.stop(values_);
    for (std::size_t i = 0; i < values_.size(); ++i)
      sums_[groups_[current_].events[i]] += values_[i];
  }

  std::vector<reading> take(std::size_t operations) override {
    std::vector<reading> readings;
    for (std::size_t which : groups_[current_].events) {
      const event& what = found_.events[which];
      reading one{what.name, {}, what.reason};
      if (one.reason.empty() && error_ != PAPI_OK) one.reason = "PAPI: " + words_for(error_);
      if (one.reason.empty()) {
        one.value = static_cast<double>(sums_[which]) / static_cast<double>(operations);
      }
      readings.push_back(one);
    }
    sums_.assign(symbols_.size(), 0);
    return readings;
  }

 private:
  struct counted_together {
    event_set set;
    std::vector<std::size_t> events;  // in the order of the set
  };

  void try_event(const std::string& name, const std::string& symbol, bool is_preset) {
    event one{name, is_preset ? native_of(symbol.c_str()) : symbol, try_alone(symbol), is_preset};
    found_.events.push_back(one);
    symbols_.push_back(symbol);
  }

  /// Whether `which` could be added, together with all that is there.
  bool join(counted_together& place, std::size_t which) {
    if (place.set.add(symbols_[which]) != PAPI_OK) return false;
    place.events.push_back(which);
    return true;
  }

  /// Adds events until the processor has no counter left, and goes on with a new group. Where a
  /// component cannot count instructions as well, its groups go without.
  void choose_groups() {
    for (std::size_t which = 0; which < symbols_.size(); ++which) {
      if (!found_.events[which].reason.empty()) continue;
      if (!groups_.empty() && join(groups_.back(), which)) continue;
      counted_together fresh;
      for (std::size_t base = 0; base < beside && which >= beside; ++base) {
        if (found_.events[base].reason.empty()) join(fresh, base);
      }
      if (!join(fresh, which)) {
        fresh = counted_together();
        join(fresh, which);
      }
      groups_.push_back(std::move(fresh));
    }
  }

  void explain() {
    found_.reason = component_trouble(found_.version);
    if (!found_.reason.empty()) return;
    const event& first = found_.events.front();
    found_.reason = "PAPI " + found_.version + " can add no event, " + first.native + ": " +
                    first.reason + " (no PMU; a virtual machine?)";
  }

  std::vector<std::string> symbols_;  // as PAPI knows the events, in their order
  std::vector<counted_together> groups_;
  std::vector<long long> values_, sums_;
  std::size_t current_ = 0;
  int error_ = PAPI_OK;
};

}  // namespace

std::unique_ptr<backend> make_papi(const std::vector<std::string>& native_events) {
  return std::make_unique<papi_backend>(native_events);
}

}  // namespace harness::backends

#endif
