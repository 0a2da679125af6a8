# The target gpu_bundle: build/gpu-bundle/wordfire-gpu, a folder with the programs, the tests and the benchmarks that want a
# GPU, and every library that they load, for a machine that has an NVIDIA driver and nothing of ours.
#
# Its programs are those of tests/cuda, tests/gpu and bench/gpu, whatever these folders build; scripts in them come along.
set(programs wordfire train)
set(tests "")
set(benches "")
foreach(folder tests/cuda tests/gpu bench/gpu)
  if(NOT EXISTS ${PROJECT_SOURCE_DIR}/${folder}/CMakeLists.txt)
    continue()
  endif()
  get_property(targets DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL EXECUTABLE AND folder MATCHES "^tests")
      list(APPEND tests ${target})
    elseif(type STREQUAL EXECUTABLE)
      list(APPEND benches ${target})
    endif()
  endforeach()
endforeach()

set(bundle ${PROJECT_BINARY_DIR}/wordfire-gpu)
foreach(part programs tests benches)
  list(TRANSFORM ${part} REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE ${part}_files)
endforeach()
add_custom_target(gpu_bundle
  COMMAND ${PROJECT_SOURCE_DIR}/src/cmake/gpu-bundle/make ${bundle} ${PROJECT_VERSION}
          --programs ${programs_files} --tests ${tests_files} --benches ${benches_files}
  DEPENDS ${programs} ${tests} ${benches}
  COMMENT "Making ${bundle}"
  VERBATIM)
