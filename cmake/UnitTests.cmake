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
  foreach(test IN ITEMS allocators api exceptions model values)
    add_unit_tests(${map}_${test}_test ../../tests/${test}_test.cpp LIBRARIES ${map}::${map})
    target_include_directories(${map}_${test}_test PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  endforeach()
  add_unit_tests(${map}_fuzz_replay fuzz/fuzz_target.cpp ../../tests/fuzz_replay.cpp
    LIBRARIES ${map}::${map})
  target_compile_definitions(${map}_fuzz_replay
    PRIVATE "FUZZ_CORPUS=\"${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus\"")
endfunction()

if(MAPSCOPE_BUILD_TESTS)
  include(GoogleTest)
endif()
