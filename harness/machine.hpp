// What a result says of the machine that it was made on, in the words of the kernel.
#pragma once

#include <istream>
#include <string>

namespace harness {

/// The processor by the text of /proc/cpuinfo: its model name; on ARM, which has none there, the
/// numbers of implementer and part; empty where there is neither.
std::string cpu_model_in(std::istream& cpuinfo);

/// The processor of this machine, at least its architecture.
std::string cpu_model();

/// `Linux 6.1.0-18-amd64`.
std::string kernel();

}  // namespace harness
