# The lists that everything else is made from. A new map is an adapter and one add_map() line, a
# new workload is a header and one add_workload() line.

# add_payload(<name>): a struct in workloads/payload.hpp
function(add_payload name)
  set_property(GLOBAL APPEND PROPERTY MAPSCOPE_PAYLOADS ${name})
endfunction()

# add_workload(<name>): a class template in workloads/<name>.hpp
function(add_workload name)
  set_property(GLOBAL APPEND PROPERTY MAPSCOPE_WORKLOADS ${name})
endfunction()

# add_states(<family> <state>...): one benchmark <family>_<state> each, all of them by the class
# template <family>_states in workloads/<family>_states.hpp. They are run only where they are named.
function(add_states family)
  get_property(families GLOBAL PROPERTY MAPSCOPE_FAMILIES)
  if(NOT family IN_LIST families)
    set_property(GLOBAL APPEND PROPERTY MAPSCOPE_FAMILIES ${family})
  endif()
  foreach(state IN LISTS ARGN)
    set_property(GLOBAL APPEND PROPERTY MAPSCOPE_STATES_OF_${family} ${state})
    set_property(GLOBAL APPEND PROPERTY MAPSCOPE_STATES ${family}_${state})
  endforeach()
endfunction()

# write_registry(): the headers that name all workloads and payloads, and one source file for
# each payload. Compiled side by side, they take a map's build from minutes to seconds.
function(write_registry)
  get_property(workloads GLOBAL PROPERTY MAPSCOPE_WORKLOADS)
  get_property(payloads GLOBAL PROPERTY MAPSCOPE_PAYLOADS)
  set(templates "${PROJECT_SOURCE_DIR}/cmake/templates")

  set(registry_includes)
  foreach(workload IN LISTS workloads)
    string(APPEND registry_includes "#include \"workloads/${workload}.hpp\"\n")
  endforeach()
  list(TRANSFORM workloads APPEND "<Map, Payload>")
  string(JOIN ", " registry_workloads ${workloads})

  get_property(families GLOBAL PROPERTY MAPSCOPE_FAMILIES)
  set(registry_families)
  set(registry_states)
  foreach(family IN LISTS families)
    string(APPEND registry_includes "#include \"workloads/${family}_states.hpp\"\n")
    list(APPEND registry_families "${family}_states<Map, Payload>")
    get_property(states GLOBAL PROPERTY MAPSCOPE_STATES_OF_${family})
    foreach(state IN LISTS states)
      string(APPEND registry_states
        "    {\"${family}_${state}\", \"${family}\", \"${state}\"},\n")
    endforeach()
  endforeach()
  string(JOIN ", " registry_families ${registry_families})
  configure_file("${templates}/registry.hpp.in" "${GENERATED_DIR}/mapscope/registry.hpp" @ONLY)

  set(payload_declarations)
  foreach(payload IN LISTS payloads)
    string(APPEND payload_declarations "payload_entry payload_${payload}();\n")
    configure_file("${templates}/payload.cpp.in" "${GENERATED_DIR}/payloads/${payload}.cpp" @ONLY)
  endforeach()
  list(TRANSFORM payloads REPLACE "(.+)" "payload_\\1()")
  string(JOIN ", " payload_calls ${payloads})
  configure_file("${templates}/payloads.hpp.in" "${GENERATED_DIR}/mapscope/payloads.hpp" @ONLY)

  set(libraries ${linked_libraries})
  list(TRANSFORM libraries REPLACE "^(.*)=(.*)$" "{\"\\1\", \"\\2\"}")
  string(JOIN ", " library_pairs ${libraries})
  configure_file("${templates}/build_info.hpp.in" "${GENERATED_DIR}/mapscope/build_info.hpp" @ONLY)
endfunction()

# add_bench(<target> <adapter> <header> [LIBRARIES <target>...]
#   [VERSION <version>])
function(add_bench target adapter header)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "VERSION" "LIBRARIES")
  get_property(payloads GLOBAL PROPERTY MAPSCOPE_PAYLOADS)
  list(TRANSFORM payloads REPLACE "(.+)" "${GENERATED_DIR}/payloads/\\1.cpp" OUTPUT_VARIABLE sources)
  string(JOIN ", " libraries ${arg_LIBRARIES})
  if(NOT libraries)
    set(libraries "C++ standard library")
  endif()

  add_executable(${target} "${PROJECT_SOURCE_DIR}/harness/main.cpp" ${sources})
  target_link_libraries(${target} PRIVATE mapscope_harness ${arg_LIBRARIES})
  target_compile_definitions(${target} PRIVATE
    MAPSCOPE_ADAPTER=${adapter}
    MAPSCOPE_ADAPTER_HEADER="${header}"
    MAPSCOPE_MAP_LIBRARIES="${libraries}"
    MAPSCOPE_MAP_VERSION="${arg_VERSION}")
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
  add_dependencies(${target} mapscope_allocations)
endfunction()

# add_counting_benches(<name> <adapter> <header> ...): the binaries that count what bench_<name> times
function(add_counting_benches name adapter header)
  if(is_sanitized)
    return()
  endif()
  if(watched_flags)
    add_bench(bench_${name}_sim ${adapter} ${header} ${ARGN})
    watched(bench_${name}_sim)
    set_target_properties(bench_${name}_sim PROPERTIES EXCLUDE_FROM_ALL ${MAPSCOPE_BUILD_TESTS})
  endif()
  if(callgrind_suffix)
    add_bench(bench_${name}${callgrind_suffix} ${adapter} ${header} ${ARGN})
    target_compile_options(bench_${name}${callgrind_suffix} PRIVATE ${callgrind_flags})
    set_target_properties(bench_${name}${callgrind_suffix} PROPERTIES
      EXCLUDE_FROM_ALL ${MAPSCOPE_BUILD_TESTS})
  endif()
endfunction()

# add_map(<name> [VARIANT] [ADAPTER <struct>] [LIBRARIES <target>...] [VERSION <version>]): the map
# behind maps/adapters/<name>.hpp, as the binary bench_<name> and those that count. ADAPTER is the
# adapter's name where it is not <name>. A VARIANT of another map is built and measured only where it
# is named.
function(add_map name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "VARIANT" "ADAPTER" "")
  if(NOT arg_ADAPTER)
    set(arg_ADAPTER ${name})
  endif()
  set(header "maps/adapters/${name}.hpp")
  file(STRINGS "${PROJECT_SOURCE_DIR}/${header}" line REGEX "title *[={]" LIMIT_COUNT 1)
  if(NOT line MATCHES "title *[={] *\"([^\"]*)\"")
    message(FATAL_ERROR "${header} has no line with: title = \"...\"")
  endif()
  set_property(GLOBAL APPEND PROPERTY MAPSCOPE_MAPS ${name})
  set_property(GLOBAL PROPERTY MAPSCOPE_TITLE_${name} "${CMAKE_MATCH_1}")

  set_property(GLOBAL PROPERTY MAPSCOPE_VARIANT_${name} ${arg_VARIANT})

  add_bench(bench_${name} ${arg_ADAPTER} ${header} ${arg_UNPARSED_ARGUMENTS})
  add_counting_benches(${name} ${arg_ADAPTER} ${header} ${arg_UNPARSED_ARGUMENTS})
  if(arg_VARIANT)
    foreach(target IN ITEMS bench_${name} bench_${name}_sim bench_${name}${callgrind_suffix})
      if(TARGET ${target})
        set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
      endif()
    endforeach()
    return()
  endif()
  if(MAPSCOPE_BUILD_TESTS)
    add_test(NAME bench_${name}.answers COMMAND bench_${name} --check)
    add_test(NAME bench_${name}.every_benchmark
      COMMAND bench_${name} --sizes=1,100,1000 --benchmark_min_time=0.001)
    get_property(states GLOBAL PROPERTY MAPSCOPE_STATES)
    string(JOIN "," states ${states})
    add_test(NAME bench_${name}.every_state
      COMMAND bench_${name} --workloads=${states} --sizes=1,100,1000 --cold-bytes=300000
        --benchmark_min_time=0.001)
  endif()
endfunction()
