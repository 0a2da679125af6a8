#include "core/device_wish.h"

#include <gtest/gtest.h>

namespace wordfire {
namespace {

TEST(DeviceWish, IsWrittenAsItIsRead) {
  for (const char* text : {"auto", "cpu", "cuda", "cuda:0", "cuda:15"}) {
    const auto wish = parse_device_wish(text);
    ASSERT_TRUE(wish) << text;
    EXPECT_EQ(device_wish_text(*wish), text);
  }
  EXPECT_EQ(device_wish_text(DeviceWish()), "auto");
}

TEST(DeviceWish, OfANumberIsForThatGpu) {
  EXPECT_EQ(parse_device_wish("cuda"), (DeviceWish{DeviceWish::Kind::kCuda, -1}));
  EXPECT_EQ(parse_device_wish("cuda:3"), (DeviceWish{DeviceWish::Kind::kCuda, 3}));
}

TEST(DeviceWish, NothingElseIsOne) {
  for (const char* text : {"", "gpu", "CUDA", "cuda:", "cuda:x", "cuda:-1", "cuda:1 ", "cuda1",
                           "cuda:2147483648", "cpu:0", "auto "}) {
    EXPECT_FALSE(parse_device_wish(text)) << text;
  }
}

}  // namespace
}  // namespace wordfire
