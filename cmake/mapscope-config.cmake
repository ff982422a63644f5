# For projects that measure maps of their own without changing mapscope:
#
#   find_package(mapscope REQUIRED PATHS <mapscope>/cmake NO_DEFAULT_PATH)
#   mapscope_add_maps(my_table.hpp LIBRARIES my_library)
#
# my_table.hpp is an adapter, a struct `my_table` in namespace `adapters`; see
# docs/guide/adding-a-map.md. The binaries and maps.json come into <build>/mapscope, which
# `mapscope run --build-dir <build>/mapscope` takes.
cmake_minimum_required(VERSION 3.22)
set(MAPSCOPE_ROOT "${CMAKE_CURRENT_LIST_DIR}/..")

# mapscope_add_maps(<adapter>... [LIBRARIES <target>...]): once in a project, with all of its maps
function(mapscope_add_maps)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "LIBRARIES")
  if(TARGET mapscope_harness)
    message(FATAL_ERROR "mapscope_add_maps: call it once, with all adapters")
  endif()
  set(MAPSCOPE_ADAPTERS)
  foreach(adapter IN LISTS arg_UNPARSED_ARGUMENTS)
    get_filename_component(adapter "${adapter}" ABSOLUTE)
    if(NOT EXISTS "${adapter}")
      message(FATAL_ERROR "mapscope_add_maps: ${adapter} is not there")
    endif()
    list(APPEND MAPSCOPE_ADAPTERS "${adapter}")
  endforeach()
  set(MAPSCOPE_ADAPTER_LIBRARIES ${arg_LIBRARIES})
  set(MAPSCOPE_BUILD_TESTS OFF)
  add_subdirectory("${MAPSCOPE_ROOT}" "${CMAKE_BINARY_DIR}/mapscope")
endfunction()
