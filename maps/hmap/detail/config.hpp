// Compile-time switches of hmap. Each has a default that is right for production;
// the tests build the others too.
#pragma once

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

#if defined(__GNUC__) || defined(__clang__)
#define HMAP_NOINLINE [[gnu::noinline]]
#define HMAP_ALWAYS_INLINE [[gnu::always_inline]] inline
#define HMAP_PREFETCH(address) __builtin_prefetch(address)
#else
#define HMAP_NOINLINE
#define HMAP_ALWAYS_INLINE inline
#define HMAP_PREFETCH(address) static_cast<void>(address)
#endif

// Code without exceptions (-fno-exceptions): what would throw ends the program (fail.hpp), so
// nothing is ever caught.
#if defined(__cpp_exceptions)
#define HMAP_TRY try
#define HMAP_CATCH_ALL catch (...)
#define HMAP_RETHROW throw
#else
#define HMAP_TRY if constexpr (true)
#define HMAP_CATCH_ALL if constexpr (false)
#define HMAP_RETHROW static_cast<void>(0)
#endif
