// Marks, for a callgrind that this process may be running under, what it shall count. Outside of
// valgrind the marks are a few instructions that do nothing.
#pragma once

#include <string>

namespace harness::backends::callgrind {

/// Empty when this process runs under valgrind and knows how to speak to it; else why not.
std::string reason();

void start();
void stop_and_dump(const std::string& name);

}  // namespace harness::backends::callgrind
