#include "core/nearest_name.h"

#include <gtest/gtest.h>

#include <string>

namespace wordfire {
namespace {

constexpr std::string_view kNames[] = {"dim", "epoch", "wordNgrams", "validation", "lr", "minn"};

TEST(NearestName, ForgivesCaseSwapsAndSlips) {
  EXPECT_EQ(nearest_name("wordngrams", kNames), "wordNgrams");
  EXPECT_EQ(nearest_name("epohc", kNames), "epoch");
  EXPECT_EQ(nearest_name("epochs", kNames), "epoch");
  EXPECT_EQ(nearest_name("dmi", kNames), "dim");
  EXPECT_EQ(nearest_name("wordNgram", kNames), "wordNgrams");
}

TEST(NearestName, FindsANameThatIsAPart) {
  EXPECT_EQ(nearest_name("autotune-validation", kNames), "validation");
}

TEST(NearestName, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("", kNames), "");
  EXPECT_EQ(nearest_name("pretrainedVectors", kNames), "");
  EXPECT_EQ(nearest_name("qnorm", kNames), "");
  EXPECT_EQ(nearest_name(std::string(100000, 'a'), kNames), "");
}

}  // namespace
}  // namespace wordfire
