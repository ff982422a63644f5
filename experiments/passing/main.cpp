// mapscope experiment passing: times the ways of ways.hpp with Google Benchmark, whose options it
// takes.
//
// A benchmark is named by its caller, its callee and the entries of the table, and counts the bytes
// that are passed. Each answer is checked; a wrong one is an error in the output, not a time.
#include <cstddef>
#include <iostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "harness/benchmark_run.hpp"
#include "harness/usage_error.hpp"
#include "ways.hpp"

namespace {

constexpr std::size_t sizes[] = {8, 1'000, 100'000};

template <class Table>
void fill(Table& table, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) table[i] = i;
}

/// Whether the x86-64 and the AArch64 calling conventions pass it in registers: sixteen bytes at
/// most, and nothing to be done when it is copied or ends.
template <class Passed>
constexpr bool in_registers = sizeof(Passed) <= 16 && std::is_trivially_copyable_v<Passed>;

/// Times `caller`, which gets `subject` and passes it on as a `Passed`.
template <class Passed, class Subject>
void time(benchmark::State& state, std::size_t (*caller)(Subject),
          std::remove_reference_t<Subject>& subject, std::size_t n) {
  std::size_t sum = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(sum += caller(subject));
  }
  if (sum != state.iterations() * (n + 1)) state.SkipWithError("wrong answer");
  state.counters["bytes"] = sizeof(Passed);
  state.counters["registers"] = in_registers<Passed>;
}

struct subjects {
  explicit subjects(std::size_t size)
      : n(size), entries(size), handle(hmap::make_handle<std::uint64_t, std::uint64_t>()) {
    fill(map, n);
    fill(handle, n);
  }
  std::size_t n;
  passing::map map;
  std::vector<passing::entry> entries;
  passing::handle handle;
  const passing::map* pointer = &map;
  passing::span span{entries};
  passing::slice slice{entries.data(), entries.size(), entries.capacity()};
};

template <class Passed, class Subject, class Of>
void add(const char* caller_and_callee, std::size_t (*caller)(Subject), Of of) {
  for (const std::size_t n : sizes) {
    const std::string name = caller_and_callee + ("/n:" + std::to_string(n));
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
      subjects all(n);
      time<Passed>(state, caller, of(all), n);
    });
  }
}

void add_all() {
  using namespace passing;
  using constant = const map&;
  const auto the_map = [](subjects& s) -> map& { return s.map; };
  const auto the_handle = [](subjects& s) -> handle& { return s.handle; };
  add<std::size_t>("pass_number/take_number", pass_number,
                   [](subjects& s) -> std::size_t& { return s.n; });
  add<const map*, constant>("pass_reference/take_reference", pass_reference, the_map);
  add<const map*>("pass_pointer/take_pointer", pass_pointer,
                  [](subjects& s) -> const map*& { return s.pointer; });
  add<span, const span&>("pass_span/take_span", pass_span,
                         [](subjects& s) -> span& { return s.span; });
  add<slice, const slice&>("pass_slice/take_slice", pass_slice,
                           [](subjects& s) -> slice& { return s.slice; });
  add<const handle*, const handle&>("pass_handle_reference/take_handle_reference",
                                    pass_handle_reference, the_handle);
  add<handle, const handle&>("pass_handle/take_handle", pass_handle, the_handle);
  add<handle, handle&>("move_handle/return_handle", move_handle, the_handle);
  add<map, map&>("move_map/return_map", move_map, the_map);
  add<map, constant>("copy_map/take_map", copy_map, the_map);
}

}  // namespace

int main(int argc, char** argv) {
  return harness::with_checked_output("experiment_passing", [&] {
    try {
      harness::benchmark_run benchmarks(argv[0], {argv + 1, argv + argc});
      add_all();
      return benchmarks.run() == 0 ? 2 : 0;
    } catch (const harness::usage_error& error) {
      std::cerr << "experiment_passing: " << error.what() << '\n';
      return 2;
    }
  });
}
