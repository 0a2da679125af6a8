# Every library that the three static libraries use, found once for all folders. What is not header-only stands in
# WordfireConfig.cmake.in and wordfire.pc.in as well.
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Eigen3 REQUIRED NO_MODULE)
find_package(PkgConfig REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(Protobuf REQUIRED)
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)

if(WORDFIRE_SERVE)  # its library is not installed, so these stand nowhere else
  find_package(Threads REQUIRED)
  find_package(Boost 1.81 REQUIRED)
  find_package(LibArchive 3.6 REQUIRED)
  # CMake's own file of prometheus-cpp asks for its web server as well.
  pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
endif()

# The bindings of C, which MPI-3 is.
if(WORDFIRE_MPI STREQUAL "AUTO")
  enable_language(C)
  find_package(MPI 3 COMPONENTS C)
elseif(WORDFIRE_MPI)
  enable_language(C)
  find_package(MPI 3 REQUIRED COMPONENTS C)
endif()

# For another architecture nvcc needs a toolkit of that one, too.
if(WORDFIRE_CUDA AND NOT (CMAKE_CROSSCOMPILING AND WORDFIRE_CUDA STREQUAL "AUTO"))
  include(WordfireCuda)
endif()
