// How many blocks of a kernel a multiprocessor holds; CUDA C++ Programming Guide, "Multiprocessor
// Level".
#pragma once

#include <cstddef>

#include "emulator/gpu_model.h"
#include "emulator/kernel_table.h"

namespace wordfire::emulator {

// The registers that nvcc may give each thread, at most: it decides how many it does, and keeps to
// .maxntid and .minnctapersm.
[[nodiscard]] int most_registers(const GpuModel& gpu, const DeviceKernel& kernel);

[[nodiscard]] int blocks_of_multiprocessor(const GpuModel& gpu, const DeviceKernel& kernel,
                                           int threads, std::size_t dynamic_shared);

}  // namespace wordfire::emulator
