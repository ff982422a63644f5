#include "harness/options.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>

#include "harness/counters/geometry.hpp"

namespace harness {
namespace {

constexpr std::size_t largest_size = std::size_t{1} << 30;
constexpr std::size_t largest_cold_bytes = std::size_t{1} << 40;

template <class Names>
std::string joined(const Names& names, std::string_view separator) {
  std::string text;
  for (std::string_view name : names) {
    if (!text.empty()) text += separator;
    text += name;
  }
  return text;
}

template <class Items>
std::vector<std::string_view> names_of(const Items& items) {
  std::vector<std::string_view> names;
  for (const auto& item : items) names.push_back(item.name);
  return names;
}

/// The workloads that run without being named: not the states of any.
std::vector<std::string_view> plain_names(const catalogue& known) {
  std::vector<std::string_view> names;
  for (const auto& one : known.workloads) {
    if (one.family.empty()) names.push_back(one.name);
  }
  return names;
}

/// A word about each family, for --help.
std::string states_of(const catalogue& known) {
  std::vector<std::string_view> families;
  for (const auto& one : known.workloads) {
    const auto seen = std::find(families.begin(), families.end(), one.family);
    if (!one.family.empty() && seen == families.end()) families.push_back(one.family);
  }
  std::string text;
  for (std::string_view name : families)
    text.append("; states of ").append(name).append(" see --describe");
  return text;
}

std::vector<std::string_view> payload_names(const catalogue& known) {
  std::vector<std::string_view> names;
  for (const auto& part : known.payloads) names.push_back(part.info.name);
  return names;
}

std::vector<std::string_view> split(std::string_view list) {
  std::vector<std::string_view> items;
  for (std::size_t comma = 0; comma != list.npos; list.remove_prefix(comma + 1)) {
    comma = list.find(',');
    items.push_back(list.substr(0, comma));
    if (comma == list.npos) break;
  }
  return items;
}

/// The known names that `list` chooses, in the canonical order, whatever order they were given in.
/// `told` is what an error says is known, where all names are too many to list.
std::vector<std::string_view> choose(std::string_view what, std::string_view list,
                                     const std::vector<std::string_view>& known,
                                     const std::string& told = {}) {
  const auto wanted = split(list);
  for (std::string_view name : wanted) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw usage_error("unknown " + std::string(what) + " '" + std::string(name) +
                        "' (known: " + (told.empty() ? joined(known, ", ") : told) + ")");
    }
  }
  std::vector<std::string_view> chosen;
  for (std::string_view name : known) {
    if (std::find(wanted.begin(), wanted.end(), name) != wanted.end()) chosen.push_back(name);
  }
  return chosen;
}

std::uint64_t parse_number(std::string_view what, std::string_view text, std::uint64_t least,
                           std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    throw usage_error("bad " + std::string(what) + " '" + std::string(text) +
                      "' (known: whole numbers from " + std::to_string(least) + " to " +
                      std::to_string(most) + ")");
  }
  return number;
}

std::vector<std::size_t> parse_sizes(std::string_view list) {
  std::vector<std::size_t> sizes;
  for (std::string_view text : split(list)) {
    const std::size_t size = parse_number("size", text, 1, largest_size);
    if (std::find(sizes.begin(), sizes.end(), size) == sizes.end()) sizes.push_back(size);
  }
  return sizes;
}

/// What was typed, before it is checked.
struct raw_options {
  std::string workloads, payloads, hashes, sizes = "1000,100000", seed = "1", memory = "resident";
  std::string counters, papi_events, cache = "host";
  std::string cold_bytes = std::to_string(workloads::cold_bytes_by_default), states;
  std::string growth, growth_pages = "small", growth_repetitions = "8", growth_churn = "30",
                      growth_count_into;
  growth::request request{};
};

const std::vector<std::string_view>& counter_names() {
  static const std::vector<std::string_view> names{"os", "papi", "perf", "sim"};
  return names;
}

void declare_counters(CLI::App& app, raw_options& raw, options& parsed) {
  app.add_option("--counters", raw.counters,
                 "what counts whole passes, besides timing them: " + joined(counter_names(), ","));
  app.add_option("--papi-events", raw.papi_events, "native events to count, as PAPI names them");
  app.add_option("--cache", raw.cache,
                 "whose caches are simulated: " + joined(counters::geometry_names(), ","));
  app.add_flag("--callgrind", parsed.callgrind,
               "time nothing, and mark one pass of each benchmark for valgrind --tool=callgrind "
               "--collect-atstart=no");
}

void declare_growth(CLI::App& app, raw_options& raw) {
  app.add_option(
      "--growth", raw.growth,
      "instead of benchmarks, time every operation on one growing table (one payload, one "
      "size): insert, mixed with as many lookups, or churn: a full table that stays full");
  app.add_option("--growth-churn", raw.growth_churn,
                 "of churn: how many entries leave and come for each that is there");
  app.add_flag("--growth-reserved", raw.request.set.reserved, "with room for all from the start");
  app.add_option("--growth-pages", raw.growth_pages, "small, or huge where the system allows it");
  app.add_option("--growth-repetitions", raw.growth_repetitions,
                 "in new processes; of each operation the shortest time is taken");
  app.add_flag("--growth-turns", raw.request.in_turns,
               "stop (SIGSTOP) between repetitions until continued, so that maps can take turns");
  app.add_option("--growth-out", raw.request.output,
                 "where the JSON goes (default standard output)");
  app.add_option("--growth-trace", raw.request.trace, "where all durations go, as 32-bit floats");
  app.add_option("--growth-count-into", raw.growth_count_into)->group("");  // for its own children
}

void declare(CLI::App& app, raw_options& raw, options& parsed) {
  app.add_option("--workloads", raw.workloads, "which workloads: " + raw.workloads + raw.states);
  app.add_option("--kv", raw.payloads, "which payloads: " + raw.payloads);
  app.add_option("--hash", raw.hashes, "which hash functions: " + raw.hashes);
  app.add_option("--sizes", raw.sizes, "entries in a table: " + raw.sizes);
  app.add_option("--seed", raw.seed, "keys and orders derive from it: " + raw.seed);
  app.add_option("--memory", raw.memory,
                 "resident: freed memory is used again; first_touch: large arrays come fresh "
                 "from the kernel");
  app.add_option("--cold-bytes", raw.cold_bytes,
                 "keys and values in the tables of a cold state, at least: " + raw.cold_bytes);
  declare_counters(app, raw, parsed);
  declare_growth(app, raw);
  app.add_flag("--describe", parsed.describe, "print what this binary can run, as JSON, and exit");
  app.add_flag("--check", parsed.check, "only check the map's answers, and exit");
  app.footer("Lists are separated by commas. Google Benchmark's own flags (--benchmark_filter,\n"
             "--benchmark_out, --benchmark_min_time, ...) work as they always do.");
  app.allow_extras();
}

/// The one name that `text` must be.
std::string_view choose_one(std::string_view what, const std::string& flag, const std::string& text,
                            const std::vector<std::string_view>& known) {
  const auto chosen = choose(what, text, known);
  if (chosen.size() != 1) {
    throw usage_error(flag + " takes one " + std::string(what) + ", not '" + text + "'");
  }
  return chosen.front();
}

void parse_counters(const raw_options& raw, const catalogue& known, options& parsed) {
  const bool is_watched = known.make_sim != nullptr;
  if (is_watched) parsed.counters = {"sim"};
  if (parsed.describe && !is_watched) parsed.counters = counter_names();
  if (!raw.counters.empty()) parsed.counters = choose("backend", raw.counters, counter_names());
  for (std::string_view name : split(raw.papi_events)) {
    if (!name.empty()) parsed.papi_events.emplace_back(name);
  }
  const auto processors = counters::geometry_names();
  const auto cache = choose_one("processor", "--cache", raw.cache, processors);
  parsed.cache = *std::find(processors.begin(), processors.end(), cache);
  if (parsed.callgrind && is_watched) {
    throw usage_error("--callgrind is for bench_" + std::string(known.map.name) +
                      ": this binary would have it look at its own simulator");
  }
}

void parse_growth(raw_options& raw, options& parsed) {
  if (raw.growth.empty()) return;
  constexpr std::uint64_t most_repetitions = 1000, most_churn = 1000, most_descriptors = 1 << 20;
  const auto mix = choose_one("mix", "--growth", raw.growth, {"insert", "mixed", "churn"});
  const auto page = choose_one("page size", "--growth-pages", raw.growth_pages, {"small", "huge"});
  if (parsed.payloads.size() != 1 || parsed.sizes.size() != 1) {
    throw usage_error("--growth takes one payload (--kv) and one size (--sizes) at a time");
  }
  growth::request request = std::move(raw.request);
  request.set.n = parsed.sizes.front();
  request.set.seed = parsed.seed;
  request.set.mix = mix == "insert"  ? workloads::growth_mix::insert
                    : mix == "mixed" ? workloads::growth_mix::mixed
                                     : workloads::growth_mix::churn;
  request.set.churn = parse_number("number of entries that leave", raw.growth_churn, 1, most_churn);
  request.set.warm = parsed.memory == memory_mode::resident;
  request.page_size = page == "small" ? growth::pages::small : growth::pages::huge;
  request.repetitions =
      parse_number("number of repetitions", raw.growth_repetitions, 1, most_repetitions);
  if (!raw.growth_count_into.empty()) {
    request.count_into =
        static_cast<int>(parse_number("descriptor", raw.growth_count_into, 0, most_descriptors));
  }
  parsed.growth = std::move(request);
}

}  // namespace

options parse_options(int argc, const char* const* argv, const catalogue& known) {
  const auto workloads = names_of(known.workloads);
  const auto payloads = payload_names(known);
  raw_options raw;
  raw.workloads = joined(plain_names(known), ",");
  raw.states = states_of(known);
  raw.payloads = joined(payloads, ",");
  raw.hashes = joined(known.hashes, ",");

  options parsed;
  CLI::App app("Times " + std::string(known.map.title) + ", and checks every answer it gives.",
               "bench_" + std::string(known.map.name));
  declare(app, raw, parsed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    parsed.help = app.help();
    return parsed;
  } catch (const CLI::ParseError& error) {
    throw usage_error(error.what());
  }

  parsed.workloads =
      choose("workload", raw.workloads, workloads, joined(plain_names(known), ", ") + raw.states);
  parsed.payloads = choose("payload", raw.payloads, payloads);
  parsed.hashes = choose("hash", raw.hashes, known.hashes);
  parsed.sizes = parse_sizes(raw.sizes);
  parsed.seed = parse_number("seed", raw.seed, 0, UINT64_MAX);
  parsed.cold_bytes = parse_number("number of bytes", raw.cold_bytes, 1, largest_cold_bytes);
  const auto memory =
      choose_one("memory mode", "--memory", raw.memory, {memory_names.begin(), memory_names.end()});
  const bool resident = memory == memory_names.front();
  parsed.memory = resident ? memory_mode::resident : memory_mode::first_touch;
  parse_counters(raw, known, parsed);
  parse_growth(raw, parsed);
  parsed.others = app.remaining();
  return parsed;
}

}  // namespace harness
