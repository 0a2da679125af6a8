#include "core/usable_memory.h"

#include <gtest/gtest.h>

namespace wordfire {
namespace {

TEST(UsableMemory, IsThatOfAMachine) {
  EXPECT_GT(usable_memory(), int64_t{16} << 20);
  EXPECT_LT(usable_memory(), int64_t{1} << 60);
}

}  // namespace
}  // namespace wordfire
