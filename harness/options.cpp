#include "harness/options.hpp"
#include "harness/key_sets.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>

#include "harness/backends/geometry.hpp"

namespace harness {
namespace {

using names = std::vector<std::string_view>;

constexpr std::uint64_t largest_size = std::uint64_t{1} << 30;
constexpr std::uint64_t largest_cold_bytes = std::uint64_t{1} << 40;
const names counter_names{"os", "papi", "perf", "sim"};

template <class Items>
std::string joined(const Items& items, std::string_view separator) {
  std::string text;
  for (const std::string_view item : items) {
    if (!text.empty()) text += separator;
    text += item;
  }
  return text;
}

bool has(const names& all, std::string_view name) {
  return std::find(all.begin(), all.end(), name) != all.end();
}

/// All workloads, the families' states included.
names workload_names(const catalogue& known) {
  names all;
  for (const auto& one : known.workloads) all.push_back(one.name);
  return all;
}

/// The workloads that run without being named: no states; of a concurrent map, those of one thread.
names plain_names(const catalogue& known) {
  names plain;
  for (const auto& one : known.workloads) {
    if (one.family.empty() || (known.map.is_concurrent && one.state == "t1")) {
      plain.push_back(one.name);
    }
  }
  return plain;
}

/// A remark about each family's states, which are too many to list.
std::string remarks_on_states(const catalogue& known) {
  if (known.map.is_concurrent) return "; for t2, t4, ... threads see --describe";
  names families;
  for (const auto& one : known.workloads) {
    if (!one.family.empty() && !has(families, one.family)) families.push_back(one.family);
  }
  std::string text;
  for (const std::string_view name : families) {
    text.append("; for the states of ").append(name).append(" see --describe");
  }
  return text;
}

/// Where the map's own hash is, when it is not in this binary.
std::string remark_on_own_hash(const catalogue& known) {
  if (!known.map.has_own_hash || has(known.hashes, own_hash_name)) return {};
  return "; own is in bench_" + std::string(known.map.name) + "_own";
}

names payload_names(const catalogue& known) {
  names all;
  for (const auto& entry : known.payloads) all.push_back(entry.info.name);
  return all;
}

std::string unknown(std::string_view what, std::string_view text, std::string_view available) {
  std::string message("unknown ");
  message.append(what).append(" '").append(text).append("'; available: ").append(available);
  return message;
}

/// Accepts one of `all`. `available` is what the error lists; by default all of them.
CLI::Validator one_of(std::string what, names all, std::string available = {}) {
  if (available.empty()) available = joined(all, ", ");
  return {[=](const std::string& text) {
            return has(all, text) ? std::string() : unknown(what, text, available);
          },
          ""};
}

/// Accepts a name and turns it into the number of its value.
template <class Enum>
CLI::Validator named(std::string what, std::vector<std::pair<std::string_view, Enum>> values) {
  return {[=](std::string& text) {
            names all;
            for (const auto& [name, value] : values) {
              if (name == text) {
                text = std::to_string(static_cast<int>(value));
                return std::string();
              }
              all.push_back(name);
            }
            return unknown(what, text, joined(all, ", "));
          },
          ""};
}

/// Accepts decimal digits: CLI11's own conversion takes "0x10" and "1'000" as well.
CLI::Validator whole_number(std::string what, std::uint64_t least, std::uint64_t most) {
  return {[=](const std::string& text) {
            std::uint64_t number = 0;
            const char* const last = text.data() + text.size();
            const auto [end, error] = std::from_chars(text.data(), last, number);
            if (error == std::errc() && end == last && number >= least && number <= most) {
              return std::string();
            }
            return "bad " + what + " '" + text + "'; expected a whole number from " +
                   std::to_string(least) + " to " + std::to_string(most);
          },
          ""};
}

/// What was given, before names are looked up.
struct raw_options {
  std::vector<std::string> workloads, payloads, hashes, counters;
  std::string cache = "host";
  std::string growth_mix;
  int baton = -1;
  growth::request request{};
};

/// A list, separated by commas.
template <class Target>
CLI::Option* add_list(CLI::App& app, const char* flag, Target& target, const std::string& help) {
  return app.add_option(flag, target, help)->delimiter(',')->allow_extra_args(false);
}

void declare_counters(CLI::App& app, raw_options& raw, options& parsed) {
  add_list(app, "--counters", raw.counters,
           "what counts whole passes, besides timing them: " + joined(counter_names, ","))
      ->check(one_of("backend", counter_names));
  add_list(app, "--papi-events", parsed.papi_events, "native events to count, as PAPI names them");
  const auto processors = backends::geometry_names();
  app.add_option("--cache", raw.cache, "whose caches are simulated: " + joined(processors, ","))
      ->check(one_of("processor", {processors.begin(), processors.end()}));
  app.add_flag("--callgrind", parsed.callgrind,
               "time nothing, and mark one pass of each benchmark for valgrind --tool=callgrind "
               "--collect-atstart=no");
}

void declare_growth(CLI::App& app, raw_options& raw) {
  constexpr std::uint64_t most_repetitions = 1000, most_churn = 1000, most_descriptors = 1 << 20;
  auto& request = raw.request;
  request.repetitions = 8, request.set.churn = 30, request.page_size = growth::pages::small;
  app.add_option(
         "--growth", raw.growth_mix,
         "of bench_<map>_growth: time every operation on one growing table (one payload, one "
         "size): insert, mixed with as many lookups, or churn: a full table that stays full")
      ->check(one_of("mix", {"insert", "mixed", "churn"}));
  app.add_option("--growth-churn", request.set.churn,
                 "of churn: how many entries are erased and inserted for each that is there")
      ->check(whole_number("number of entries", 1, most_churn));
  app.add_flag("--growth-reserved", request.set.reserved, "with room for all from the start");
  app.add_option("--growth-pages", request.page_size, "small, or huge where the system allows it")
      ->transform(named<growth::pages>(
          "page size", {{"small", growth::pages::small}, {"huge", growth::pages::huge}}));
  app.add_option("--growth-repetitions", request.repetitions,
                 "in new processes; of each operation the shortest time is taken")
      ->check(whole_number("number of repetitions", 1, most_repetitions));
  app.add_flag("--growth-turns", request.interleaved,
               "stop (SIGSTOP) between repetitions until continued, so that maps can interleave");
  app.add_option("--growth-out", request.output, "where the JSON goes (default standard output)");
  app.add_option("--growth-trace", request.trace, "where all durations go, as 32-bit floats");
  app.add_option("--growth-count-into", request.count_into)
      ->group("")  // for its own children
      ->check(whole_number("descriptor", 0, most_descriptors));
}

void declare_table_memory(CLI::App& app, options& parsed) {
  app.add_option("--table-memory", parsed.table_memory,
                 "instead of benchmarks, weigh tables of all sizes (one payload, one hash): bytes "
                 "when grown, at most on the way, and reserved; the JSON goes into this file");
}

void declare_loads(CLI::App& app, options& parsed) {
  constexpr std::uint64_t most_percent = 1000;
  add_list(app, "--table-loads", parsed.loads,
           "with --table-memory: percent; maximum load factors to weigh tables at as well")
      ->check(whole_number("load factor", 1, most_percent));
}

void declare_read_latency(CLI::App& app, const catalogue& known, options& parsed) {
  if (!known.map.is_concurrent) return;
  app.add_option(
      "--read-latency", parsed.read_latency,
      "instead of benchmarks, time lookups that arrive at a fixed rate, alone and beside a "
      "thread that writes, at all sizes (one payload); the JSON goes into this file");
}

void declare_turns(CLI::App& app, raw_options& raw, options& parsed) {
  constexpr std::uint64_t most_descriptors = 1 << 20;
  app.add_flag("--turns", parsed.turns,
               "instead of benchmarks, measure one payload, size and hash in turns, as commands on "
               "standard input say (docs/guide/runner_protocol.md)");
  app.add_option("--baton", raw.baton, "with --turns: the descriptor that each turn waits for")
      ->check(whole_number("descriptor", 0, most_descriptors));
  app.add_flag(
      "--answers-are-checked", parsed.answers_are_checked,
      "with --turns: leave out the check of the map's answers, made by an earlier process");
}

void declare(CLI::App& app, const catalogue& known, raw_options& raw, options& parsed) {
  const std::string plain = joined(plain_names(known), ", ") + remarks_on_states(known);
  add_list(app, "--workloads", raw.workloads, "which workloads: " + plain)
      ->check(one_of("workload", workload_names(known), plain));
  const names payloads = payload_names(known);
  add_list(app, "--kv", raw.payloads, "which payloads: " + joined(payloads, ", "))
      ->check(one_of("payload", payloads));
  add_list(app, "--hash", raw.hashes, "which hash functions: " + joined(known.hashes, ", "))
      ->check(one_of("hash", known.hashes, joined(known.hashes, ", ") + remark_on_own_hash(known)));
  add_list(app, "--sizes", parsed.sizes, "entries in a table: 1000,100000")
      ->check(whole_number("size", 1, largest_size));
  app.add_option("--seed", parsed.seed, "keys and orders derive from it: 1")
      ->check(whole_number("seed", 0, UINT64_MAX));
  app.add_option("--keys", parsed.keys, "which keys: " + joined(key_set_names(), ", "));
  app.add_option("--key-lines", parsed.key_lines, "a file whose lines are the keys, of strings");
  app.add_option("--memory", parsed.memory,
                 "resident: freed memory is used again; first_touch: large arrays come fresh "
                 "from the kernel")
      ->transform(named<memory_mode>("memory mode", {{memory_names[0], memory_mode::resident},
                                                     {memory_names[1], memory_mode::first_touch}}));
  app.add_option("--cold-bytes", parsed.cold_bytes,
                 "keys and values in the tables of a cold state, at least: " +
                     std::to_string(parsed.cold_bytes))
      ->check(whole_number("number of bytes", 1, largest_cold_bytes));
  declare_counters(app, raw, parsed);
  declare_growth(app, raw);
  declare_table_memory(app, parsed);
  declare_loads(app, parsed);
  declare_read_latency(app, known, parsed);
  declare_turns(app, raw, parsed);
  app.add_flag("--describe", parsed.describe, "print what this binary can run, as JSON, and exit");
  app.add_flag("--check", parsed.check, "only check the map's answers, and exit");
  app.footer("Lists are separated by commas. Google Benchmark's own flags (--benchmark_filter,\n"
             "--benchmark_out, --benchmark_min_time, ...) work as they always do.");
  app.allow_extras();
}

/// The names among `all` that `wanted` has, in the order of `all`, once each; `otherwise` when
/// nothing was wanted.
names choose(const std::vector<std::string>& wanted, const names& all, const names& otherwise) {
  if (wanted.empty()) return otherwise;
  names chosen;
  for (const std::string_view name : all) {
    if (std::find(wanted.begin(), wanted.end(), name) != wanted.end()) chosen.push_back(name);
  }
  return chosen;
}

void keep_first_of_each(std::vector<std::size_t>& sizes) {
  std::vector<std::size_t> kept;
  for (const std::size_t size : sizes) {
    if (std::find(kept.begin(), kept.end(), size) == kept.end()) kept.push_back(size);
  }
  sizes = std::move(kept);
}

void choose_counters(const raw_options& raw, const catalogue& known, options& parsed) {
  const bool is_watched = known.make_sim != nullptr;
  names otherwise;
  if (is_watched) otherwise = {"sim"};
  if (parsed.describe && !is_watched) otherwise = counter_names;
  parsed.counters = choose(raw.counters, counter_names, otherwise);
  const auto processors = backends::geometry_names();
  parsed.cache = *std::find(processors.begin(), processors.end(), raw.cache);
  if (parsed.callgrind && is_watched) {
    throw usage_error("--callgrind is for bench_" + std::string(known.map.name) +
                      ": this binary would have it look at its own simulator");
  }
}

void choose_keys(const catalogue& known, options& parsed) {
  constexpr std::size_t longest_name = 20;
  if (parsed.keys.size() > longest_name || parsed.keys.find('/') != std::string::npos) {
    throw usage_error("--keys: '" + parsed.keys + "' is too long a name, or has a slash");
  }
  parsed.key_set = key_set_named(parsed.keys, parsed.key_lines);
  for (const auto& one : known.payloads) {
    if (has(parsed.payloads, one.info.name) && !fits(parsed.key_set, one.info.key)) {
      throw usage_error("--keys: there are no " + parsed.keys + " keys of " +
                        std::string(one.info.name));
    }
  }
  if (parsed.growth && parsed.keys != random_keys) {
    throw usage_error("--growth has random keys only; leave out --keys");
  }
}

void choose_growth(raw_options& raw, options& parsed) {
  if (raw.growth_mix.empty()) return;
  if (parsed.payloads.size() != 1 || parsed.sizes.size() != 1) {
    throw usage_error("--growth takes one payload (--kv) and one size (--sizes) at a time");
  }
  growth::request request = std::move(raw.request);
  request.set.n = parsed.sizes.front();
  request.set.seed = parsed.seed;
  request.set.mix = raw.growth_mix == "insert"  ? workloads::growth_mix::insert
                    : raw.growth_mix == "mixed" ? workloads::growth_mix::mixed
                                                : workloads::growth_mix::churn;
  request.set.warm = parsed.memory == memory_mode::resident;
  parsed.growth = std::move(request);
}

void choose_table_memory(options& parsed) {
  if (parsed.table_memory.empty()) return;
  if (parsed.growth || parsed.callgrind || parsed.turns) {
    throw usage_error("--table-memory only weighs; leave out --growth, --callgrind and --turns");
  }
  if (parsed.payloads.size() != 1 || parsed.hashes.size() != 1) {
    throw usage_error("--table-memory takes one payload (--kv) and one hash (--hash)");
  }
  std::sort(parsed.sizes.begin(), parsed.sizes.end());
}

void choose_read_latency(const options& parsed) {
  if (parsed.read_latency.empty()) return;
  if (parsed.callgrind || parsed.turns || !parsed.table_memory.empty()) {
    throw usage_error("--read-latency is for itself; leave out --callgrind, --turns and "
                      "--table-memory");
  }
  if (parsed.payloads.size() != 1) throw usage_error("--read-latency takes one payload (--kv)");
}

/// What several threads do is neither counted nor watched growing.
void refuse_for_concurrent(const catalogue& known, const raw_options& raw, const options& parsed) {
  if (!known.map.is_concurrent) return;
  const bool is_counted = std::any_of(raw.counters.begin(), raw.counters.end(),
                                      [](const std::string& name) { return name != "os"; });
  if (is_counted || parsed.callgrind) {
    throw usage_error("--counters, --callgrind: of a concurrent map only time is measured, because "
                      "the counters are those of one thread");
  }
  if (parsed.growth) throw usage_error("--growth: of a concurrent map see the workload fill");
}

void choose_turns(const raw_options& raw, options& parsed) {
  if (raw.baton >= 0) parsed.baton = raw.baton;
  if (!parsed.turns) return;
  if (parsed.growth || parsed.callgrind || !raw.counters.empty()) {
    throw usage_error("--turns only times; leave out --growth, --callgrind and --counters");
  }
  if (parsed.payloads.size() != 1 || parsed.sizes.size() != 1 || parsed.hashes.size() != 1) {
    throw usage_error("--turns takes one payload (--kv), one size (--sizes) and one hash (--hash)");
  }
}

}  // namespace

options parse_options(int argc, const char* const* argv, const catalogue& known) {
  raw_options raw;
  options parsed;
  CLI::App app("Times " + std::string(known.map.title) + ", and checks every answer it gives.",
               "bench_" + std::string(known.map.name));
  declare(app, known, raw, parsed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    parsed.help = app.help();
    return parsed;
  } catch (const CLI::ParseError& error) {
    throw usage_error(error.what());
  }
  parsed.workloads = choose(raw.workloads, workload_names(known), plain_names(known));
  parsed.payloads = choose(raw.payloads, payload_names(known), payload_names(known));
  parsed.hashes = choose(raw.hashes, known.hashes, known.hashes);
  keep_first_of_each(parsed.sizes);
  choose_counters(raw, known, parsed);
  choose_growth(raw, parsed);
  choose_keys(known, parsed);
  choose_turns(raw, parsed);
  choose_table_memory(parsed);
  choose_read_latency(parsed);
  refuse_for_concurrent(known, raw, parsed);
  parsed.others = app.remaining();
  return parsed;
}

}  // namespace harness
