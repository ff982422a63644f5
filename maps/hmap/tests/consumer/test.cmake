# cmake -DHMAP_SOURCE=.. -DSCRATCH=.. -DGENERATOR=.. -DCXX=.. -P test.cmake
# hmap as others use it: as a subdirectory, installed, and in a version that must be refused.
set(consumer "${CMAKE_CURRENT_LIST_DIR}")
file(REMOVE_RECURSE "${SCRATCH}")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed: ${ARGN}\n${output}")
  endif()
endfunction()

set(configure "${CMAKE_COMMAND}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}")
function(build_and_run name)
  run(${configure} -S "${consumer}" -B "${SCRATCH}/${name}" ${ARGN})
  run("${CMAKE_COMMAND}" --build "${SCRATCH}/${name}")
  run("${SCRATCH}/${name}/consumer")
endfunction()

build_and_run(subdirectory -DHMAP_BY=add_subdirectory "-DHMAP_SOURCE=${HMAP_SOURCE}")

run(${configure} -S "${HMAP_SOURCE}" -B "${SCRATCH}/hmap" "-DCMAKE_INSTALL_PREFIX=${SCRATCH}/prefix")
run("${CMAKE_COMMAND}" --install "${SCRATCH}/hmap")
build_and_run(installed -DHMAP_BY=find_package -DHMAP_WANTED=0.1 "-Dhmap_ROOT=${SCRATCH}/prefix")

foreach(version IN ITEMS 0.2 1.0 99)
  execute_process(
    COMMAND ${configure} -S "${consumer}" -B "${SCRATCH}/refused" -DHMAP_BY=find_package
            -DHMAP_WANTED=${version} "-Dhmap_ROOT=${SCRATCH}/prefix"
    RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE output)
  if(status EQUAL 0 OR NOT output MATCHES "requested version[ \n]+\"${version}\"")
    message(FATAL_ERROR "version ${version} was not refused:\n${output}")
  endif()
endforeach()
