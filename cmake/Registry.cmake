# The lists that everything else is made from. A new map is an adapter and one add_map() line, a
# new workload is a header and one add_workload() line.

# add_payload(<name>): a struct in workloads/payload.hpp
function(add_payload name)
  set_property(GLOBAL APPEND PROPERTY MAPSCOPE_PAYLOADS ${name})
endfunction()

# add_workload(<name> [IN <header>]): a class template in workloads/<name>.hpp, or <header>.hpp there
function(add_workload name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "IN" "")
  if(NOT arg_IN)
    set(arg_IN ${name})
  endif()
  set_property(GLOBAL APPEND PROPERTY MAPSCOPE_WORKLOADS ${name})
  set_property(GLOBAL APPEND PROPERTY MAPSCOPE_WORKLOAD_HEADERS ${arg_IN})
endfunction()

# add_further(<name> [IN <header>]): a class template in workloads/further/<name>.hpp, or <header>.hpp
# there; in a binary of its own, and run only where it is named.
function(add_further name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "IN" "")
  if(NOT arg_IN)
    set(arg_IN ${name})
  endif()
  set_property(GLOBAL APPEND PROPERTY MAPSCOPE_FURTHER ${name})
  set_property(GLOBAL APPEND PROPERTY MAPSCOPE_FURTHER_HEADERS ${arg_IN})
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

# write_registry(): the header that names all workloads, and the one about the build
function(write_registry)
  get_property(workloads GLOBAL PROPERTY MAPSCOPE_WORKLOADS)
  set(templates "${PROJECT_SOURCE_DIR}/cmake/templates")

  get_property(workload_headers GLOBAL PROPERTY MAPSCOPE_WORKLOAD_HEADERS)
  set(registry_includes)
  foreach(header IN LISTS workload_headers)
    string(APPEND registry_includes "#include \"workloads/${header}.hpp\"\n")
  endforeach()
  list(TRANSFORM workloads APPEND "<Map, Payload>")
  string(JOIN ", " registry_workloads ${workloads})

  get_property(further GLOBAL PROPERTY MAPSCOPE_FURTHER)
  get_property(headers GLOBAL PROPERTY MAPSCOPE_FURTHER_HEADERS)
  list(REMOVE_DUPLICATES headers)
  foreach(header IN LISTS headers)
    string(APPEND registry_includes "#include \"workloads/further/${header}.hpp\"\n")
  endforeach()
  list(TRANSFORM further APPEND "<Map, Payload>")
  string(JOIN ", " registry_further ${further})

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

  set(libraries ${linked_libraries})
  list(TRANSFORM libraries REPLACE "^(.*)=(.*)$" "{\"\\1\", \"\\2\"}")
  string(JOIN ", " library_pairs ${libraries})
  configure_file("${templates}/build_info.hpp.in" "${GENERATED_DIR}/mapscope/build_info.hpp" @ONLY)
endfunction()

# write_sources(<out> <name> <header> <adapter> <kind> <libraries>): the sources of a binary of the map
# <name>, one for each payload and main. Compiled side by side, they take a map's build from minutes to
# seconds. <kind> is the hash of its benchmarks, shared or own, the same of the further workloads,
# shared_further or own_further, or growth.
function(write_sources out name header adapter kind libraries)
  get_property(payloads GLOBAL PROPERTY MAPSCOPE_PAYLOADS)
  set(templates "${PROJECT_SOURCE_DIR}/cmake/templates")
  set(folder "${GENERATED_DIR}/${name}/${kind}")
  set(template benchmarks)
  set(part main)
  set(hash ${kind})
  if(kind MATCHES "^(.*)_further$")
    set(part further)
    set(hash ${CMAKE_MATCH_1})
  endif()
  if(kind STREQUAL growth)
    set(template growth)
    set(hash shared)
  endif()

  set(payload_declarations)
  foreach(payload IN LISTS payloads)
    string(APPEND payload_declarations "payload_entry payload_${payload}();\n")
    configure_file("${templates}/${template}.cpp.in" "${folder}/${payload}.cpp" @ONLY)
  endforeach()
  list(TRANSFORM payloads REPLACE "(.+)" "harness::payload_\\1()" OUTPUT_VARIABLE payload_calls)
  string(JOIN ", " payload_calls ${payload_calls})
  configure_file("${templates}/main.cpp.in" "${folder}/main.cpp" @ONLY)
  list(TRANSFORM payloads REPLACE "(.+)" "${folder}/\\1.cpp")
  set(${out} "${folder}/main.cpp" ${payloads} PARENT_SCOPE)
endfunction()

# add_bench(<target> <name> <header> <adapter> <kind> [LIBRARIES <target>...] [VERSION <version>]): see
# write_sources. Only the binary that `make bench` times first is part of `all`.
function(add_bench target name header adapter kind)
  cmake_parse_arguments(PARSE_ARGV 5 arg "" "VERSION" "LIBRARIES")
  string(JOIN ", " libraries ${arg_LIBRARIES})
  if(NOT libraries)
    set(libraries "C++ standard library")
  endif()
  write_sources(sources ${name} "${header}" ${adapter} ${kind} "${libraries}")

  add_executable(${target} EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(${target} PRIVATE mapscope_harness ${arg_LIBRARIES})
  target_compile_definitions(${target} PRIVATE MAPSCOPE_MAP_VERSION="${arg_VERSION}")
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
  add_dependencies(${target} mapscope_allocations)
endfunction()

# add_benches(<kind> <suffix> <name> <header> <adapter> ...): the benchmarks of a map with one of its
# hashes: bench_<name><suffix>, and those that count what it times.
function(add_benches kind suffix name header adapter)
  set(timed bench_${name}${suffix})
  add_bench(${timed} ${name} "${header}" ${adapter} ${kind} ${ARGN})
  use_shared_header(${timed} mapscope_header)
  if(is_sanitized)
    return()
  endif()
  if(watched_flags)
    add_bench(${timed}_sim ${name} "${header}" ${adapter} ${kind} ${ARGN})
    watched(${timed}_sim)
  endif()
  if(callgrind_suffix)
    add_bench(${timed}${callgrind_suffix} ${name} "${header}" ${adapter} ${kind} ${ARGN})
    target_compile_options(${timed}${callgrind_suffix} PRIVATE ${callgrind_flags})
  endif()
endfunction()

# add_map(<name> [VARIANT | PEER] [SANITIZED] [ADAPTER <struct>] [HEADER <header>]
# [LIBRARIES <target>...] [VERSION <version>]): the map behind maps/adapters/<name>.hpp, or behind
# <header>, as these binaries, of which `all` has only the first:
#
#   bench_<name>            the benchmarks, with the hash that all maps share
#   bench_<name>_own        the same with the hash of its library, where that has one
#   bench_<name>_growth     tables that are watched growing
#   bench_<name>[_own]_further    the further workloads
#   bench_<name>[_own][_further]_sim, bench_<name>[_own][_further]_v3    counting; see Simulation.cmake
#
# ADAPTER is the adapter's name where it is not <name>. A VARIANT of another map, and a PEER, are built
# and measured only where they are named. The benchmarks of a SANITIZED map are tested with sanitizers;
# those of other maps as `make bench` builds them, because that takes a tenth of the time. All
# adapters are tested with sanitizers (maps/adapters/tests).
function(add_map name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "VARIANT;PEER;SANITIZED" "ADAPTER;HEADER" "")
  if(NOT arg_ADAPTER)
    set(arg_ADAPTER ${name})
  endif()
  set(header "maps/adapters/${name}.hpp")
  if(arg_HEADER)
    set(header "${arg_HEADER}")
  endif()
  get_filename_component(file "${header}" ABSOLUTE BASE_DIR "${PROJECT_SOURCE_DIR}")
  file(STRINGS "${file}" line REGEX "title *[={]" LIMIT_COUNT 1)
  if(NOT line MATCHES "title *[={] *\"([^\"]*)\"")
    message(FATAL_ERROR "${header} has no line with: title = \"...\"")
  endif()
  set_property(GLOBAL APPEND PROPERTY MAPSCOPE_MAPS ${name})
  set_property(GLOBAL PROPERTY MAPSCOPE_TITLE_${name} "${CMAKE_MATCH_1}")
  set_property(GLOBAL PROPERTY MAPSCOPE_VARIANT_${name} ${arg_VARIANT})
  set_property(GLOBAL PROPERTY MAPSCOPE_PEER_${name} ${arg_PEER})
  file(STRINGS "${file}" has_own_hash REGEX "using map_own_hash" LIMIT_COUNT 1)

  set(further ${name} "${header}" ${arg_ADAPTER} ${arg_UNPARSED_ARGUMENTS})
  add_benches(shared "" ${further})
  add_benches(shared_further _further ${further})
  if(has_own_hash)
    set_property(GLOBAL APPEND PROPERTY MAPSCOPE_MAPS_WITH_OWN_HASH ${name})
    add_benches(own _own ${further})
    add_benches(own_further _own_further ${further})
  endif()
  add_bench(bench_${name}_growth ${name} "${header}" ${arg_ADAPTER} growth ${arg_UNPARSED_ARGUMENTS})
  use_shared_header(bench_${name}_growth mapscope_header)
  if(arg_PEER AND MAPSCOPE_BUILD_TESTS)
    add_answers_test(shared ${further})
  endif()
  if(NOT arg_VARIANT AND NOT arg_PEER)
    if(arg_SANITIZED OR NOT is_sanitized)
      set_target_properties(bench_${name} PROPERTIES EXCLUDE_FROM_ALL OFF)
    endif()
    if(MAPSCOPE_BUILD_TESTS AND has_own_hash)
      add_answers_test(own ${further})
    endif()
    if(NOT TARGET bench_checks)
      add_custom_target(bench_checks)
    endif()
    if(MAPSCOPE_BUILD_TESTS AND (arg_SANITIZED OR NOT is_sanitized))
      add_tests_of_bench(${name})
    elseif(MAPSCOPE_COUNTING_TESTS AND NOT MAPSCOPE_BUILD_TESTS AND NOT arg_SANITIZED)
      add_dependencies(bench_checks bench_${name})
      add_tests_of_bench(${name})
    endif()
  endif()
endfunction()

# add_tests_of_bench(<name>): every answer, and every benchmark at small sizes
function(add_tests_of_bench name)
  add_test(NAME bench_${name}.answers COMMAND bench_${name} --check)
  add_test(NAME bench_${name}.every_benchmark
    COMMAND bench_${name} --sizes=1,100,1000 --benchmark_min_time=0.001)
  get_property(states GLOBAL PROPERTY MAPSCOPE_STATES)
  string(JOIN "," states ${states})
  add_test(NAME bench_${name}.every_state
    COMMAND bench_${name} --workloads=${states} --sizes=1,100,1000 --cold-bytes=300000
      --benchmark_min_time=0.001)
endfunction()

# add_answers_test(<hash> <name> <header> <adapter> ...): the answers alone, in place of a binary whose
# benchmarks are tested with another hash, or not at all
function(add_answers_test hash name header adapter)
  cmake_parse_arguments(PARSE_ARGV 4 arg "" "VERSION" "LIBRARIES")
  get_property(payloads GLOBAL PROPERTY MAPSCOPE_PAYLOADS)
  list(TRANSFORM payloads PREPEND "workloads::")
  string(JOIN ", " payload_types ${payloads})
  set(map "map_own_hash<key, value>")
  if(hash STREQUAL shared)
    set(map "map<key, value, workloads::shared_hash>")
  endif()
  set(source "${GENERATED_DIR}/${name}/${hash}_answers_test.cpp")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/templates/answers_test.cpp.in" "${source}" @ONLY)
  set(test ${name}_${hash}_hash_test)
  add_unit_tests(${test} "${source}" LIBRARIES workloads::workloads ${arg_LIBRARIES})
  target_compile_definitions(${test} PRIVATE MAPSCOPE_MAP_VERSION="${arg_VERSION}")
endfunction()
