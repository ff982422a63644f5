// Compiler differences that the maps share, as macros. This directory is installed with each map
// that uses it; two maps of one program must bring the same version of it, or the program breaks
// the one-definition rule.
#pragma once

#if defined(__GNUC__) || defined(__clang__)
#define MAPS_NOINLINE [[gnu::noinline]]
#define MAPS_ALWAYS_INLINE [[gnu::always_inline]] inline
#define MAPS_PREFETCH(address) __builtin_prefetch(address)
#else
#define MAPS_NOINLINE
#define MAPS_ALWAYS_INLINE inline
#define MAPS_PREFETCH(address) static_cast<void>(address)
#endif

// Code without exceptions (-fno-exceptions): what would throw ends the program (fail.hpp), so
// nothing is ever caught.
#if defined(__cpp_exceptions)
#define MAPS_TRY try
#define MAPS_CATCH_ALL catch (...)
#define MAPS_RETHROW throw
#else
#define MAPS_TRY if constexpr (true)
#define MAPS_CATCH_ALL if constexpr (false)
#define MAPS_RETHROW static_cast<void>(0)
#endif
