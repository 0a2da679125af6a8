// What the emulated GPU does to programs that are right, and to those that are not.
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "emulator/faults.h"

namespace wordfire::emulator {
namespace {

constexpr int kMany = 1000;

// Two GPUs, on which nothing runs before it must: see CMakeLists.txt.
class EmulatedGpu : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(cudaSetDevice(0), cudaSuccess);
    ASSERT_EQ(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), cudaSuccess);
    memory_ = allocate(kMany);
  }
  void TearDown() override {
    (void)cudaSetDevice(0);
    (void)cudaStreamSynchronize(stream_);
    for (float* memory : all_) (void)cudaFree(memory);
    (void)cudaStreamDestroy(stream_);
    (void)cudaGetLastError();
  }

  float* allocate(std::size_t n) {
    void* memory = nullptr;
    EXPECT_EQ(cudaMalloc(&memory, n * sizeof(float)), cudaSuccess);
    all_.push_back(static_cast<float*>(memory));
    return all_.back();
  }
  cudaError_t upload(const float* from, std::size_t n) {
    return cudaMemcpyAsync(memory_, from, n * sizeof(float), cudaMemcpyHostToDevice, stream_);
  }
  cudaError_t download(float* to, std::size_t n) {
    return cudaMemcpyAsync(to, memory_, n * sizeof(float), cudaMemcpyDeviceToHost, stream_);
  }
  std::vector<float> fetch(std::size_t n) {
    std::vector<float> values(n);
    EXPECT_EQ(download(values.data(), n), cudaSuccess);
    EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
    return values;
  }

  cudaStream_t stream_ = nullptr;
  float* memory_ = nullptr;
  std::vector<float*> all_;
};

using EmulatedGpuDeathTest = EmulatedGpu;

TEST_F(EmulatedGpu, AKernelRunsOnWhatWasCopied) {
  const std::vector<float> values(kMany, 7);
  ASSERT_EQ(upload(values.data(), kMany), cudaSuccess);
  ASSERT_EQ(launch_count(memory_, kMany - 1, 64, stream_), cudaSuccess);
  std::vector<float> want(kMany, 8);
  want.back() = 7;
  EXPECT_EQ(fetch(kMany), want);
}

TEST_F(EmulatedGpu, FreshMemoryIsNoNumber) {
  for (const float value : fetch(kMany)) ASSERT_TRUE(std::isnan(value));
}

TEST_F(EmulatedGpu, ACopyReadsTheHostsMemoryWhenItRuns) {
  float value = 1;
  ASSERT_EQ(upload(&value, 1), cudaSuccess);
  value = 2;  // a fault
  EXPECT_EQ(fetch(1)[0], 2);
}

TEST_F(EmulatedGpu, ADownloadIsNotThereBeforeItHasBeenWaitedFor) {
  ASSERT_EQ(cudaMemsetAsync(memory_, 0, sizeof(float), stream_), cudaSuccess);
  float value = 5;
  ASSERT_EQ(download(&value, 1), cudaSuccess);
  EXPECT_TRUE(std::isnan(value));
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(value, 0);
}

TEST_F(EmulatedGpu, StreamsDoNotWaitForEachOther) {
  cudaStream_t other = nullptr;
  ASSERT_EQ(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking), cudaSuccess);
  ASSERT_EQ(cudaMemsetAsync(memory_, 0, sizeof(float), other), cudaSuccess);
  EXPECT_TRUE(std::isnan(fetch(1)[0]));
  ASSERT_EQ(cudaStreamSynchronize(other), cudaSuccess);
  EXPECT_EQ(fetch(1)[0], 0);
  EXPECT_EQ(cudaStreamDestroy(other), cudaSuccess);
}

TEST_F(EmulatedGpu, ADestroyedStreamIsNone) {
  cudaStream_t other = nullptr;
  ASSERT_EQ(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking), cudaSuccess);
  ASSERT_EQ(cudaStreamDestroy(other), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(other), cudaErrorInvalidResourceHandle);
}

TEST_F(EmulatedGpu, CopiesStayInTheirAllocation) {
  const std::vector<float> values(kMany + 1);
  EXPECT_EQ(upload(values.data(), kMany + 1), cudaErrorInvalidValue);
  EXPECT_EQ(upload(memory_, 1), cudaErrorInvalidValue);  // the GPU's memory for the host's
  float value = 0;
  EXPECT_EQ(cudaMemcpyAsync(&value, values.data(), sizeof(float), cudaMemcpyDeviceToHost, stream_),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST_F(EmulatedGpu, MemoryEnds) {
  size_t free = 0;
  size_t total = 0;
  ASSERT_EQ(cudaMemGetInfo(&free, &total), cudaSuccess);
  EXPECT_LT(free, total);
  void* memory = nullptr;
  EXPECT_EQ(cudaMalloc(&memory, free + 1), cudaErrorMemoryAllocation);
  ASSERT_EQ(cudaMalloc(&memory, free), cudaSuccess);
  size_t left = 1;
  ASSERT_EQ(cudaMemGetInfo(&left, &total), cudaSuccess);
  EXPECT_EQ(left, 0u);
  ASSERT_EQ(cudaFree(memory), cudaSuccess);
  EXPECT_EQ(cudaFree(memory), cudaErrorInvalidValue);  // twice
}

TEST_F(EmulatedGpu, LaunchesHaveTheSizesThatAGpuTakes) {
  EXPECT_EQ(launch_count(memory_, kMany, 65, stream_), cudaErrorInvalidValue);  // launch bounds
  EXPECT_EQ(launch_count(memory_, kMany, 0, stream_), cudaErrorInvalidConfiguration);
  EXPECT_EQ(launch_count(memory_, kMany, 1025, stream_), cudaErrorInvalidConfiguration);
}

TEST_F(EmulatedGpu, MuchSharedMemoryMustBeAllowed) {
  constexpr int kMuch = 100 << 10;
  EXPECT_EQ(launch_shared(memory_, kMuch, stream_), cudaErrorInvalidValue);
  EXPECT_EQ(blocks_of_shared(kMuch), 0);
  EXPECT_EQ(allow_shared(228 << 10), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
  ASSERT_EQ(allow_shared(kMuch), cudaSuccess);
  EXPECT_EQ(blocks_of_shared(kMuch), 2);
  ASSERT_EQ(launch_shared(memory_, kMuch, stream_), cudaSuccess);
  EXPECT_EQ(fetch(1)[0], 496);
}

TEST_F(EmulatedGpu, MemoryAndStreamsOfAnotherGpuAreRefused) {
  ASSERT_EQ(cudaSetDevice(1), cudaSuccess);
  EXPECT_EQ(launch_count(memory_, 1, 1, stream_), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaFree(memory_), cudaErrorInvalidValue);
  void* other = nullptr;
  ASSERT_EQ(cudaMalloc(&other, sizeof(float)), cudaSuccess);
  EXPECT_EQ(cudaMemsetAsync(other, 0, sizeof(float), stream_), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(other), cudaSuccess);
  EXPECT_EQ(cudaSetDevice(2), cudaErrorInvalidDevice);
}

// The GPU is of no use after that, so each is a process of its own.
#define EXPECT_FAULT(statement, error)                                        \
  EXPECT_EXIT(                                                                \
      {                                                                       \
        statement;                                                            \
        std::_Exit(cudaStreamSynchronize(stream_) == (error) &&               \
                           cudaMemsetAsync(memory_, 0, 4, stream_) == (error) \
                       ? 0                                                    \
                       : 1);                                                  \
      },                                                                      \
      testing::ExitedWithCode(0), "")

TEST_F(EmulatedGpuDeathTest, AKernelThatWritesBehindAnAllocationBreaksTheGpu) {
  EXPECT_FAULT(launch_write(memory_, kMany, 1, stream_), cudaErrorIllegalAddress);
  EXPECT_FAULT(launch_write(memory_, -1, 1, stream_), cudaErrorIllegalAddress);
  float host = 0;
  EXPECT_FAULT(launch_write(&host, 0, 1, stream_), cudaErrorIllegalAddress);
}

TEST_F(EmulatedGpuDeathTest, MisalignedAddressesBreakTheGpu) {
  auto* const odd = reinterpret_cast<float*>(reinterpret_cast<char*>(memory_) + 2);
  EXPECT_FAULT(launch_write(odd, 0, 1, stream_), cudaErrorMisalignedAddress);
}

TEST_F(EmulatedGpuDeathTest, FreedMemoryIsNotThere) {
  ASSERT_EQ(cudaFree(memory_), cudaSuccess);
  all_.clear();
  EXPECT_EXIT(
      {
        (void)launch_write(memory_, 0, 1, stream_);
        std::_Exit(cudaStreamSynchronize(stream_) == cudaErrorIllegalAddress ? 0 : 1);
      },
      testing::ExitedWithCode(0), "has been freed");
}

TEST_F(EmulatedGpuDeathTest, MemoryThatWorkUsesStaysWhereItIs) {
  EXPECT_DEATH(
      {
        (void)cudaMemsetAsync(memory_, 0, 4, stream_);
        (void)cudaFree(memory_);
      },
      "cudaFree of memory that work in a stream uses");
  void* host = nullptr;
  ASSERT_EQ(cudaMallocHost(&host, sizeof(float)), cudaSuccess);
  EXPECT_DEATH(
      {
        (void)upload(static_cast<float*>(host), 1);
        (void)cudaFreeHost(host);
      },
      "cudaFreeHost of memory");
  EXPECT_EQ(cudaFreeHost(host), cudaSuccess);
}

TEST_F(EmulatedGpuDeathTest, TheHostDoesNotFollowPointersOfTheGpu) {
  EXPECT_DEATH(*memory_ = 1, "");
}

TEST_F(EmulatedGpuDeathTest, WhatIsLeftBehindIsSaidAtTheEnd) {
  EXPECT_EXIT(std::exit(0), testing::ExitedWithCode(23),
              "left behind at the end: 1 allocations of 4000 bytes, 1 streams");
}

}  // namespace
}  // namespace wordfire::emulator
