# Options, the interface target that carries warnings and sanitizers, and wordfire_library().
include(GNUInstallDirs)

option(WORDFIRE_WERROR "Treat compiler warnings as errors" OFF)
option(WORDFIRE_FUZZ "Build the fuzz targets (Clang, libFuzzer)" OFF)
option(WORDFIRE_SERVE "Build the HTTP server" ON)
option(WORDFIRE_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(WORDFIRE_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
set(WORDFIRE_MPI AUTO CACHE STRING "Train on several machines: AUTO (where Open MPI is found), ON or OFF")
set(WORDFIRE_CUDA AUTO CACHE STRING "Train on NVIDIA GPUs: AUTO (where nvcc is found), ON or OFF")
option(WORDFIRE_GPU_BUNDLE "Build the target gpu_bundle: a folder that machines with a GPU run" OFF)
set(WORDFIRE_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them (address,undefined or thread)")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# Applied PRIVATE to every target of ours, never exported.
add_library(wordfire_build INTERFACE)
target_compile_options(wordfire_build INTERFACE
  "$<$<COMPILE_LANGUAGE:C,CXX>:-Wall;-Wextra;$<$<BOOL:${WORDFIRE_WERROR}>:-Werror>>"
  # Device code, and the host code of the same file. CMake 3.25 does not know that nvcc has C++20.
  "$<$<COMPILE_LANGUAGE:CUDA>:-std=c++20;-Xcompiler=-Wall,-Wextra;$<$<BOOL:${WORDFIRE_WERROR}>:-Werror=all-warnings;-Xcompiler=-Werror>>")
# GCC 12 takes "text" + string for a copy onto itself (GCC bug 105651, mended in 13).
target_compile_options(wordfire_build INTERFACE
  $<$<AND:$<COMPILE_LANG_AND_ID:CXX,GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
if(WORDFIRE_SANITIZE)
  target_compile_options(wordfire_build INTERFACE -fsanitize=${WORDFIRE_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all -g1)
  target_link_options(wordfire_build INTERFACE -fsanitize=${WORDFIRE_SANITIZE})
endif()
if(WORDFIRE_FUZZ)  # the fuzzer sees which branches an input takes
  target_compile_options(wordfire_build INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(wordfire_build INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Libraries lie in a folder lib beside the programs. DT_RPATH is searched for what these libraries load, too.
if(WORDFIRE_GPU_BUNDLE)
  set(CMAKE_INSTALL_RPATH "$ORIGIN/lib" "$ORIGIN/../lib")
  target_link_options(wordfire_build INTERFACE -Wl,--disable-new-dtags)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness lets it keep what was compiled with a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
if(CCACHE AND NOT CMAKE_CUDA_COMPILER_LAUNCHER)
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE})
endif()

# wordfire_library(FOLDER SOURCES...): the library wordfire_FOLDER, alias wordfire::FOLDER.
function(wordfire_library folder)
  set(type STATIC)
  if(WORDFIRE_GPU_BUNDLE AND folder STREQUAL cuda)  # many programs, one copy of the kernels
    set(type SHARED)
  endif()
  add_library(wordfire_${folder} ${type} ${ARGN})
  add_library(wordfire::${folder} ALIAS wordfire_${folder})
  set_target_properties(wordfire_${folder} PROPERTIES EXPORT_NAME ${folder} DEFINE_SYMBOL "" POSITION_INDEPENDENT_CODE ON)
  target_compile_features(wordfire_${folder} PUBLIC cxx_std_20)
  target_include_directories(wordfire_${folder} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/wordfire>)
  target_link_libraries(wordfire_${folder} PRIVATE $<BUILD_INTERFACE:wordfire_build>)
endfunction()
