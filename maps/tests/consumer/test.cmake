# cmake -DMAPS=.. -DMAP_SOURCE=.. -DMAP_PROGRAM=.. -DSCRATCH=.. -DGENERATOR=.. -DCXX=.. -P test.cmake
# Maps as others use them: as subdirectories, installed, and in a version that must be refused.
cmake_minimum_required(VERSION 3.22)
set(consumer "${CMAKE_CURRENT_LIST_DIR}")
string(REPLACE "," ";" maps "${MAPS}")
file(REMOVE_RECURSE "${SCRATCH}")

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed: ${ARGN}\n${output}")
  endif()
endfunction()

set(configure "${CMAKE_COMMAND}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX}")
set(use -S "${consumer}" "-DMAPS=${MAPS}" "-DMAP_PROGRAM=${MAP_PROGRAM}")
function(build_and_run name)
  run(${configure} ${use} -B "${SCRATCH}/${name}" ${ARGN})
  run("${CMAKE_COMMAND}" --build "${SCRATCH}/${name}")
  run("${SCRATCH}/${name}/consumer")
endfunction()

build_and_run(subdirectory -DMAP_BY=add_subdirectory "-DMAP_SOURCE=${MAP_SOURCE}")

foreach(map IN LISTS maps)
  run(${configure} -S "${MAP_SOURCE}/${map}" -B "${SCRATCH}/${map}"
    "-DCMAKE_INSTALL_PREFIX=${SCRATCH}/prefix")
  run("${CMAKE_COMMAND}" --install "${SCRATCH}/${map}")
endforeach()
set(installed -DMAP_BY=find_package "-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix")
build_and_run(installed ${installed} -DMAP_WANTED=0.1)

# The headers of these maps and of common/ are installed, and no other map's.
set(include_dir "${SCRATCH}/prefix/include/mapscope")
file(GLOB folders RELATIVE "${include_dir}" "${include_dir}/*")
set(wanted common ${maps})
list(SORT wanted)
if(NOT folders STREQUAL wanted)
  message(FATAL_ERROR "${include_dir} has: ${folders}; it must have: ${wanted}")
endif()

foreach(version IN ITEMS 0.2 1.0 99)
  execute_process(
    COMMAND ${configure} ${use} -B "${SCRATCH}/refused" ${installed} -DMAP_WANTED=${version}
    RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE output)
  if(status EQUAL 0 OR NOT output MATCHES "requested version[ \n]+\"${version}\"")
    message(FATAL_ERROR "version ${version} was not refused:\n${output}")
  endif()
endforeach()
