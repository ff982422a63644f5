#include "harness/counting/tests/lackey_trace.hpp"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace harness::backends {
namespace {

struct access {
  std::uint64_t address;
  std::uint32_t bytes;
  bool is_load;
};

/// Valgrind puts programs and their heap below its own text, with nothing between the two.
constexpr std::uint64_t program_begin = 0x108000, heap_end = 0x58000000;

std::uint64_t heap_begin(const std::string& program) {
  std::ifstream file(program, std::ios::binary);
  Elf64_Ehdr header{};
  file.read(reinterpret_cast<char*>(&header), sizeof header);
  file.seekg(static_cast<std::streamoff>(header.e_phoff));
  std::uint64_t end = 0;
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    file.read(reinterpret_cast<char*>(&segment), sizeof segment);
    if (segment.p_type == PT_LOAD) end = std::max(end, segment.p_vaddr + segment.p_memsz);
  }
  constexpr std::uint64_t page = 4096;
  return program_begin + (end + page - 1) / page * page;
}

/// The last accesses to memory, far more than one pass has; the trace itself has tens of millions.
std::vector<access> last_accesses(const std::string& command) {
  constexpr std::size_t kept = 1 << 20;
  std::vector<access> ring(kept);
  std::size_t count = 0;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("popen");
  std::array<char, 256> line{};
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
    // " L 04222c4c8,8": load, store or modify; an instruction starts in the first column.
    if (line[0] != ' ' || (line[1] != 'L' && line[1] != 'S' && line[1] != 'M')) continue;
    char* end = nullptr;
    const std::uint64_t address = std::strtoull(line.data() + 3, &end, 16);
    if (*end != ',') continue;
    const auto bytes = static_cast<std::uint32_t>(std::strtoul(end + 1, nullptr, 10));
    ring[count++ % kept] = {address, bytes, line[1] == 'L'};
  }
  pclose(pipe);
  if (count <= kept) {
    ring.resize(count);
  } else {
    std::rotate(ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(count % kept), ring.end());
  }
  return ring;
}

/// Where in `all` the words of the last run of `length` words in a row are read first.
std::vector<std::size_t> last_run(const std::vector<access>& all, std::size_t length) {
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> open;  // by the address to come
  std::vector<std::size_t> last;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].is_load || all[i].bytes != 8) continue;
    auto found = open.extract(all[i].address);
    if (found.empty() && open.count(all[i].address + 8) != 0) continue;  // a word read again
    std::vector<std::size_t> run;
    if (!found.empty()) run = std::move(found.mapped());
    run.push_back(i);
    if (run.size() == length) {
      last = std::move(run);
    } else {
      open[all[i].address + 8] = std::move(run);
    }
  }
  if (last.empty()) throw std::runtime_error("no stream of keys in the trace");
  return last;
}

/// The lines of the workload and of the map object in it, which hold no entries: what the code just
/// before the first operation works with, and the lines between those. An operation reads some of
/// them now and then, a bucket count where it has a chain to follow.
std::unordered_set<std::uint64_t> lines_of_the_workload(const std::vector<access>& all,
                                                        std::size_t first) {
  constexpr std::size_t before = 200;
  constexpr std::uint64_t widest_gap = 4;
  std::set<std::uint64_t> seen;
  for (std::size_t i = first - std::min(first, before); i < first; ++i) {
    seen.insert(all[i].address / 64);
  }
  std::unordered_set<std::uint64_t> lines(seen.begin(), seen.end());
  std::uint64_t last = *seen.begin();
  for (const std::uint64_t line : seen) {
    for (; line - last <= widest_gap && last < line; ++last) lines.insert(last);
    last = line;
  }
  return lines;
}

}  // namespace

traced_lines trace_lookups(const std::string& program, const std::string& arguments,
                           std::size_t operations) {
  const auto all = last_accesses("valgrind --tool=lackey --trace-mem=yes --log-fd=9 " + program +
                                 " " + arguments + " 9>&1 >/dev/null 2>/dev/null");
  const auto starts = last_run(all, operations);
  const std::uint64_t keys = all[starts.front()].address, begin = heap_begin(program);

  const auto own = lines_of_the_workload(all, starts.front());
  std::size_t sum = 0;
  for (std::size_t op = 0; op + 1 < operations; ++op) {
    std::unordered_set<std::uint64_t> lines;
    for (std::size_t i = starts[op]; i < starts[op + 1]; ++i) {
      const auto& [address, bytes, is_load] = all[i];
      if (address < begin || address >= heap_end) continue;
      if (address >= keys && address < keys + 8 * operations) continue;
      for (auto line = address / 64; line <= (address + bytes - 1) / 64; ++line) {
        if (own.count(line) == 0) lines.insert(line);
      }
    }
    sum += lines.size();
  }
  return {operations - 1, static_cast<double>(sum) / static_cast<double>(operations - 1)};
}

}  // namespace harness::backends
