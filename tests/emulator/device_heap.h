// The memory of an emulated GPU: addresses of this process that nothing may touch but while the GPU
// works, so that a host that follows a device pointer crashes, as it would. Bytes that have been
// taken are poison (0xff: floats are NaN) until something is written, and addresses are never given
// out twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "emulator/ledger.h"
#include "emulator/ptx_machine.h"

namespace wordfire::emulator {

inline constexpr unsigned char kPoison = 0xff;

class DeviceHeap final : public GlobalMemory {
 public:
  // use: of the `bytes`, here or by other processes too; outlives the heap.
  DeviceHeap(std::size_t bytes, GpuUse& use);
  ~DeviceHeap() override;
  DeviceHeap(const DeviceHeap&) = delete;
  DeviceHeap& operator=(const DeviceHeap&) = delete;

  // Null where there is too little left.
  [[nodiscard]] std::byte* take(std::size_t bytes);
  // False where no allocation begins there.
  [[nodiscard]] bool give_back(const void* begin);

  [[nodiscard]] std::size_t free_bytes() const;
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // Whether the address is one of this GPU, taken or not.
  [[nodiscard]] bool has_address(const void* address) const;
  // The allocation that holds all of [address, address + bytes).
  [[nodiscard]] std::optional<Allocation> find(const void* address, std::size_t bytes) const;
  [[nodiscard]] Allocation check(std::uint64_t address, std::size_t bytes) const override;
  // "3 allocations of 120 bytes"; empty without any.
  [[nodiscard]] std::string leaks() const;

  // Lets this process read and write what is there, as long as it lives.
  class Opened {
   public:
    explicit Opened(DeviceHeap& heap);
    ~Opened();
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;

   private:
    DeviceHeap& heap_;
    bool is_first_;
  };

 private:
  void protect(int access) const;
  [[nodiscard]] std::string what_lies_at(const std::byte* address, std::size_t bytes) const;

  std::size_t bytes_;
  GpuUse& use_;
  std::byte* base_ = nullptr;
  std::size_t top_ = 0;  // nothing has been given out from here on
  bool is_open_ = false;
  std::map<const std::byte*, std::size_t> taken_;
  std::map<const std::byte*, std::size_t> given_back_;
};

}  // namespace wordfire::emulator
