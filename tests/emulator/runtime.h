// The emulated CUDA runtime behind the functions of cuda_api*.cc: GPUs, their memory, streams,
// kernels. One thread at a time (call() sees to it).
//
// What CUDA answers with an error is that error, and one line on stderr says why where a program of
// ours must be wrong. What CUDA leaves undefined, memory that goes away while work in a stream
// names it, ends the process: see fail_hard().
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "emulator/device_heap.h"
#include "emulator/gpu_model.h"
#include "emulator/host_memory.h"
#include "emulator/kernel_table.h"
#include "emulator/launch_counts.h"
#include "emulator/ledger.h"
#include "emulator/work_queue.h"

namespace wordfire::emulator {

// A call's error.
class Refusal : public std::runtime_error {
 public:
  Refusal(cudaError_t status, const std::string& why) : std::runtime_error(why), status_(status) {}
  [[nodiscard]] cudaError_t status() const { return status_; }

 private:
  cudaError_t status_;
};

// Says on stderr what the program does that a GPU may punish, and ends the process.
[[noreturn]] void fail_hard(const std::string& what);
// A line on stderr.
void say(const std::string& what);

struct Gpu {
  Gpu(const GpuModel& of, GpuUse& use) : model(of), heap(of.memory, use) {}

  GpuModel model;
  DeviceHeap heap;
  cudaError_t fault = cudaSuccess;  // of a kernel: all that follows fails likewise
};

class Runtime {
 public:
  // The process's own, from the first call to the end, when it looks for leaks.
  static Runtime& instance();

  Runtime(const Machine& machine, std::string_view ptx_files);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  [[nodiscard]] std::mutex& mutex() { return mutex_; }
  // At every call of CUDA: throws Refusal where this one is to fail.
  void count_call(const char* name);
  [[nodiscard]] int gpus() const { return static_cast<int>(gpus_.size()); }
  // Throws Refusal (cudaErrorInvalidDevice).
  [[nodiscard]] Gpu& gpu(int ordinal);
  // That the calling thread has chosen; throws Refusal with its fault, if it has one.
  [[nodiscard]] Gpu& current();
  [[nodiscard]] int current_ordinal() const;
  void choose(int ordinal);

  [[nodiscard]] void* take(std::size_t bytes);
  void give_back(void* memory);
  [[nodiscard]] HostMemory& host() { return host_; }
  void give_back_host(void* memory);
  void unpin(void* memory);

  [[nodiscard]] WorkStream* create_stream();
  void destroy_stream(WorkStream* stream);
  void wait(WorkStream* stream);
  // For all work of the current GPU.
  void wait_for_all();
  void copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, WorkStream* stream);
  void set(void* to, int value, std::size_t bytes, WorkStream* stream);

  [[nodiscard]] KernelTable& kernels() { return kernels_; }
  // Of the current GPU. Throws Refusal (cudaErrorInvalidDeviceFunction).
  [[nodiscard]] DeviceKernel& kernel(const void* host);
  void launch(const void* host, const dim3& grid, const dim3& block, void** arguments,
              std::size_t dynamic_shared, WorkStream* stream);

 private:
  [[nodiscard]] WorkStream& stream(WorkStream* stream);
  // That the bytes lie in one allocation of the stream's GPU, or are the host's.
  void check_device(const WorkStream& stream, const void* memory, std::size_t bytes,
                    const std::string& name);
  void check_host(const void* memory, const std::string& name);
  void check_unused(const Span& memory, const char* call) const;
  void run_kernel(Gpu& gpu, const DeviceKernel& kernel, const Launch& launch);

  std::mutex mutex_;
  std::uint64_t fail_at_;
  std::uint64_t refuse_at_;
  std::uint64_t calls_ = 0;
  Ledger ledger_;
  LaunchCounts counts_;
  std::vector<std::unique_ptr<Gpu>> gpus_;
  HostMemory host_;
  WorkQueue queue_;
  KernelTable kernels_;
};

// The last error of the calling thread, for cudaGetLastError.
cudaError_t& last_error();

// A function of CUDA: `body` with the runtime, whose Refusal is what the function returns.
template <typename Body>
cudaError_t call(const char* name, Body body) {
  Runtime& runtime = Runtime::instance();
  const std::lock_guard lock(runtime.mutex());
  try {
    runtime.count_call(name);
    body(runtime);
    return cudaSuccess;
  } catch (const Refusal& refusal) {
    if (*refusal.what() != '\0') say(std::string(name) + ": " + refusal.what());
    last_error() = refusal.status();
    return refusal.status();
  }
}

}  // namespace wordfire::emulator
