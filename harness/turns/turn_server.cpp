#include "harness/turns/turn_server.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <exception>
#include <iostream>
#include <limits>
#include <sstream>
#include <string_view>

#include <sched.h>
#include <unistd.h>

#include "harness/backends/os.hpp"
#include "harness/result_check.hpp"
#include "harness/turns/pace.hpp"

namespace harness {
namespace {

using clock = std::chrono::steady_clock;

/// Timed passes take at least so many times as long as what warms up before them, drawing keys
/// included: more than half of a turn is timed.
constexpr double timed_to_untimed = 1.5;

/// Whoever shares a core does not make it that many times slower: the CPU was gone meanwhile.
constexpr std::uint64_t slowest_to_fastest = 2;

/// A pass of more brings most of what it touches into the caches by itself. The limit is of the
/// work and not of its time: by time, a map that was slow once got no untimed pass and so stayed
/// slow (insert_reserved, n = 32,768: 9 or 20 ns, process by process).
constexpr std::size_t most_warmed = 40'000;

/// A small table gets other keys once in so many turns: what filling it takes is then a twentieth
/// of them.
constexpr std::uint64_t turns_to_renewal(std::size_t n) { return n <= 512 ? 1 : 4; }

constexpr std::size_t line_bytes = 64;

std::uint64_t ns_between(clock::time_point start, clock::time_point stop) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(stop - start).count());
}

struct timed_passes {
  std::uint64_t count = 0;
  std::uint64_t ns = 0;
  std::uint64_t paces = 0;  // the sum of two a pass
  std::uint64_t fastest = std::numeric_limits<std::uint64_t>::max();

  void add(std::uint64_t pass_ns, std::uint64_t before, std::uint64_t after) noexcept {
    ++count;
    ns += pass_ns;
    fastest = std::min({fastest, before, after});
    paces += std::min(before, slowest_to_fastest * fastest);
    paces += std::min(after, slowest_to_fastest * fastest);
  }
};

std::uint64_t timed_run(fixture& work) {
  const clock::time_point start = clock::now();
  work.run();
  return ns_between(start, clock::now());
}

const payload_entry& payload_of(const catalogue& known, const options& chosen) {
  return *std::find_if(known.payloads.begin(), known.payloads.end(),
                       [&](const auto& one) { return one.info.name == chosen.payloads.front(); });
}

turn_start parse_start(const std::string& word) {
  constexpr std::string_view evict = "evict=";
  if (word == "as_is") return {};
  if (word == "pass") return {false, true, 0};
  if (word == "table") return {true, true, 0};
  if (word.starts_with(evict)) {
    std::size_t bytes = 0;
    const char* const last = word.data() + word.size();
    const auto [end, error] = std::from_chars(word.data() + evict.size(), last, bytes);
    if (error == std::errc() && end == last && bytes > 0) return {false, false, bytes};
  }
  throw usage_error("unknown start of a turn '" + word +
                    "'; available: as_is, pass, table, evict=<bytes>");
}

}  // namespace

turn_order parse_turn(const std::string& words) {
  std::istringstream text(words);
  turn_order wanted;
  std::string start;
  if (!(text >> wanted.number >> start >> wanted.least_ns)) {
    throw usage_error("bad turn '" + words + "'; expected: turn <number> <start> <ns> [<next>]");
  }
  wanted.start = parse_start(start);
  if (!(text >> wanted.next)) wanted.next = -1;
  return wanted;
}

turn_server::turn_server(const catalogue& known, const options& chosen)
    : payload_(payload_of(known, chosen)), chosen_(chosen), os_(backends::make_os()) {}

void turn_server::run() {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string command, rest;
    words >> command;
    std::getline(words >> std::ws, rest);
    if (command == "open") {
      send(open(rest));
    } else if (command == "close") {
      send(close());
    } else if (command == "pace") {
      send(pace(rest));
    } else if (command == "turn") {
      const turn_order wanted = parse_turn(rest);
      wait_for_baton();
      send(turn(wanted));
      pass_baton(wanted.next);
    } else {
      throw usage_error("unknown command '" + line + "'; available: open, pace, turn, close");
    }
  }
}

void turn_server::send(const json& answer) { std::cout << to_line(answer) << '\n' << std::flush; }

json turn_server::open(const std::string& workload) {
  close();
  const auto found =
      std::find_if(payload_.variants.begin(), payload_.variants.end(), [&](const variant& one) {
        return one.workload == workload && one.hash == chosen_.hashes.front();
      });
  if (found == payload_.variants.end()) return fail("no workload '" + workload + "' here");
  if (tables_are_renewed_) tables_ = {};
  tables_are_renewed_ = false;
  try {
    work_ = found->build({chosen_.sizes.front(), chosen_.seed, chosen_.cold_bytes, found->state,
                          &tables_, chosen_.key_set});
    work_->prepare();
    work_->run();
  } catch (const workloads::inapplicable& error) {
    close();
    return {{"inapplicable", error.what()}};
  } catch (const std::exception& error) {  // most likely no memory for a table this large
    return fail(error.what());
  }
  if (const std::string wrong = check_result(*work_); !wrong.empty()) return fail(wrong);
  const workloads::scanned scanned = work_->slots();
  json answer{{"checksum", hex(work_->answer())},
              {"operations", work_->operations()},
              {"payload_bytes", work_->payload_bytes()},
              {"slots", scanned.slots > 0 ? json(scanned.slots) : json()},
              {"without_slots", text_or_null(scanned.reason)}};
  os_->enter();
  return answer;
}

json turn_server::turn(const turn_order& wanted) {
  if (!work_) return fail("no workload is open");
  try {
    if ((wanted.number - 1) % turns_to_renewal(chosen_.sizes.front()) == 0 &&
        work_->renew(chosen_.seed + wanted.number)) {
      tables_are_renewed_ = true;
    }
    return timed(wanted, warm_up(wanted));
  } catch (const std::exception& error) {
    return fail(error.what());
  }
}

/// Returns how long it took. A long pass finds the caches as it would after other work of the
/// program.
std::uint64_t turn_server::warm_up(const turn_order& wanted) {
  const clock::time_point start = clock::now();
  if (wanted.start.reads_table) work_->touch();
  const bool is_short = work_->operations() <= most_warmed;
  if (wanted.start.makes_pass && is_short && !work_->prepare_warms()) {
    work_->prepare();
    work_->run();
  }
  return ns_between(start, clock::now());
}

json turn_server::pace(const std::string& milliseconds) {
  std::istringstream text(milliseconds);
  unsigned least_ms = 0;
  if (!(text >> least_ms)) {
    throw usage_error("bad pace '" + milliseconds + "'; expected: pace <ms>");
  }
  const clock::time_point end = clock::now() + std::chrono::milliseconds(least_ms);
  std::uint64_t lowest = pace_ns();
  while (clock::now() < end) lowest = std::min(lowest, pace_ns());
  return {{"pace", lowest}};
}

json turn_server::timed(const turn_order& wanted, std::uint64_t untimed_ns) {
  const auto least =
      std::max(wanted.least_ns,
               static_cast<std::uint64_t>(timed_to_untimed * static_cast<double>(untimed_ns)));
  timed_passes timed;
  do {
    work_->prepare();
    if (wanted.start.evicted_bytes > 0) evict(wanted.start.evicted_bytes);
    os_->begin(0);
    const std::uint64_t before = pace_ns();
    const std::uint64_t ns = timed_run(*work_);
    const std::uint64_t after = pace_ns();
    os_->end();
    timed.add(ns, before, after);
    if (const std::string wrong = check_result(*work_); !wrong.empty()) return fail(wrong);
  } while (timed.ns < least && wanted.start.evicted_bytes == 0);
  passes_ += timed.count;
  return {{"passes", timed.count},
          {"ns", timed.ns},
          {"switches", take_switches()},
          {"pace", timed.paces / (2 * timed.count)},
          {"fastest", timed.fastest}};
}

/// Returns how often another program took the CPU.
double turn_server::take_switches() {
  double switches = 0;
  for (const backends::reading& one : os_->take(1)) {
    if (!one.value) continue;
    totals_[one.event] += *one.value;
    if (one.event == "involuntary_switches") switches = *one.value;
  }
  return switches;
}

json turn_server::close() {
  json answer{{"passes", passes_}};
  for (const auto& [event, total] : totals_) answer["os_" + event] = total;
  work_.reset();
  passes_ = 0;
  totals_.clear();
  return answer;
}

json turn_server::fail(const std::string& why) {
  close();
  ++failures_;
  return {{"error", why}};
}

void turn_server::evict(std::size_t bytes) {
  if (evicting_.size() < bytes) evicting_.assign(bytes, 1);
  unsigned sum = 0;
  for (std::size_t at = 0; at < bytes; at += line_bytes) sum += evicting_[at];
  evicted_ = sum;
}

void turn_server::wait_for_baton() const {
  if (!chosen_.baton) return;
  char byte = 0;
  ssize_t got = 0;
  do {
    got = read(*chosen_.baton, &byte, 1);
  } while (got < 0 && errno == EINTR);
  if (got != 1)
    throw usage_error("--baton: nothing can be read from descriptor " +
                      std::to_string(*chosen_.baton));
  sched_yield();  // the one before must come to its end, or it would do so during this turn
}

void turn_server::pass_baton(int next) {
  if (next < 0) return;
  ssize_t written = 0;
  do {
    written = write(next, "", 1);
  } while (written < 0 && errno == EINTR);
  if (written != 1)
    throw usage_error("cannot pass the baton to descriptor " + std::to_string(next));
}

}  // namespace harness
