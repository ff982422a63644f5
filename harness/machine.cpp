#include "harness/machine.hpp"

#include <fstream>
#include <map>

#include <sys/utsname.h>

namespace harness {
namespace {

std::string trimmed(const std::string& text) {
  constexpr const char* blanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// The fields of the first processor.
std::map<std::string, std::string> first_processor(std::istream& cpuinfo) {
  std::map<std::string, std::string> fields;
  for (std::string line; std::getline(cpuinfo, line) && !trimmed(line).empty();) {
    const std::size_t colon = line.find(':');
    if (colon != line.npos)
      fields.emplace(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
  }
  return fields;
}

}  // namespace

std::string cpu_model_in(std::istream& cpuinfo) {
  const auto fields = first_processor(cpuinfo);
  for (const char* name : {"model name", "cpu model", "cpu"}) {  // x86, MIPS, POWER
    if (const auto found = fields.find(name); found != fields.end()) return found->second;
  }
  const auto implementer = fields.find("CPU implementer"), part = fields.find("CPU part");
  if (implementer == fields.end() || part == fields.end()) return {};
  return "ARM implementer " + implementer->second + ", part " + part->second;
}

std::string cpu_model() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  std::string found = cpu_model_in(cpuinfo);
  if (!found.empty()) return found;
  utsname machine{};
  return uname(&machine) == 0 ? machine.machine : "unknown";
}

std::string kernel() {
  utsname machine{};
  if (uname(&machine) != 0) return "unknown";
  return std::string(machine.sysname).append(1, ' ').append(machine.release);
}

}  // namespace harness
