# add_unit_tests(<target> <source>... [LIBRARIES <target>...]): GoogleTest tests, known to ctest
function(add_unit_tests target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  add_executable(${target} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${target} PRIVATE mapscope_flags ${arg_LIBRARIES} GTest::gtest_main)
  gtest_discover_tests(${target} TEST_PREFIX "${target}." NO_PRETTY_TYPES NO_PRETTY_VALUES
    DISCOVERY_MODE PRE_TEST)
endfunction()

# add_shared_tests(<map>): what every map passes (maps/tests), on the one that subject.hpp in the
# calling directory, maps/<map>/tests, describes.
function(add_shared_tests map)
  foreach(test IN ITEMS allocators api contract erasure exceptions hashes model sizes values)
    add_unit_tests(${map}_${test}_test ../../tests/${test}_test.cpp LIBRARIES ${map}::${map})
    target_include_directories(${map}_${test}_test PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  endforeach()
  add_unit_tests(${map}_fuzz_replay fuzz/fuzz_target.cpp ../../tests/fuzz_replay.cpp
    LIBRARIES ${map}::${map})
  target_compile_definitions(${map}_fuzz_replay
    PRIVATE "FUZZ_CORPUS=\"${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus\"")
  add_memory_limits_test(${map})
  add_no_exceptions_test(${map})
endfunction()

# Without sanitizers, which need more addresses than the limits leave.
function(add_memory_limits_test map)
  add_executable(${map}_memory_limits ../../tests/memory_limits.cpp)
  target_include_directories(${map}_memory_limits PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(${map}_memory_limits PRIVATE mapscope_flags ${map}::${map} GTest::gtest)
  target_compile_options(${map}_memory_limits PRIVATE -fno-sanitize=all)
  target_link_options(${map}_memory_limits PRIVATE -fno-sanitize=all)
  add_test(NAME ${map}_memory_limits COMMAND ${map}_memory_limits)
endfunction()

# Built without exceptions: it works, and what would throw says why and ends the program.
function(add_no_exceptions_test map)
  add_executable(${map}_no_exceptions ../../tests/no_exceptions.cpp)
  target_link_libraries(${map}_no_exceptions PRIVATE mapscope_flags ${map}::${map})
  target_compile_definitions(${map}_no_exceptions
    PRIVATE MAP=${map}::map "MAP_HEADER=<${map}/map.hpp>")
  target_compile_options(${map}_no_exceptions PRIVATE -fno-exceptions)
  add_test(NAME ${map}_no_exceptions COMMAND ${map}_no_exceptions)
  set_tests_properties(${map}_no_exceptions PROPERTIES PASS_REGULAR_EXPRESSION "ok")
  foreach(what IN ITEMS at reserve)
    # Through a shell, because ctest calls a program that aborts failed, whatever it says.
    add_test(NAME ${map}_no_exceptions_${what}
      COMMAND sh -c "$<TARGET_FILE:${map}_no_exceptions> ${what} || echo ended")
    set_tests_properties(${map}_no_exceptions_${what} PROPERTIES
      PASS_REGULAR_EXPRESSION "${map}: ${what}\\(\\).*ended")
  endforeach()
endfunction()

# add_consumers_test(<name> <map>[,<map>...] <program>): a project that uses these maps builds and
# runs the program.
function(add_consumers_test name maps program)
  add_test(NAME ${name}
    COMMAND "${CMAKE_COMMAND}" -DMAPS=${maps} "-DMAP_SOURCE=${mapscope_SOURCE_DIR}/maps"
            "-DMAP_PROGRAM=${CMAKE_CURRENT_SOURCE_DIR}/${program}"
            "-DSCRATCH=${CMAKE_CURRENT_BINARY_DIR}/consumers" "-DGENERATOR=${CMAKE_GENERATOR}"
            "-DCXX=${CMAKE_CXX_COMPILER}"
            -P "${mapscope_SOURCE_DIR}/maps/tests/consumer/test.cmake")
endfunction()

if(MAPSCOPE_BUILD_TESTS OR MAPSCOPE_COUNTING_TESTS)
  include(GoogleTest)
endif()
