#include <gtest/gtest.h>

#include <string>

#include "core/error.h"
#include "serve/answer.h"
#include "tests/serve/failing_memory.h"

namespace wordfire::serve {
namespace {

TEST(Refusal, OfAFaultWithoutMemoryForItsTextSaysSo) {
  const Error fault(ErrorKind::kData, std::string(200, 'x'));
  Answer answer;
  EXPECT_TRUE(done_with(0, [&] { answer = refusal(fault); }));
  EXPECT_TRUE(memory_was_out);
  EXPECT_EQ(answer.status, 507);
  EXPECT_EQ(answer.body, "out of memory");
  EXPECT_EQ(refusal(fault).status, 400);
}

}  // namespace
}  // namespace wordfire::serve
