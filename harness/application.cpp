#include "harness/application.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/benchmark_run.hpp"
#include "harness/concurrent/read_latency_json.hpp"
#include "harness/context.hpp"
#include "harness/counting/counting_session.hpp"
#include "harness/counting/fork_server.hpp"
#include "harness/describe.hpp"
#include "harness/growth/study.hpp"
#include "harness/json.hpp"
#include "harness/machine.hpp"
#include "harness/memory/memory_mode.hpp"
#include "harness/memory/table_memory.hpp"
#include "harness/memory/table_memory_json.hpp"
#include "harness/options.hpp"
#include "harness/output.hpp"
#include "harness/process.hpp"
#include "harness/session.hpp"
#include "harness/turns/turn_server.hpp"

namespace harness {
namespace {

enum exit_code { all_fine = 0, wrong_answer = 1, wrong_usage = 2 };

/// The same check for every adapter, on each payload that is going to run. Where only
/// counting is done it is left out, because it would take as long as the counting itself (under
/// valgrind, minutes): there every pass still has its own answer checked, and the timed binary this
/// one.
bool answers_are_right(const catalogue& known, const options& chosen) {
  if (chosen.callgrind || known.make_sim != nullptr) return true;
  for (const auto& part : known.payloads) {
    const auto& wanted = chosen.payloads;
    if (std::find(wanted.begin(), wanted.end(), part.info.name) == wanted.end()) continue;
    const std::string wrong = part.answer_check(chosen.seed);
    if (wrong.empty()) continue;
    std::cerr << "bench_" << known.map.name << ": answer check failed: " << wrong << '\n';
    return false;
  }
  return true;
}

exit_code measure(const catalogue& known, const options& chosen, const std::string& memory,
                  const fork_server* server, benchmark_run& benchmarks) {
  counting_session counting(known, chosen, server);
  add_context(known, chosen, memory, counting.is_open() ? counting.report() : "");
  session session(chosen, counting);
  session.add_benchmarks(known, chosen);
  const std::size_t matched = benchmarks.run();
  if (session.failures() > 0) return wrong_answer;
  return matched > 0 ? all_fine : wrong_usage;
}

exit_code measure_growth(const catalogue& known, const options& chosen, char** argv) {
  const growth::request& what = *chosen.growth;
  if (what.page_size == growth::pages::huge) {
    if (const std::string reason = growth::no_huge_pages(); !reason.empty())
      throw usage_error(reason);
  }
  growth::prepare_process(argv, what.page_size);
  const std::string memory = set_memory_mode(chosen.memory, known.keep_memory);
  for (const auto& part : known.payloads) {
    if (part.info.name != chosen.payloads.front()) continue;
    if (part.build_growth == nullptr) {
      throw usage_error("--growth: this binary has none; use bench_" + std::string(known.map.name) +
                        "_growth");
    }
    const growth::labels names{std::string(known.map.name), std::string(part.info.name), memory};
    std::string wrong;
    try {
      wrong = growth::study(part.build_growth, what, names, argv);
    } catch (const growth::will_not_fit& error) {
      throw usage_error(error.what());
    }
    if (wrong.empty()) return all_fine;
    std::cerr << "bench_" << known.map.name << ": " << wrong << '\n';
    return wrong_answer;
  }
  return wrong_usage;
}

exit_code weigh_tables(const catalogue& known, const options& chosen, char** argv) {
  const std::optional<std::string> reason = why_not_counted(argv);
  const std::string memory = set_memory_mode(memory_mode::resident, nullptr);
  if (known.keep_memory != nullptr) known.keep_memory(false);  // or ended tables were weighed
  whole_file place(chosen.table_memory);
  for (const auto& part : known.payloads) {
    if (part.info.name != chosen.payloads.front()) continue;
    if (part.weigh == nullptr) {
      throw usage_error("--table-memory: this binary has none; use bench_" +
                        std::string(known.map.name));
    }
    json tables = json::array();
    if (!reason)
      tables = json_of(part.weigh({chosen.sizes, chosen.seed, chosen.key_set, chosen.loads}));
    place.write(to_line({{"mapscope_table_memory", table_memory_format},
                         {"cpu_model", cpu_model()},
                         {"kernel", kernel()},
                         {"map", known.map.name},
                         {"kv", part.info.name},
                         {"keys", chosen.keys},
                         {"hash", chosen.hashes.front()},
                         {"seed", chosen.seed},
                         {"memory", memory},
                         {"tables", tables},
                         {"reason", reason ? json(*reason) : json()}}) +
                '\n');
    place.commit();
  }
  return all_fine;
}

exit_code measure_read_latency(const catalogue& known, const options& chosen) {
  const std::string memory = set_memory_mode(chosen.memory, nullptr);
  whole_file place(chosen.read_latency);
  const bool has_two_cpus = workloads::usable_cpus().size() > 1;
  for (const auto& part : known.payloads) {
    if (part.info.name != chosen.payloads.front()) continue;
    json tables = json::array();
    if (has_two_cpus) {
      for (const std::size_t n : chosen.sizes) {
        tables.push_back(json_of(
            part.measure_read_latency(workloads::key_pool(n, chosen.seed, chosen.key_set))));
      }
    }
    const json reason = has_two_cpus
                            ? json()
                            : json("one CPU: a reader and a writer alternate on it, and what is "
                                   "measured is the scheduler");
    place.write(to_line({{"mapscope_read_latency", read_latency_format},
                         {"cpu_model", cpu_model()},
                         {"kernel", kernel()},
                         {"map", known.map.name},
                         {"kv", part.info.name},
                         {"keys", chosen.keys},
                         {"hash", chosen.hashes.front()},
                         {"seed", chosen.seed},
                         {"memory", memory},
                         {"tables", tables},
                         {"reason", reason}}) +
                '\n');
    place.commit();
  }
  return all_fine;
}

/// Answers the commands of a runner, after a line about this process.
exit_code measure_in_turns(const catalogue& known, const options& chosen,
                           const std::string& memory) {
  end_with_parent();  // nobody else would give it a turn
  json context;
  for (const auto& [name, text] : context_of(known, chosen, memory, "")) context[name] = text;
  std::cout << to_line({{"mapscope_turns", turn_protocol}, {"context", context}}) << '\n'
            << std::flush;
  turn_server server(known, chosen);
  server.run();
  return server.failures() > 0 ? wrong_answer : all_fine;
}

/// Not in a binary that only watches tables grow.
bool has_benchmarks(const catalogue& known) {
  return std::any_of(known.payloads.begin(), known.payloads.end(),
                     [](const auto& part) { return !part.variants.empty(); });
}

exit_code run(const catalogue& known, int argc, char** argv) {
  std::unique_ptr<const fork_server> server;
  if (known.make_sim != nullptr) {
    fix_addresses(argv);
    server = std::make_unique<fork_server>(known, &simulate);
  }
  const bool marking = std::any_of(
      argv, argv + argc, [](const char* word) { return std::string_view(word) == "--callgrind"; });
  if (marking && !server) server = std::make_unique<fork_server>(known, &mark_for_callgrind);
  const options chosen = parse_options(argc, argv, known);
  if (!chosen.help.empty()) {
    std::cout << chosen.help;
    return all_fine;
  }
  if (chosen.growth) return measure_growth(known, chosen, argv);
  if (!chosen.table_memory.empty()) return weigh_tables(known, chosen, argv);
  if (!chosen.read_latency.empty()) return measure_read_latency(known, chosen);
  const std::string memory = set_memory_mode(chosen.memory, known.keep_memory);
  if (chosen.turns) {
    if (!chosen.answers_are_checked && !answers_are_right(known, chosen)) return wrong_answer;
    return measure_in_turns(known, chosen, memory);
  }
  benchmark_run benchmarks(argv[0], chosen.others);
  if (chosen.describe) {
    describe(std::cout, known, counting_session(known, chosen, server.get()).report());
    return all_fine;
  }
  if (!has_benchmarks(known)) {
    throw usage_error("this binary has no benchmarks, only --growth; use bench_" +
                      std::string(known.map.name));
  }
  if (!answers_are_right(known, chosen)) return wrong_answer;
  if (chosen.check) {
    std::cout << known.map.name << ": right answers for every payload\n";
    return all_fine;
  }
  return measure(known, chosen, memory, server.get(), benchmarks);
}

}  // namespace

int run_application(const catalogue& known, int argc, char** argv) {
  const std::string program = "bench_" + std::string(known.map.name);
  return with_checked_output(program, [&]() -> int {
    try {
      return run(known, argc, argv);
    } catch (const usage_error& error) {
      std::cerr << program << ": " << error.what() << '\n';
      return wrong_usage;
    }
  });
}

}  // namespace harness
