# cmake -DGDB=.. -DPROGRAM=.. -DPRINTERS=.. -P test.cmake
# Runs gdb on the program and compares what it prints.
execute_process(
  COMMAND "${GDB}" -nx -batch -ex "set width 0" -ex "source ${PRINTERS}" -ex "break stop" -ex run -ex up
          -ex "print split" -ex "print paired" -ex "print/d indirect" -ex "print growing"
          -ex "print nil" -ex "print handle" "${PROGRAM}"
  OUTPUT_VARIABLE output ERROR_VARIABLE output)

function(expect text)
  string(FIND "${output}" "${text}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "gdb did not print: ${text}\nbut:\n${output}")
  endif()
endfunction()

expect("= hmap::map, 2 entries, B = 0 = {[1] = \"one\", [2] = \"two\"}")
expect("= hmap::paired_map, 1 entry, B = 0 = {[\"three\"] = 3}")
expect("= hmap::map, 1 entry, B = 0 = {[7] = ")
expect("77")
expect("= hmap::map, 27 entries, B = 3, doubling, ")
expect(" of 4 old buckets evacuated = {")
foreach(i RANGE 26)
  math(EXPR square "${i} * ${i}")
  expect("[${i}] = ${square}")
endforeach()
expect("= hmap::handle, nil")
expect("= hmap::handle to hmap::map, 1 entry, B = 0 = {[5] = 50}")
