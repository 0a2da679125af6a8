# The target gpu_bundle: build/gpu-bundle/wordfire-gpu, a folder with the programs, the tests and the benchmarks that want a
# GPU, and every library that they load, for a machine that has an NVIDIA driver and nothing of ours.
#
# Its programs are those of tests/gpu and bench/gpu, whatever these folders build but for targets with the property
# WORDFIRE_UNBUNDLED; scripts in them come along.
function(bundle_programs destination)
  install(TARGETS ${ARGN} RUNTIME DESTINATION ${destination} COMPONENT gpu_bundle EXCLUDE_FROM_ALL)
  set_property(GLOBAL APPEND PROPERTY WORDFIRE_BUNDLED ${ARGN})
endfunction()

function(bundle_folder folder destination)
  get_property(targets DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    get_target_property(is_unbundled ${target} WORDFIRE_UNBUNDLED)
    if(type STREQUAL EXECUTABLE AND NOT is_unbundled)
      bundle_programs(${destination} ${target})
    endif()
  endforeach()
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder}/ DESTINATION ${destination} USE_SOURCE_PERMISSIONS
          COMPONENT gpu_bundle EXCLUDE_FROM_ALL FILES_MATCHING PATTERN "*.py" PATTERN "*.sh")
endfunction()

bundle_programs(. wordfire train)
bundle_folder(tests/gpu tests)
bundle_folder(bench/gpu bench)
# What bench/gpu shares with bench/e2e.
install(FILES ${PROJECT_SOURCE_DIR}/bench/e2e/measure.py DESTINATION bench COMPONENT gpu_bundle EXCLUDE_FROM_ALL)
install(TARGETS wordfire_cuda LIBRARY DESTINATION lib COMPONENT gpu_bundle EXCLUDE_FROM_ALL)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION . COMPONENT gpu_bundle EXCLUDE_FROM_ALL)

set(bundle ${PROJECT_BINARY_DIR}/wordfire-gpu)
get_property(bundled GLOBAL PROPERTY WORDFIRE_BUNDLED)
add_custom_target(gpu_bundle
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${bundle}
  COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --component gpu_bundle --prefix ${bundle} --strip
  COMMAND ${PROJECT_SOURCE_DIR}/src/cmake/gpu-bundle/complete ${bundle} ${PROJECT_VERSION}
  DEPENDS ${bundled} wordfire_cuda
  COMMENT "Making ${bundle}"
  VERBATIM)
