#include "harness/options.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "harness/tests/fake_catalogue.hpp"

namespace harness {
namespace {

using names = std::vector<std::string_view>;
using sizes = std::vector<std::size_t>;

options parse(std::initializer_list<const char*> arguments) {
  static const catalogue known = fake_catalogue();
  std::vector<const char*> argv{"bench_fake"};
  argv.insert(argv.end(), arguments);
  return parse_options(static_cast<int>(argv.size()), argv.data(), known);
}

std::string complaint(const char* argument) {
  try {
    parse({argument});
    return "none";
  } catch (const usage_error& error) {
    return error.what();
  }
}

TEST(options, everything_by_default) {
  const options chosen = parse({});
  EXPECT_EQ(chosen.workloads, (names{"fill", "iterate"}));
  EXPECT_EQ(chosen.payloads, (names{"int_int", "string_int"}));
  EXPECT_EQ(chosen.hashes, (names{"shared"}));
  EXPECT_EQ(chosen.sizes, (sizes{1000, 100000}));
  EXPECT_EQ(chosen.seed, 1U);
  EXPECT_EQ(chosen.memory, memory_mode::resident);
  EXPECT_FALSE(chosen.describe);
  EXPECT_FALSE(chosen.check);
  EXPECT_TRUE(chosen.help.empty());
  EXPECT_TRUE(chosen.others.empty());
}

TEST(options, lists_choose_in_the_canonical_order_and_once) {
  EXPECT_EQ(parse({"--workloads=iterate,fill,iterate"}).workloads, (names{"fill", "iterate"}));
  EXPECT_EQ(parse({"--kv=string_int"}).payloads, (names{"string_int"}));
  EXPECT_EQ(parse({"--hash", "shared"}).hashes, (names{"shared"}));
  EXPECT_EQ(parse({"--sizes=9,1,9,1073741824"}).sizes, (sizes{9, 1, 1'073'741'824}));
}

TEST(options, states_run_only_where_they_are_named) {
  EXPECT_EQ(parse({"--workloads=iterate_cold,fill"}).workloads, (names{"fill", "iterate_cold"}));
  EXPECT_EQ(parse({"--cold-bytes=1000"}).cold_bytes, 1000U);
  EXPECT_EQ(parse({}).cold_bytes, 256U << 20);
  EXPECT_NE(complaint("--cold-bytes=0").find("bad number of bytes '0'"), std::string::npos);
}

TEST(options, a_list_takes_one_argument) {
  EXPECT_EQ(parse({"--sizes", "5", "--hash=shared"}).sizes, (sizes{5}));
  EXPECT_EQ(parse({"--sizes", "5", "7"}).others, (std::vector<std::string>{"7"}));
  EXPECT_EQ(parse({"--sizes=1,,2,"}).sizes, (sizes{1, 2}));
}

TEST(options, the_whole_range_of_seeds) {
  EXPECT_EQ(parse({"--seed=0"}).seed, 0U);
  EXPECT_EQ(parse({"--seed=18446744073709551615"}).seed, UINT64_MAX);
}

TEST(options, memory_modes) {
  EXPECT_EQ(parse({"--memory=first_touch"}).memory, memory_mode::first_touch);
  EXPECT_EQ(parse({"--memory=resident"}).memory, memory_mode::resident);
}

TEST(options, what_is_not_ours_is_kept_in_order) {
  const options chosen = parse({"--benchmark_filter=a b", "--seed=2", "--benchmark_out=x"});
  EXPECT_EQ(chosen.others,
            (std::vector<std::string>{"--benchmark_filter=a b", "--benchmark_out=x"}));
  EXPECT_EQ(chosen.seed, 2U);
}

TEST(options, an_unknown_name_is_answered_with_the_available_ones) {
  EXPECT_EQ(complaint("--workloads=fill,find"), "--workloads: unknown workload 'find'; available: "
                                                "fill, iterate; for the states of iterate see "
                                                "--describe");
  EXPECT_EQ(complaint("--kv=int"), "--kv: unknown payload 'int'; available: int_int, string_int");
  EXPECT_EQ(complaint("--hash=xx"),
            "--hash: unknown hash 'xx'; available: shared; own is in bench_fake_own");
  EXPECT_EQ(complaint("--memory=x"),
            "--memory: unknown memory mode 'x'; available: resident, first_touch");
}

TEST(options, a_number_is_a_whole_number_in_its_range) {
  for (const char* size : {"0", "-1", "1e6", "ten", "1073741825", "5 ", "0x10", "1,x", "1;2"}) {
    EXPECT_EQ(complaint((std::string("--sizes=") + size).c_str()).substr(0, 18),
              "--sizes: bad size ")
        << size;
  }
  for (const char* seed : {"-1", "18446744073709551616", "a", "1.5"}) {
    EXPECT_EQ(complaint((std::string("--seed=") + seed).c_str()).substr(0, 17), "--seed: bad seed ")
        << seed;
  }
}

TEST(options, tables_are_weighed_at_ascending_sizes_of_one_payload) {
  const options chosen =
      parse({"--table-memory=x.json", "--kv=int_int", "--sizes=9,1,5", "--table-loads=50,90"});
  EXPECT_EQ(chosen.table_memory, "x.json");
  EXPECT_EQ(chosen.sizes, (sizes{1, 5, 9}));
  EXPECT_EQ(chosen.loads, (std::vector<unsigned>{50, 90}));
  EXPECT_NE(complaint("--table-memory=x.json").find("takes one payload (--kv)"), std::string::npos);
  EXPECT_NE(complaint("--table-loads=0").find("bad load factor '0'"), std::string::npos);
  try {
    parse({"--table-memory=x.json", "--kv=int_int", "--sizes=9", "--turns"});
    FAIL() << "it was accepted";
  } catch (const usage_error& error) {
    EXPECT_NE(std::string(error.what()).find("leave out --growth"), std::string::npos);
  }
}

catalogue concurrent_catalogue() {
  catalogue known = fake_catalogue();
  known.map.is_concurrent = true;
  known.map.has_own_hash = false;
  known.workloads = {{"fill_t1", "", "one insert", "fill", "t1"},
                     {"fill_t2", "", "one insert", "fill", "t2"}};
  return known;
}

std::string complaint_of_concurrent(std::vector<const char*> words) {
  words.insert(words.begin(), "bench_fake");
  try {
    parse_options(static_cast<int>(words.size()), words.data(), concurrent_catalogue());
    return "none";
  } catch (const usage_error& error) {
    return error.what();
  }
}

TEST(options, a_concurrent_map_runs_its_workloads_with_one_thread_unless_others_are_named) {
  const catalogue known = concurrent_catalogue();
  const char* const words[] = {"bench_fake"};
  EXPECT_EQ(parse_options(1, words, known).workloads, (std::vector<std::string_view>{"fill_t1"}));
  EXPECT_NE(complaint_of_concurrent({"--workloads=fill"}).find("for t2, t4, ... threads see"),
            std::string::npos);
}

TEST(options, lookups_beside_a_writer_are_of_concurrent_maps_alone) {
  const char* const words[] = {"bench_fake", "--read-latency=x.json", "--kv=int_int"};
  EXPECT_EQ(parse_options(3, words, concurrent_catalogue()).read_latency, "x.json");
  EXPECT_EQ(parse_options(3, words, fake_catalogue()).read_latency,
            "");  // Google Benchmark refuses
  EXPECT_NE(complaint_of_concurrent({"--read-latency=x.json"}).find("one payload"),
            std::string::npos);
  EXPECT_NE(
      complaint_of_concurrent({"--read-latency=x.json", "--kv=int_int", "--sizes=9", "--turns"})
          .find("leave out --callgrind, --turns"),
      std::string::npos);
}

TEST(options, what_threads_do_is_neither_counted_nor_watched_growing) {
  EXPECT_NE(complaint_of_concurrent({"--counters=papi"}).find("only time is measured"),
            std::string::npos);
  EXPECT_NE(complaint_of_concurrent({"--callgrind"}).find("only time is measured"),
            std::string::npos);
  EXPECT_NE(complaint_of_concurrent({"--growth=insert", "--kv=int_int", "--sizes=9"})
                .find("see the workload fill"),
            std::string::npos);
  EXPECT_EQ(complaint_of_concurrent({"--counters=os"}), "none");
}

TEST(options, a_complaint_is_one_line) {
  for (const char* argument :
       {"--kv", "--kv=", "--seed=", "--sizes", "--sizes=,", "--memory=resident,first_touch"}) {
    const std::string words = complaint(argument);
    EXPECT_NE(words, "none") << argument;
    EXPECT_EQ(words.find('\n'), std::string::npos) << words;
  }
}

TEST(options, help_names_every_flag) {
  const std::string help = parse({"--help"}).help;
  for (const char* flag : {"--workloads", "--kv", "--hash", "--sizes", "--seed", "--memory",
                           "--describe", "--check", "--benchmark_filter"}) {
    EXPECT_NE(help.find(flag), std::string::npos) << flag;
  }
}

}  // namespace
}  // namespace harness
