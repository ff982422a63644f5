#include "harness/benchmark_run.hpp"

#include <cstdlib>
#include <string_view>
#include <utility>

#include "harness/usage_error.hpp"

namespace harness {
namespace {

/// Google Benchmark asks for a file before it accepts a reporter for one.
constexpr const char* no_file_of_its_own = "--benchmark_out=/dev/null";

/// The value of a flag: the last of the command line, else of the environment, as Google Benchmark
/// has it.
std::string value_of(const std::vector<std::string>& words, const std::string& flag,
                     const char* variable, std::string value) {
  if (const char* set = std::getenv(variable)) value = set;
  const std::string prefix = "--" + flag + "=";
  for (const std::string& word : words) {
    if (word.starts_with(prefix)) value = word.substr(prefix.size());
  }
  return value;
}

/// Google Benchmark answers an unknown format with its help and status 0.
std::string format_of(const std::vector<std::string>& words, const std::string& flag,
                      const char* variable, const std::string& otherwise) {
  const std::string format = value_of(words, flag, variable, otherwise);
  if (format == "console" || format == "json" || format == "csv") return format;
  throw usage_error("unknown format '" + format + "' for --" + flag +
                    "; available: console, json, csv");
}

/// A reporter that writes to a kept_text, whatever stream it is given.
template <class Reporter>
class keeping final : public Reporter {
 public:
  template <class... Arguments>
  explicit keeping(kept_text& text, Arguments... arguments) : Reporter(arguments...), text_(text) {}

  bool ReportContext(const benchmark::BenchmarkReporter::Context& context) override {
    this->SetOutputStream(&text_.stream);
    return Reporter::ReportContext(context);
  }

  void Finalize() override {
    Reporter::Finalize();
    text_.is_whole = true;
  }

 private:
  kept_text& text_;
};

}  // namespace

benchmark_run::benchmark_run(char* program, std::vector<std::string> words) {
  format_of(words, "benchmark_format", "BENCHMARK_FORMAT", "console");
  const std::string format =
      format_of(words, "benchmark_out_format", "BENCHMARK_OUT_FORMAT", "json");
  const std::string name = value_of(words, "benchmark_out", "BENCHMARK_OUT", "");
  if (!name.empty()) words.emplace_back(no_file_of_its_own);

  std::vector<char*> argv{program};
  for (std::string& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  benchmark::Initialize(&argc, argv.data());
  if (argc > 1) throw usage_error("unknown argument '" + std::string(argv[1]) + "' (see --help)");
  if (name.empty()) return;

  file_ = std::make_unique<whole_file>(name);
  if (format == "json") {
    reporter_ = std::make_unique<keeping<benchmark::JSONReporter>>(text_);
  } else if (format == "console") {
    reporter_ = std::make_unique<keeping<benchmark::ConsoleReporter>>(
        text_, benchmark::ConsoleReporter::OO_None);
  } else {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    reporter_ = std::make_unique<keeping<benchmark::CSVReporter>>(text_);
#pragma GCC diagnostic pop
  }
}

std::size_t benchmark_run::run() {
  const std::size_t matched = benchmark::RunSpecifiedBenchmarks(nullptr, reporter_.get());
  benchmark::Shutdown();
  if (text_.is_whole) {
    file_->write(text_.stream.str());
    file_->commit();
  }
  return matched;
}

}  // namespace harness
