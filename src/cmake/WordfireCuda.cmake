# The CUDA toolkit, 12.1 or newer: the language CUDA, its static runtime CUDA::cudart_static, and what the kernels are
# compiled for. The driver is no part of the build: the runtime opens libcuda.so.1 where there is one.
include(CheckLanguage)
set(WORDFIRE_CUDA_ARCHITECTURES "" CACHE STRING
    "What kernels are compiled for, as CMAKE_CUDA_ARCHITECTURES has it; empty: all that the toolkit and this project know")

# /usr/local/cuda/bin is not in everybody's PATH.
find_program(WORDFIRE_NVCC nvcc HINTS ENV CUDACXX PATHS ENV CUDA_HOME ENV CUDA_PATH /usr/local/cuda PATH_SUFFIXES bin)
if(WORDFIRE_NVCC AND NOT CMAKE_CUDA_COMPILER)
  set(CMAKE_CUDA_COMPILER ${WORDFIRE_NVCC})
endif()

# red.global.add.v4.f32 wants PTX 8.1, which came with 12.1. An older toolkit is none, unless it was asked for.
set(WORDFIRE_LEAST_CUDA 12.1)
if(WORDFIRE_CUDA STREQUAL "AUTO" AND CMAKE_CUDA_COMPILER)
  execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --version OUTPUT_VARIABLE nvcc_says ERROR_QUIET)
  if(NOT nvcc_says MATCHES "release ([0-9]+\\.[0-9]+)" OR CMAKE_MATCH_1 VERSION_LESS WORDFIRE_LEAST_CUDA)
    message(STATUS "CUDA: ${CMAKE_CUDA_COMPILER} is not of ${WORDFIRE_LEAST_CUDA} or newer: built without it")
    set(CMAKE_CUDA_COMPILER "")
  endif()
endif()

# 7.0 (V100) as long as the toolkit has it, which 13 does not; then T4, A100, A10G, L4 and L40S, H100 and H200. What is
# newer compiles the last one's PTX for itself when it first loads it.
function(wordfire_cuda_architectures result)
  execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --list-gpu-arch OUTPUT_VARIABLE known ERROR_QUIET)
  set(list 75-real 80-real 86-real 89-real 90-real 90-virtual)
  if(known MATCHES "compute_70")
    list(PREPEND list 70-real)
  endif()
  set(${result} ${list} PARENT_SCOPE)
endfunction()

if(WORDFIRE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES ${WORDFIRE_CUDA_ARCHITECTURES})
elseif(CMAKE_CUDA_COMPILER)
  wordfire_cuda_architectures(CMAKE_CUDA_ARCHITECTURES)
endif()

if(NOT WORDFIRE_CUDA STREQUAL "AUTO")
  enable_language(CUDA)
elseif(CMAKE_CUDA_COMPILER)
  # A toolkit that does not take this host compiler counts as none.
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
  endif()
endif()
if(CMAKE_CUDA_COMPILER)
  find_package(CUDAToolkit ${WORDFIRE_LEAST_CUDA} REQUIRED)
endif()
