# Binaries beside the timed ones, for counting: bench_<map>_sim, in which every access of the map
# and the workload is watched, and bench_<map>_v3 where the timed one would not run under valgrind;
# of the library's own hash, bench_<map>_own_sim and bench_<map>_own_v3.
# Neither is ever timed, and neither is built with sanitizers, which would be counted with the map.

set(all_flags "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type_upper}}")
set(is_sanitized OFF)
if(all_flags MATCHES "-fsanitize")
  set(is_sanitized ON)
endif()

# plain(<target>): as the bench preset builds it, whatever this build tree is for
function(plain target)
  if(is_sanitized)
    target_compile_options(${target} PRIVATE -fno-sanitize=all -O3 -g0 -DNDEBUG
      -U_GLIBCXX_ASSERTIONS -fomit-frame-pointer)
    target_link_options(${target} PRIVATE -fno-sanitize=all)
  endif()
endfunction()

# Address checks as calls (to harness/backends/sim/hooks.cpp), for everything but the stack frames'
# own red zones; no sanitizer is linked.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(watched_flags -fsanitize=kernel-address -fsanitize-recover=kernel-address
    "SHELL:-mllvm -asan-instrumentation-with-call-threshold=0"
    "SHELL:-mllvm -asan-stack=0" "SHELL:-mllvm -asan-globals=0")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(watched_flags -fsanitize=kernel-address -fsanitize-recover=kernel-address
    "SHELL:--param asan-instrumentation-with-call-threshold=0"
    "SHELL:--param asan-stack=0" "SHELL:--param asan-globals=0"
    -U__SANITIZE_ADDRESS__)  # or libraries would lay out their tables for a sanitizer
else()
  left_out(sim "watching accesses takes GCC or Clang")
endif()

function(watched_flags_of target)
  target_compile_definitions(${target} PRIVATE MAPSCOPE_WATCHED)
  target_compile_options(${target} PRIVATE ${watched_flags})
endfunction()

# watched(<target>): calls the simulator for every access of its own sources and for the library
# functions that work through memory
function(watched target)
  watched_flags_of(${target})
  use_shared_header(${target} mapscope_watched_header)
  target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/harness/calibration/kernels.cpp")
  target_link_libraries(${target} PRIVATE mapscope_simulator)
  foreach(name IN ITEMS memcpy memmove memset memcmp bcmp malloc calloc free _Znwm
      _ZnwmSt11align_val_t _ZdlPv _ZdlPvm _ZdlPvSt11align_val_t _ZdlPvmSt11align_val_t)
    target_link_options(${target} PRIVATE "LINKER:--wrap=${name}")
  endforeach()
endfunction()

# Valgrind 3.19 knows no AVX-512.
set(callgrind_suffix "")
set(callgrind_flags)
if(all_flags MATCHES "-m(arch|tune|cpu|avx512)")
  set(callgrind_suffix _v3)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(callgrind_flags -march=x86-64-v3)
  endif()
endif()
