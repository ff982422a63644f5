// Compile-time switches of steady. Each has a default that is right for production; the tests
// build the others too.
#pragma once

#include "../../common/config.hpp"

// STEADY_NO_SIMD: match tags with plain 64-bit arithmetic (SWAR) even where SSE2 exists. The
// portable path is the same code that other architectures run.
#if defined(__SSE2__) && !defined(STEADY_NO_SIMD)
#define STEADY_SSE2 1
#else
#define STEADY_SSE2 0
#endif

// STEADY_NO_RANGE: never reserve address space, as on systems that cannot.
#if defined(__linux__) && !defined(STEADY_NO_RANGE)
#define STEADY_RANGE 1
#else
#define STEADY_RANGE 0
#endif

// A call that the compiler knows nothing about, so that it keeps nothing of the table in registers
// across it: in a loop of lookups those are worth more than the loads (DESIGN.md, Speed).
#if defined(__GNUC__) && !defined(__clang__)
#define STEADY_OPAQUE [[gnu::noipa]]
#else
#define STEADY_OPAQUE MAPS_NOINLINE
#endif

#if defined(__GNUC__) || defined(__clang__)
#define STEADY_COLD [[gnu::noinline, gnu::cold]]
#else
#define STEADY_COLD
#endif

// Where a static_assert needs the same words in two places.
#define STEADY_PLAIN_POINTERS_ONLY                                                                 \
  "steady needs an allocator whose pointer is a plain pointer: buckets are found by address "      \
  "arithmetic, and nodes are linked by pointers that must stay valid where the table is"
