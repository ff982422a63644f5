#include "harness/backends/geometry.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace harness::backends {
namespace {

constexpr std::size_t operator""_K(unsigned long long n) { return n << 10; }
constexpr std::size_t operator""_M(unsigned long long n) { return n << 20; }

/// Data caches and data TLBs of one core, for pages of the usual size, with all of a shared last
/// level for itself. Where the last level is sliced and hashed, as everywhere today, the model
/// still indexes it by address.
const std::vector<geometry>& known_processors() {
  static const std::vector<geometry> table{
      {"zen5",
       "AMD, Software Optimization Guide for the Zen5 Microarchitecture (58455)",
       64,
       4_K,
       {{{48_K, 12}, {1_M, 16}, {32_M, 16}}},
       {{{96, 96}, {4096, 16}}}},
      {"zen4",
       "AMD, Software Optimization Guide for the Zen4 Microarchitecture (57647)",
       64,
       4_K,
       {{{32_K, 8}, {1_M, 8}, {32_M, 16}}},
       {{{72, 72}, {3072, 24}}}},
      {"zen3",
       "AMD, Software Optimization Guide for Family 19h Processors (56665)",
       64,
       4_K,
       {{{32_K, 8}, {512_K, 8}, {32_M, 16}}},
       {{{64, 64}, {2048, 8}}}},
      {"zen2",
       "AMD, Software Optimization Guide for Family 17h Models 30h and up (56305)",
       64,
       4_K,
       {{{32_K, 8}, {512_K, 8}, {16_M, 16}}},
       {{{64, 64}, {2048, 8}}}},
      {"skylake",
       "Intel 64 and IA-32 Optimization Reference Manual, Skylake client, 4 cores",
       64,
       4_K,
       {{{32_K, 8}, {256_K, 4}, {8_M, 16}}},
       {{{64, 4}, {1536, 12}}}},
      {"icelake",
       "Intel 64 and IA-32 Optimization Reference Manual, Ice Lake client, 4 cores",
       64,
       4_K,
       {{{48_K, 12}, {512_K, 8}, {8_M, 16}}},
       {{{64, 4}, {2048, 16}}}},
      {"graviton3",
       "Arm, Neoverse V1 Technical Reference Manual (101427); 32 MiB system cache",
       64,
       4_K,
       {{{64_K, 4}, {1_M, 8}, {32_M, 16}}},
       {{{48, 48}, {2048, 8}}}},
      {"apple_m1",
       "measured by AnandTech (16226) and others: Firestorm core, 8 MiB system cache",
       128,
       16_K,
       {{{128_K, 8}, {12_M, 12}, {8_M, 16}}},
       {{{160, 160}, {3072, 12}}}},
  };
  return table;
}

const geometry* find_processor(std::string_view name) {
  for (const geometry& one : known_processors()) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

std::string first_word(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

std::size_t number_in(const std::string& text) {
  std::size_t number = 0;
  std::size_t at = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    number = number * 10 + static_cast<std::size_t>(text[at] - '0');
  }
  if (at < text.size() && text[at] == 'K') number <<= 10;
  if (at < text.size() && text[at] == 'M') number <<= 20;
  return number;
}

/// The kernel reports caches but no TLBs; those are taken from the table, by family.
std::string_view nearest_relative() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(0, &a, &b, &c, &d) == 0) return "skylake";
  const bool amd = b == signature_AMD_ebx;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || !amd) return "skylake";
  const unsigned family = ((a >> 8) & 0xF) + ((a >> 20) & 0xFF);
  const unsigned model = ((a >> 4) & 0xF) | ((a >> 12) & 0xF0);
  if (family >= 0x1A) return "zen5";
  if (family < 0x19) return "zen2";
  return (model >= 0x10 && model < 0x20) || model >= 0x60 ? "zen4" : "zen3";
#else
  return "graviton3";
#endif
}

std::string size_text(std::size_t bytes) {
  if (bytes >= 1_M && bytes % 1_M == 0) return std::to_string(bytes >> 20) + "M";
  return std::to_string(bytes >> 10) + "K";
}

geometry host() {
  const std::string folder = "/sys/devices/system/cpu/cpu0/cache/index";
  geometry found{};
  for (int index = 0; index < 8; ++index) {
    const std::string entry = folder + std::to_string(index) + '/';
    const std::string type = first_word(entry + "type");
    const std::size_t level = number_in(first_word(entry + "level"));
    if (level < 1 || level > 3 || (type != "Data" && type != "Unified")) continue;
    const std::size_t ways = number_in(first_word(entry + "ways_of_associativity"));
    found.caches[level - 1] = {number_in(first_word(entry + "size")), ways};
    found.line = number_in(first_word(entry + "coherency_line_size"));
  }
  for (const cache_level& level : found.caches) {
    if (found.line == 0 || level.ways == 0 || level.bytes % (found.line * level.ways) != 0) {
      throw no_geometry("the kernel does not report three levels of data cache in " + folder +
                        "*; name a processor with --cache");
    }
  }
  const cache_level& last = found.caches[2];
  if (last.bytes / (found.line * last.ways) < 1024) {
    throw no_geometry("a last cache of " + size_text(last.bytes) + " with " +
                      std::to_string(last.ways) +
                      " ways is not modelled; name a processor with --cache");
  }
  const geometry& relative = *find_processor(nearest_relative());
  found.name = "host";
  found.source = "caches: sysfs; TLB: that of " + relative.name + ", by processor family";
  found.page = relative.page;
  found.tlbs = relative.tlbs;
  return found;
}

}  // namespace

std::vector<std::string_view> geometry_names() {
  std::vector<std::string_view> names{"host"};
  for (const geometry& one : known_processors()) names.push_back(one.name);
  return names;
}

geometry geometry_of(std::string_view name) {
  if (name == "host") return host();
  if (const geometry* found = find_processor(name)) return *found;
  throw no_geometry("unknown processor '" + std::string(name) + "'");
}

std::string describe(const geometry& caches) {
  std::string text = "LRU";
  for (const cache_level& level : caches.caches) {
    text += ' ' + size_text(level.bytes) + '/' + std::to_string(level.ways);
  }
  text += ", TLB";
  for (const tlb_level& level : caches.tlbs) {
    text += ' ' + std::to_string(level.entries) + '/' + std::to_string(level.ways);
  }
  return text;
}

}  // namespace harness::backends
