# How every target of this project is compiled.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(GENERATED_DIR "${PROJECT_BINARY_DIR}/generated")

add_library(mapscope_flags INTERFACE)
target_compile_features(mapscope_flags INTERFACE cxx_std_20)
target_compile_options(mapscope_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow)
if(NOT CMAKE_SIZEOF_VOID_P EQUAL 4)  # else each 64-bit hash that becomes an index is a warning
  target_compile_options(mapscope_flags INTERFACE -Wconversion)
endif()
target_include_directories(mapscope_flags INTERFACE "${PROJECT_SOURCE_DIR}" "${GENERATED_DIR}")

# What results say about the build: compiler and flags, as they were really used.
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type_upper)
string(JOIN " " build_flags -std=c++20 ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type_upper}})
set(build_compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")

# What is neither measured nor measures: -O1 compiles in three quarters of the time of -O3.
function(unmeasured target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# parses_options(<source>): with CLI11, which at -O0 compiles in half the time of -O3.
function(parses_options source)
  set_source_files_properties(${source} PROPERTIES
    COMPILE_OPTIONS $<$<CONFIG:Release>:-O0> SKIP_PRECOMPILE_HEADERS ON)
endfunction()

# add_shared_header(<target> <library>... HEADERS <header>...): headers that many targets include,
# precompiled once. use_shared_header() lets a target have them; it must be compiled with the same
# flags, which the compiler checks (-Winvalid-pch).
function(add_shared_header target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS")
  file(CONFIGURE OUTPUT "${GENERATED_DIR}/${target}.cpp" CONTENT "// Generated: nothing but the headers.\n")
  add_library(${target} OBJECT EXCLUDE_FROM_ALL "${GENERATED_DIR}/${target}.cpp")
  target_link_libraries(${target} PRIVATE ${arg_UNPARSED_ARGUMENTS})
  target_precompile_headers(${target} PRIVATE ${arg_HEADERS})
endfunction()

function(use_shared_header target header)
  target_precompile_headers(${target} REUSE_FROM ${header})
endfunction()
