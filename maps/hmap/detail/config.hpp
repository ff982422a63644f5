// Compile-time switches of hmap. Each has a default that is right for production;
// the tests build the others too.
#pragma once

#include "../../common/config.hpp"

// HMAP_NO_SIMD: match tophash bytes with plain 64-bit arithmetic (SWAR) even where
// SSE2 exists. The portable path is the same code that other architectures run.
#if defined(__SSE2__) && !defined(HMAP_NO_SIMD)
#define HMAP_SSE2 1
#else
#define HMAP_SSE2 0
#endif

// HMAP_DETECT_MISUSE: keep Go's hashWriting check for concurrent use (best effort).
// Must be equal in all translation units of a program.
#ifndef HMAP_DETECT_MISUSE
#define HMAP_DETECT_MISUSE 1
#endif
