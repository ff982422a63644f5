#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/backends/backend.hpp"

namespace harness::backends {

/// Reads whatever it was given, in groups.
class fake_backend final : public backend {
 public:
  using groups_of_events = std::vector<std::vector<std::string>>;
  using source = std::function<double(const std::string& event, std::size_t group)>;

  fake_backend(groups_of_events events, source read)
      : events_(std::move(events)), read_(std::move(read)) {
    found_.name = "fake";
    for (const auto& group : events_) {
      for (const auto& name : group) {
        if (!counts(name)) found_.events.push_back({name, name, {}, true});
      }
    }
  }

  std::size_t groups() const override { return events_.size(); }
  std::size_t least_operations() const override { return 1; }
  void begin(std::size_t group) override { current_ = group, ++regions; }
  void end() override {}
  std::vector<reading> take(std::size_t operations) override {
    std::vector<reading> readings;
    for (const auto& name : events_[current_]) {
      const double total = read_(name, current_);
      readings.push_back({name, total / static_cast<double>(operations), {}});
    }
    return readings;
  }

  int regions = 0;

 private:
  groups_of_events events_;
  source read_;
  std::size_t current_ = 0;
};

}  // namespace harness::backends
