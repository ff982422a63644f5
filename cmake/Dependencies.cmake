# Google Benchmark, CLI11, nlohmann/json and xxHash are needed to measure, GoogleTest to test. Each
# library of maps is optional, and so are the tools for counters: what is missing is named, with its
# reason.

# header_version(<out> <header> <macro>...): the macros' numbers, joined by dots.
function(header_version out header)
  set(numbers)
  foreach(macro IN LISTS ARGN)
    file(STRINGS "${header}" line REGEX "define[ \t]+${macro}[ \t]+[0-9]+" LIMIT_COUNT 1)
    string(REGEX REPLACE ".*${macro}[ \t]+([0-9]+).*" "\\1" number "${line}")
    list(APPEND numbers "${number}")
  endforeach()
  string(JOIN "." numbers ${numbers})
  set(${out} "${numbers}" PARENT_SCOPE)
endfunction()

# require(<package> [<version>])
macro(require package)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "${package} ${ARGN} not found; `make setup` installs it")
  endif()
  found(${package} "${${package}_VERSION}")
endmacro()

require(benchmark)
require(CLI11 2.1)
require(nlohmann_json 3.9)

find_path(XXHASH_INCLUDE_DIR xxhash.h)
if(NOT XXHASH_INCLUDE_DIR)
  message(FATAL_ERROR "xxhash.h not found; `make setup` installs it")
endif()
header_version(version "${XXHASH_INCLUDE_DIR}/xxhash.h"
  XXH_VERSION_MAJOR XXH_VERSION_MINOR XXH_VERSION_RELEASE)
found(xxHash "${version}")
add_library(xxHash::xxHash INTERFACE IMPORTED)
set_target_properties(xxHash::xxHash PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${XXHASH_INCLUDE_DIR}")

find_package(Boost 1.81 QUIET CONFIG)
if(Boost_FOUND)
  found(Boost "${Boost_VERSION}")
elseif(Boost_CONSIDERED_VERSIONS)
  set(boost_missing "Boost ${Boost_CONSIDERED_VERSIONS} is here, 1.81 is the first with unordered_flat_map")
else()
  set(boost_missing "Boost 1.81 or later not found (libboost1.81-dev or libboost-dev)")
endif()

find_package(absl QUIET CONFIG)
if(absl_FOUND)
  found(Abseil "${absl_VERSION}")
else()
  set(absl_missing "Abseil not found (libabsl-dev)")
endif()

find_package(tsl-robin-map QUIET CONFIG)
if(tsl-robin-map_FOUND)
  found(robin-map "${tsl-robin-map_VERSION}")
else()
  set(tsl_missing "robin-map not found (robin-map-dev)")
endif()

# What a binary under measurement can be built from; the rest are tools.
get_property(linked_libraries GLOBAL PROPERTY MAPSCOPE_FOUND)

if(MAPSCOPE_BUILD_TESTS OR MAPSCOPE_COUNTING_TESTS)
  require(GTest)
endif()

find_path(PAPI_INCLUDE_DIR papi.h)
find_library(PAPI_LIBRARY papi)
if(PAPI_INCLUDE_DIR AND PAPI_LIBRARY)
  file(STRINGS "${PAPI_INCLUDE_DIR}/papi.h" version REGEX "define PAPI_VERSION[ \t]+PAPI_VERSION_NUMBER")
  string(REGEX REPLACE ".*\\(([0-9]+),([0-9]+),([0-9]+).*" "\\1.\\2.\\3" version "${version}")
  found(PAPI "${version}")
  add_library(PAPI::PAPI INTERFACE IMPORTED)
  set_target_properties(PAPI::PAPI PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${PAPI_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${PAPI_LIBRARY}")
else()
  left_out(PAPI "not found (libpapi-dev)")
endif()

find_program(VALGRIND_PROGRAM valgrind)
if(VALGRIND_PROGRAM)
  execute_process(COMMAND "${VALGRIND_PROGRAM}" --version
    OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  string(REPLACE "valgrind-" "" version "${version}")
  found(Valgrind "${version}")
else()
  left_out(Valgrind "not found (valgrind)")
endif()
