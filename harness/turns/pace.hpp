// How fast the core is at this moment: the time of a fixed piece of arithmetic.
//
//   pace_ns()   ns; 1,532 at the least on an AMD EPYC guest (Zen 3), up to 1.8 times that while
//               another machine's program runs on the other thread of the core
//
// Two hardware threads share a core's units. A guest sees one of them: its clock, its idle time and
// its counters say nothing of the other, whose program comes and goes within fractions of a
// millisecond. It makes a lookup up to 1.9 times slower, and not every map alike: find_miss at
// n = 1000 took std 6.5 times as long as boost_flat with the core alone, 4.5 times on a shared one.
// The arithmetic keeps every unit busy and reads no memory, so that it takes longer exactly when
// the core, or its clock, is slower.
#pragma once

#include <cstdint>

namespace harness {

std::uint64_t pace_ns() noexcept;

}  // namespace harness
