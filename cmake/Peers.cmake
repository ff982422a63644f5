# The maps of other libraries that are measured where their headers are found: in the system, below
# CMAKE_PREFIX_PATH or CMAKE_INCLUDE_PATH, or, of unordered_dense, by a download that has to be asked
# for. They are run only where they are named.

# found_version(<out> <header>): the version of the Debian package that a header is from, else the
# beginning of its SHA-256: for libraries whose headers do not say which release they are.
function(found_version out header)
  set(version)
  find_program(DPKG_QUERY dpkg-query)
  if(DPKG_QUERY)
    execute_process(COMMAND "${DPKG_QUERY}" -S "${header}"
      OUTPUT_VARIABLE package ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(package MATCHES "^([^:, ]+)")
      execute_process(COMMAND "${DPKG_QUERY}" -W -f "\${Version}" "${CMAKE_MATCH_1}"
        OUTPUT_VARIABLE version ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    endif()
  endif()
  if(NOT version)
    file(SHA256 "${header}" version)
    string(SUBSTRING "${version}" 0 12 version)
    set(version "header ${version}")
  endif()
  set(${out} "${version}" PARENT_SCOPE)
endfunction()

# fetch_header(<url> <sha256> <file>): downloads a file once, and ends the configuration when it
# cannot be had or is another one.
function(fetch_header url sha256 file)
  if(EXISTS "${file}")
    file(SHA256 "${file}" found)
    if(found STREQUAL sha256)
      return()
    endif()
  endif()
  file(DOWNLOAD "${url}" "${file}.part" STATUS status TIMEOUT 60)
  list(GET status 0 code)
  if(NOT code EQUAL 0)
    list(GET status 1 reason)
    file(REMOVE "${file}.part")
    message(FATAL_ERROR "${url}: cannot be downloaded: ${reason}")
  endif()
  file(SHA256 "${file}.part" found)
  if(NOT found STREQUAL sha256)
    file(REMOVE "${file}.part")
    message(FATAL_ERROR "${url}: SHA-256 is ${found}, expected ${sha256}; nothing was kept")
  endif()
  file(RENAME "${file}.part" "${file}")
endfunction()

# add_peer(<name> HEADER <header> [MACROS <macro>...] [IN <header>] [LIBRARIES <target>...]
# [PACKAGE <hint>]): add_map() where the header is found. Its version is what the macros in the header
# IN (the same one, unless given) say; without macros, see found_version.
function(add_peer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADER;IN;PACKAGE" "MACROS;LIBRARIES")
  string(TOUPPER "${name}_INCLUDE_DIR" folder)
  find_path(${folder} "${arg_HEADER}")
  mark_as_advanced(${folder})
  if(NOT ${folder})
    left_out(${name} "${arg_HEADER} not found (${arg_PACKAGE})")
    return()
  endif()
  if(NOT arg_IN)
    set(arg_IN "${arg_HEADER}")
  endif()
  if(arg_MACROS)
    header_version(version "${${folder}}/${arg_IN}" ${arg_MACROS})
  else()
    found_version(version "${${folder}}/${arg_IN}")
  endif()
  set(target peer_${name})
  add_library(${target} INTERFACE)
  add_library(peer::${name} ALIAS ${target})
  target_include_directories(${target} SYSTEM INTERFACE "${${folder}}")
  target_link_libraries(${target} INTERFACE ${arg_LIBRARIES})
  found(${name} "${version}")
  add_map(${name} PEER HEADER maps/adapters/peers/${name}.hpp
    LIBRARIES peer::${name} VERSION "${version}")
endfunction()

option(MAPSCOPE_FETCH_UNORDERED_DENSE
  "Download ankerl::unordered_dense 4.9.2 where it is not installed" OFF)
set(MAPSCOPE_UNORDERED_DENSE_URL
  "https://raw.githubusercontent.com/martinus/unordered_dense/v4.9.2/include/ankerl" CACHE STRING
  "The folder that unordered_dense.h and stl.h are downloaded from, if they are")
mark_as_advanced(MAPSCOPE_UNORDERED_DENSE_URL)
if(MAPSCOPE_FETCH_UNORDERED_DENSE)
  set(fetched "${PROJECT_BINARY_DIR}/fetched")
  fetch_header("${MAPSCOPE_UNORDERED_DENSE_URL}/stl.h"
    414a76877b6f523c4d880bea31b08149aaa44486c2c8554799516e05b23ba099 "${fetched}/ankerl/stl.h")
  fetch_header("${MAPSCOPE_UNORDERED_DENSE_URL}/unordered_dense.h"
    ff27e50f6ce782d95806dbc319f90f0ee23f12ac91952868751d4c7932d20109
    "${fetched}/ankerl/unordered_dense.h")
  list(APPEND CMAKE_INCLUDE_PATH "${fetched}")
endif()

# Maps from outside of this repository: those of `mapscope run --adapter`, and of a project that uses
# mapscope (mapscope-config.cmake).
set(MAPSCOPE_ADAPTERS "" CACHE STRING "Adapters outside of the repository: header files")
set(MAPSCOPE_ADAPTER_INCLUDES "" CACHE STRING "Folders with what these adapters include")
set(MAPSCOPE_ADAPTER_LIBRARIES "" CACHE STRING "Libraries that these adapters are linked with")

# add_own_map(<header> [INCLUDES <folder>...] [LIBRARIES <library>...])
function(add_own_map header)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "INCLUDES;LIBRARIES")
  get_filename_component(header "${header}" ABSOLUTE BASE_DIR "${CMAKE_SOURCE_DIR}")
  get_filename_component(name "${header}" NAME_WE)
  get_filename_component(folder "${header}" DIRECTORY)
  if(NOT EXISTS "${header}")
    left_out(${name} "its adapter ${header} is not there any more")
    return()
  endif()
  get_property(maps GLOBAL PROPERTY MAPSCOPE_MAPS)
  if(name IN_LIST maps)
    message(FATAL_ERROR "${header}: there is a map ${name} already; rename the file and its struct")
  endif()
  add_library(own_${name} INTERFACE)
  target_include_directories(own_${name} INTERFACE "${folder}")
  target_include_directories(own_${name} SYSTEM INTERFACE ${arg_INCLUDES})
  target_link_libraries(own_${name} INTERFACE ${arg_LIBRARIES})
  add_map(${name} PEER HEADER "${header}" LIBRARIES own_${name})
endfunction()

function(add_own_maps)
  foreach(header IN LISTS MAPSCOPE_ADAPTERS)
    add_own_map("${header}"
      INCLUDES ${MAPSCOPE_ADAPTER_INCLUDES} LIBRARIES ${MAPSCOPE_ADAPTER_LIBRARIES})
  endforeach()
endfunction()
