#include "serve/server_paths.h"

#include <gtest/gtest.h>

namespace wordfire::serve {
namespace {

TEST(ServerPaths, MethodsAreWholeNames) {
  EXPECT_TRUE(lists_method("GET, HEAD", "GET"));
  EXPECT_TRUE(lists_method("GET, HEAD", "HEAD"));
  for (const std::string_view method : {"", "GE", "get", "HEAD ", "GET, HEAD", ","})
    EXPECT_FALSE(lists_method("GET, HEAD", method)) << method;
  EXPECT_FALSE(lists_method("", "GET"));
  EXPECT_FALSE(lists_method("", ""));
}

}  // namespace
}  // namespace wordfire::serve
