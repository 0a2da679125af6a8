#include "core/device_wish.h"

#include <fmt/format.h>

#include <limits>

#include "core/strict_number.h"

namespace wordfire {
namespace {

constexpr std::string_view kNumbered = "cuda:";

}  // namespace

std::optional<DeviceWish> parse_device_wish(std::string_view text) {
  if (text == "auto") return DeviceWish{DeviceWish::Kind::kAuto};
  if (text == "cpu") return DeviceWish{DeviceWish::Kind::kCpu};
  if (text == "cuda") return DeviceWish{DeviceWish::Kind::kCuda};
  if (!text.starts_with(kNumbered)) return std::nullopt;
  const std::optional<int64_t> ordinal = parse_integer(text.substr(kNumbered.size()));
  if (!ordinal || *ordinal < 0 || *ordinal > std::numeric_limits<int32_t>::max()) {
    return std::nullopt;
  }
  return DeviceWish{DeviceWish::Kind::kCuda, static_cast<int32_t>(*ordinal)};
}

std::string device_wish_text(const DeviceWish& wish) {
  if (wish.kind == DeviceWish::Kind::kAuto) return "auto";
  if (wish.kind == DeviceWish::Kind::kCpu) return "cpu";
  return wish.ordinal < 0 ? "cuda" : fmt::format("{}{}", kNumbered, wish.ordinal);
}

}  // namespace wordfire
