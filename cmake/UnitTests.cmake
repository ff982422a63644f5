# add_unit_tests(<target> <source>... [LIBRARIES <target>...]): GoogleTest tests, known to ctest
function(add_unit_tests target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  add_executable(${target} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${target} PRIVATE mapscope_flags ${arg_LIBRARIES} GTest::gtest_main)
  gtest_discover_tests(${target} TEST_PREFIX "${target}." NO_PRETTY_TYPES NO_PRETTY_VALUES
    DISCOVERY_MODE PRE_TEST)
endfunction()

if(MAPSCOPE_BUILD_TESTS)
  include(GoogleTest)
endif()
