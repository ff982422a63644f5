#include <chrono>

#include "harness/backends/callgrind.hpp"
#include "harness/counting/fork_server.hpp"
#include "harness/key_sets.hpp"
#include "harness/result_check.hpp"

namespace harness {

counted simulate(const catalogue& known, const counting_job& what) {
  set_memory_mode(what.memory, known.keep_memory);
  const auto caches = backends::geometry_of(backends::geometry_names().at(what.cache));
  const auto counting = known.make_sim(caches);
  const auto keys = key_set_named(what.keys.data(), what.key_lines.data());
  settle_heap();
  const auto& variant = known.payloads.at(what.payload).variants.at(what.variant);
  return count(*counting, variant, {.n = what.n, .seed = what.seed, .keys = keys});
}

counted mark_for_callgrind(const catalogue& known, const counting_job& what) {
  using clock = std::chrono::steady_clock;
  set_memory_mode(what.memory, known.keep_memory);
  const auto keys = key_set_named(what.keys.data(), what.key_lines.data());
  settle_heap();
  counted result;
  const auto& variant = known.payloads.at(what.payload).variants.at(what.variant);
  const auto work = variant.build({.n = what.n, .seed = what.seed, .keys = keys});
  for (const bool marked : {false, true}) {
    work->prepare();
    const auto start = clock::now();
    if (marked) backends::callgrind::start();
    work->run();
    if (marked) backends::callgrind::stop_and_dump(what.name.data());
    result.seconds = std::chrono::duration<double>(clock::now() - start).count();
    result.wrong = check_result(*work);
    if (!marked) result.checksum = work->answer();
    if (!result.wrong.empty()) return result;
  }
  result.operations = work->operations();
  result.payload_bytes = work->payload_bytes();
  return result;
}

}  // namespace harness
