# Installs the libraries, their headers, the programs, and what lets other programs find them: find_package(Wordfire)
# and wordfire.pc. tests/install builds an outside program both ways.
include(CMakePackageConfigHelpers)

set(WORDFIRE_LIBRARIES core io dist cuda train)
# Programs that link ours need the CUDA runtime, which is static, from the same toolkit.
set(WORDFIRE_HAS_CUDA FALSE)
set(PC_CUDA_LIBS "")
if(CMAKE_CUDA_COMPILER_LOADED)
  set(WORDFIRE_HAS_CUDA TRUE)
  set(PC_CUDA_LIBS "${CUDA_cudart_static_LIBRARY} -ldl -lrt -lpthread")
endif()
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Wordfire)

foreach(folder IN LISTS WORDFIRE_LIBRARIES)
  install(TARGETS wordfire_${folder} EXPORT WordfireTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/${folder}
          DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wordfire FILES_MATCHING PATTERN "*.h")
endforeach()
set(programs wordfire train)
if(WORDFIRE_SERVE)
  list(APPEND programs serve)
endif()
install(TARGETS ${programs} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
if(TARGET wordfire_mpi)
  install(TARGETS wordfire_mpi LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/wordfire COMPONENT programs)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(EXPORT WordfireTargets NAMESPACE wordfire:: DESTINATION ${config_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/WordfireConfig.cmake.in
  ${PROJECT_BINARY_DIR}/WordfireConfig.cmake INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/WordfireConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/WordfireConfig.cmake ${PROJECT_BINARY_DIR}/WordfireConfigVersion.cmake
        DESTINATION ${config_dir})

# Paths in wordfire.pc are relative to the file, so that an installed tree can be moved.
set(pc_dir ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH PC_PREFIX ${pc_dir} ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" PC_PREFIX "${PC_PREFIX}")
file(RELATIVE_PATH PC_LIBDIR ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH PC_INCLUDEDIR ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR}/wordfire)
configure_file(${CMAKE_CURRENT_LIST_DIR}/wordfire.pc.in ${PROJECT_BINARY_DIR}/wordfire.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/wordfire.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
