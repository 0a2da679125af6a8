#include "emulator/runtime.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace wordfire::emulator {
namespace {

// As LeakSanitizer has it.
constexpr int kLeakStatus = 23;

thread_local int chosen_gpu = 0;

Span span_of(const void* begin, std::size_t bytes) {
  return {static_cast<const std::byte*>(begin), bytes};
}

std::string copy_name(std::size_t bytes, cudaMemcpyKind kind) {
  const char* const ways[] = {"on the host", "to the GPU", "from the GPU", "on the GPU"};
  return "cudaMemcpyAsync of " + std::to_string(bytes) + " bytes " + ways[kind];
}

}  // namespace

void say(const std::string& what) {
  (void)std::fprintf(stderr, "emulated GPU: %s\n", what.c_str());
}

void fail_hard(const std::string& what) {
  say(what);
  std::abort();
}

cudaError_t& last_error() {
  thread_local cudaError_t error = cudaSuccess;
  return error;
}

Runtime& Runtime::instance() {
  static Runtime runtime(machine_of_environment(), WORDFIRE_EMULATED_PTX);
  return runtime;
}

Runtime::Runtime(const Machine& machine, std::string_view ptx_files)
    : fail_at_(machine.fail_at),
      refuse_at_(machine.refuse_at),
      ledger_(machine.ledger),
      counts_(machine.counts),
      queue_(machine.seed),
      kernels_(ptx_files) {
  for (int i = 0; i < machine.gpus; ++i) {
    gpus_.push_back(std::make_unique<Gpu>(machine.model, ledger_.use(i)));
  }
}

void Runtime::count_call(const char* name) {
  if (++calls_ == refuse_at_) {
    say("refuses call " + std::to_string(calls_) + ", " + name);
    throw Refusal(cudaErrorMemoryAllocation, "");
  }
  if (calls_ != fail_at_) return;
  say("fails at call " + std::to_string(calls_) + ", " + name);
  for (const auto& gpu : gpus_) gpu->fault = cudaErrorLaunchFailure;
  throw Refusal(cudaErrorLaunchFailure, "");
}

// A GPU that has failed takes nothing back.
Runtime::~Runtime() {
  counts_.write();
  for (const auto& gpu : gpus_) {
    if (gpu->fault != cudaSuccess) return;
  }
  std::string leaks;
  const auto add = [&leaks](const std::string& what) {
    if (!what.empty()) leaks += (leaks.empty() ? "" : ", ") + what;
  };
  for (const auto& gpu : gpus_) add(gpu->heap.leaks());
  add(host_.leaks());
  add(queue_.leaks());
  if (leaks.empty()) return;
  say("left behind at the end: " + leaks);
  std::_Exit(kLeakStatus);
}

Gpu& Runtime::gpu(int ordinal) {
  if (ordinal < 0 || ordinal >= gpus()) throw Refusal(cudaErrorInvalidDevice, "");
  return *gpus_[static_cast<std::size_t>(ordinal)];
}

int Runtime::current_ordinal() const { return chosen_gpu; }

Gpu& Runtime::current() {
  if (gpus_.empty()) throw Refusal(cudaErrorNoDevice, "");
  Gpu& current = gpu(chosen_gpu);
  if (current.fault != cudaSuccess) throw Refusal(current.fault, "");
  return current;
}

void Runtime::choose(int ordinal) {
  (void)gpu(ordinal);
  chosen_gpu = ordinal;
}

void* Runtime::take(std::size_t bytes) {
  void* const memory = current().heap.take(bytes);
  if (memory == nullptr) throw Refusal(cudaErrorMemoryAllocation, "");
  return memory;
}

// The documentation says that it "may" wait for what uses the memory: that is not to be counted on.
void Runtime::give_back(void* memory) {
  if (memory == nullptr) return;
  Gpu& gpu = current();
  const auto found = gpu.heap.find(memory, 0);
  if (!found || found->begin != memory) {
    throw Refusal(cudaErrorInvalidValue, "nothing of the current GPU begins there");
  }
  check_unused({found->begin, found->bytes}, "cudaFree");
  (void)gpu.heap.give_back(memory);
}

void Runtime::give_back_host(void* memory) {
  const auto found = host_.taken(memory);
  if (!found) throw Refusal(cudaErrorInvalidValue, "no memory of cudaMallocHost");
  check_unused(*found, "cudaFreeHost");
  host_.give_back(memory);
}

void Runtime::unpin(void* memory) {
  const auto found = host_.pinned(memory);
  if (!found) throw Refusal(cudaErrorHostMemoryNotRegistered, "no memory of cudaHostRegister");
  check_unused(*found, "cudaHostUnregister");
  host_.unpin(memory);
}

void Runtime::check_unused(const Span& memory, const char* call) const {
  const std::string user = queue_.user_of(memory);
  if (user.empty()) return;
  for (const auto& gpu : gpus_) {  // whose work is void
    if (gpu->fault != cudaSuccess) throw Refusal(gpu->fault, "");
  }
  fail_hard(std::string(call) + " of memory that work in a stream uses, " + user +
            ": wait for the stream first");
}

WorkStream* Runtime::create_stream() {
  (void)current();
  return queue_.create(chosen_gpu);
}

void Runtime::destroy_stream(WorkStream* stream) { queue_.destroy(this->stream(stream)); }

void Runtime::wait(WorkStream* stream) {
  WorkStream& found = this->stream(stream);
  queue_.finish(found);
  const cudaError_t fault = gpu(found.device).fault;
  if (fault != cudaSuccess) throw Refusal(fault, "");
}

void Runtime::wait_for_all() {
  const Gpu& gpu = current();
  queue_.finish_all(chosen_gpu);
  if (gpu.fault != cudaSuccess) throw Refusal(gpu.fault, "");
}

WorkStream& Runtime::stream(WorkStream* stream) {
  WorkStream* const found = queue_.find(stream);
  if (found == nullptr) throw Refusal(cudaErrorInvalidResourceHandle, "no such stream");
  const cudaError_t fault = gpu(found->device).fault;
  if (fault != cudaSuccess) throw Refusal(fault, "");
  return *found;
}

void Runtime::check_device(const WorkStream& stream, const void* memory, std::size_t bytes,
                           const std::string& name) {
  try {
    (void)gpu(stream.device).heap.check(reinterpret_cast<std::uintptr_t>(memory), bytes);
  } catch (const std::exception& error) {
    throw Refusal(cudaErrorInvalidValue, name + ": " + error.what());
  }
}

void Runtime::check_host(const void* memory, const std::string& name) {
  for (const auto& gpu : gpus_) {
    if (gpu->heap.has_address(memory)) {
      throw Refusal(cudaErrorInvalidValue, name + ": a GPU's address for memory of the host");
    }
  }
}

// Copies from pageable memory may wait, and may not: they do not. What a copy will write is unknown
// until it is done.
void Runtime::copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                   WorkStream* handle) {
  WorkStream& stream = this->stream(handle);
  if (kind != cudaMemcpyHostToDevice && kind != cudaMemcpyDeviceToHost &&
      kind != cudaMemcpyDeviceToDevice) {
    throw Refusal(cudaErrorInvalidMemcpyDirection, "a kind of copy that is not emulated");
  }
  const bool to_device = kind != cudaMemcpyDeviceToHost;
  const bool from_device = kind != cudaMemcpyHostToDevice;
  Work work{.name = copy_name(bytes, kind), .host = {}, .device = {}, .run = {}};
  if (to_device) check_device(stream, to, bytes, work.name);
  if (from_device) check_device(stream, from, bytes, work.name);
  if (!to_device) check_host(to, work.name);
  if (!from_device) check_host(from, work.name);
  work.device = span_of(to_device ? to : from, bytes);
  if (to_device != from_device) work.host = span_of(to_device ? from : to, bytes);
  if (!to_device) std::memset(to, kPoison, bytes);
  Gpu& gpu = this->gpu(stream.device);
  work.run = [this, &gpu, to, from, bytes, kind] {
    if (gpu.fault != cudaSuccess) return;
    if (!gpu.heap.find(kind == cudaMemcpyDeviceToHost ? from : to, bytes)) {
      fail_hard(copy_name(bytes, kind) + ": the GPU's memory is not there any more");
    }
    const DeviceHeap::Opened open(gpu.heap);
    std::memmove(to, from, bytes);
  };
  queue_.add(stream, std::move(work));
}

void Runtime::set(void* to, int value, std::size_t bytes, WorkStream* handle) {
  WorkStream& stream = this->stream(handle);
  Work work{.name = "cudaMemsetAsync of " + std::to_string(bytes) + " bytes",
            .host = {},
            .device = span_of(to, bytes),
            .run = {}};
  check_device(stream, to, bytes, work.name);
  Gpu& gpu = this->gpu(stream.device);
  work.run = [&gpu, to, value, bytes] {
    if (gpu.fault != cudaSuccess) return;
    const DeviceHeap::Opened open(gpu.heap);
    std::memset(to, value, bytes);
  };
  queue_.add(stream, std::move(work));
}

}  // namespace wordfire::emulator
