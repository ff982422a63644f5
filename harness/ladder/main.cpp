// ladder: measures the latency ladder of the CPU that it runs on, and prints it as JSON.
#include <iostream>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "harness/json.hpp"
#include "harness/ladder/ladder.hpp"
#include "harness/latency/clock_json.hpp"
#include "harness/machine.hpp"
#include "harness/output.hpp"

namespace harness {
namespace {

/// The version of what the fields mean.
constexpr const char* format = "1";
constexpr std::size_t most_bytes = std::size_t{1} << 32, most_pages = std::size_t{1} << 20;

enum exit_code { all_fine = 0, wrong_answer = 1, wrong_usage = 2 };

json json_of(const ladder::rung& one) {
  return {{"layout", ladder::name_of(one.how)},
          {"lines", one.lines},
          {"passes", one.passes},
          {"reason", text_or_null(one.reason)}};
}

json json_of(const ladder::request& what, const latency::clock_facts& clock,
             const std::vector<ladder::rung>& rungs) {
  return {{"mapscope_ladder", format},
          {"cpu_model", cpu_model()},
          {"kernel", kernel()},
          {"clock", latency::json_of(clock)},
          {"seed", what.seed},
          {"line_bytes", what.line},
          {"page_bytes", what.page},
          {"loads", ladder::loads},
          {"rungs", array_of(rungs, [](const ladder::rung& one) { return json_of(one); })}};
}

/// Half octaves: 1 K, 1.5 K, 2 K, 3 K, ...
std::vector<std::size_t> half_octaves(std::size_t from, std::size_t to) {
  std::vector<std::size_t> found;
  for (std::size_t size = from; size <= to; size *= 2) {
    found.push_back(size);
    if (size + size / 2 <= to) found.push_back(size + size / 2);
  }
  return found;
}

void declare(CLI::App& app, ladder::request& what, std::string& output) {
  app.add_option("--sizes", what.sizes,
                 "bytes to chase through: half octaves from 1 KiB to 128 MiB")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{128}, most_bytes));
  app.add_option("--pages", what.pages, "one line in each of so many pages: 16 to 16384")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{2}, most_pages));
  app.add_option("--line", what.line, "bytes of a cache line")
      ->check(CLI::IsMember({32, 64, 128, 256}));
  app.add_option("--passes", what.passes, "how often each is timed")->check(CLI::Range(1, 1000));
  app.add_option("--seconds", what.seconds,
                 "the time: sizes that do not end in its half are left out, but the largest")
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", what.seed, "the order of the chase derives from it");
  app.add_option("--out", output, "where the JSON goes (default standard output)");
}

exit_code run(int argc, char** argv) {
  CLI::App app("Times a chain of dependent loads, by the bytes that they are spread over.");
  ladder::request what;
  what.page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  what.sizes = half_octaves(std::size_t{1} << 10, std::size_t{1} << 27);
  what.pages = half_octaves(16, std::size_t{1} << 14);
  std::string output;
  declare(app, what, output);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return all_fine;
  } catch (const CLI::ParseError& error) {
    std::cerr << "ladder: " << error.what() << " (see --help)\n";
    return wrong_usage;
  }
  std::optional<whole_file> file;  // none: standard output
  if (!output.empty()) file.emplace(output);
  const latency::clock_facts clock = latency::calibrate();
  const std::string text = to_line(json_of(what, clock, ladder::climb(what, clock))) + '\n';
  if (!file) {
    std::cout << text;
    return all_fine;
  }
  file->write(text);
  file->commit();
  return all_fine;
}

exit_code run_and_explain(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::cerr << "ladder: not enough memory for the largest working set; give smaller --sizes\n";
    return wrong_usage;
  } catch (const ladder::wrong_chase& error) {
    std::cerr << "ladder: " << error.what() << '\n';
    return wrong_answer;
  }
}

}  // namespace
}  // namespace harness

int main(int argc, char** argv) {
  return harness::with_checked_output(
      "ladder", [&]() -> int { return harness::run_and_explain(argc, argv); });
}
