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
