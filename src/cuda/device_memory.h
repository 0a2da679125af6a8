// Memory and streams of a GPU, owned as values. Every call of CUDA is checked: what fails throws an
// Error (internal) that names the call; too little memory on the GPU is one of usage. Streams and
// memory belong to the GPU that is current on the thread when they are made (see use_device); they
// must be used and given back with it current.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "cuda/cuda_device.h"

// What a cudaStream_t points to.
struct CUstream_st;

namespace wordfire {

// status: a cudaError_t. call: what was asked for, "cudaMalloc of 12 MiB".
void check_cuda(int status, const char* call);
// After a kernel launch: that it could be launched. name: of the kernel.
void check_launch(const char* name);

// Makes the GPU current on the calling thread.
void use_device(const CudaDevice& device);
// Bytes that are free on the current GPU now.
[[nodiscard]] int64_t free_device_bytes();

// The device, made current, with what is free of its memory now: others may have taken some since
// it was looked for.
[[nodiscard]] CudaDevice device_now(CudaDevice device);
// Of the current GPU. which: a cudaDeviceAttr.
[[nodiscard]] int device_attribute(int which);

class Stream;

// Queues a copy of memory of the current GPU. The host's may be used when the stream has been
// waited for.
void copy_from_device(void* host, const void* device, int64_t bytes, const Stream& stream);

// Work that the GPU does in order.
class Stream {
 public:
  Stream();
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] CUstream_st* get() const { return stream_; }
  // Waits until all work is done; what has failed there meanwhile throws here.
  void wait() const;

 private:
  CUstream_st* stream_ = nullptr;
};

// Bytes on the device.
class DeviceBytes {
 public:
  DeviceBytes() = default;
  explicit DeviceBytes(int64_t bytes);
  ~DeviceBytes();
  DeviceBytes(DeviceBytes&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  DeviceBytes& operator=(DeviceBytes&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] int64_t size() const { return bytes_; }
  // Queued on the stream. The host's memory is to be left alone until the stream has been waited
  // for.
  void upload(const void* host, int64_t offset, int64_t bytes, const Stream& stream) const;
  void download(void* host, int64_t offset, int64_t bytes, const Stream& stream) const;
  void zero(const Stream& stream) const;

 private:
  void* data_ = nullptr;
  int64_t bytes_ = 0;
};

// n values on the device, not set to anything.
template <typename T>
class DeviceArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  DeviceArray() = default;
  explicit DeviceArray(int64_t n) : bytes_(n * int64_t{sizeof(T)}) {}
  // A copy of `values`, which are not needed any more when this returns.
  DeviceArray(std::span<const T> values, const Stream& stream)
      : DeviceArray(static_cast<int64_t>(values.size())) {
    upload(values, stream);
    stream.wait();
  }

  [[nodiscard]] T* data() const { return static_cast<T*>(bytes_.data()); }
  [[nodiscard]] int64_t size() const { return bytes_.size() / int64_t{sizeof(T)}; }

  // values.size() values from `first` on.
  void upload(std::span<const T> values, const Stream& stream, int64_t first = 0) const {
    bytes_.upload(values.data(), first * int64_t{sizeof(T)},
                  static_cast<int64_t>(values.size_bytes()), stream);
  }
  void download(std::span<T> values, const Stream& stream, int64_t first = 0) const {
    bytes_.download(values.data(), first * int64_t{sizeof(T)},
                    static_cast<int64_t>(values.size_bytes()), stream);
  }
  void zero(const Stream& stream) const { bytes_.zero(stream); }

 private:
  DeviceBytes bytes_;
};

// Memory of the host that the GPU reads while the host does other work.
class StagingBytes {
 public:
  StagingBytes() = default;
  explicit StagingBytes(int64_t bytes);
  ~StagingBytes();
  StagingBytes(StagingBytes&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  StagingBytes& operator=(StagingBytes&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  [[nodiscard]] char* data() const { return static_cast<char*>(data_); }
  [[nodiscard]] int64_t size() const { return bytes_; }

 private:
  void* data_ = nullptr;
  int64_t bytes_ = 0;
};

// Keeps memory of the host where it is, so that copies run at full speed and beside other work.
// Where the system refuses, nothing is lost but speed.
class PinnedRange {
 public:
  PinnedRange() = default;
  PinnedRange(const void* begin, int64_t bytes);
  ~PinnedRange();
  PinnedRange(PinnedRange&& other) noexcept : begin_(std::exchange(other.begin_, nullptr)) {}
  PinnedRange& operator=(PinnedRange&& other) noexcept {
    std::swap(begin_, other.begin_);
    return *this;
  }

 private:
  void* begin_ = nullptr;
};

}  // namespace wordfire
