# cmake -DHMAP_SOURCE=.. -DSCRATCH=.. -DCXX=.. -P codegen.cmake
# The observer that observes nothing costs nothing: with every call of it cut out of the headers
# the compiler makes the same code.
cmake_minimum_required(VERSION 3.22)
file(REMOVE_RECURSE "${SCRATCH}")
foreach(variant IN ITEMS with without)
  file(COPY "${HMAP_SOURCE}/" DESTINATION "${SCRATCH}/${variant}/hmap" FILES_MATCHING PATTERN "*.hpp")
  file(COPY "${HMAP_SOURCE}/../common/" DESTINATION "${SCRATCH}/${variant}/common")
endforeach()

file(GLOB headers "${SCRATCH}/without/hmap/detail/*.hpp")
set(calls 0)
foreach(header IN LISTS headers)
  file(READ "${header}" text)
  string(REGEX MATCHALL "c_?\\.observer\\." found "${text}")
  list(LENGTH found n)
  math(EXPR calls "${calls} + ${n}")
  # The lines stay, so that nothing else of the file moves.
  string(REGEX REPLACE "c_?\\.observer\\.[^;]*;" "" text "${text}")
  file(WRITE "${header}" "${text}")
endforeach()
if(calls LESS 5)
  message(FATAL_ERROR "only ${calls} calls of the observer found: this test looks for the wrong text")
endif()

foreach(variant IN ITEMS with without)
  execute_process(
    COMMAND "${CXX}" -std=c++20 -O3 -DNDEBUG -S -g0 -I "${SCRATCH}/${variant}"
            "${CMAKE_CURRENT_LIST_DIR}/program.cpp" -o "${SCRATCH}/${variant}.s"
    RESULT_VARIABLE status ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${variant} the calls:\n${output}")
  endif()
  file(READ "${SCRATCH}/${variant}.s" ${variant})
  # Functions are numbered as they come, those that are not kept included.
  string(REGEX REPLACE "\\.(LFB|LFE|LLSDA[A-Z]*)[0-9]+" ".\\1" ${variant} "${${variant}}")
endforeach()
if(NOT with STREQUAL without)
  message(FATAL_ERROR "the code differs: compare ${SCRATCH}/with.s and without.s")
endif()
