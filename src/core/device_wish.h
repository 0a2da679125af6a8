// Devices, and which one is to train: "auto", "cpu", "cuda" or "cuda:N".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wordfire {

// What trains.
enum class Device : uint8_t { kCpu, kGpu };

struct DeviceWish {
  enum class Kind : uint8_t {
    kAuto,  // a GPU where there is one that can be used, else the CPU
    kCpu,
    kCuda,  // a GPU, or nothing
  };
  Kind kind = Kind::kAuto;
  int32_t ordinal = -1;  // of the GPU, as CUDA numbers them; -1: any

  friend bool operator==(const DeviceWish&, const DeviceWish&) = default;
};

// The values in words: what messages and documents say.
inline constexpr std::string_view kDeviceWishes = "auto, cpu, cuda, or cuda:N for GPU N";

[[nodiscard]] std::optional<DeviceWish> parse_device_wish(std::string_view text);
[[nodiscard]] std::string device_wish_text(const DeviceWish& wish);

}  // namespace wordfire
