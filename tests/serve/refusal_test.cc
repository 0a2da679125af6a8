#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>

#include "core/error.h"
#include "serve/answer.h"

namespace {

bool memory_is_out = false;

}  // namespace

void* operator new(size_t bytes) {
  void* const memory = memory_is_out ? nullptr : std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace wordfire::serve {
namespace {

TEST(Refusal, OfAFaultWithoutMemoryForItsTextSaysSo) {
  const Error fault(ErrorKind::kData, std::string(200, 'x'));
  memory_is_out = true;
  const Answer answer = refusal(fault);
  memory_is_out = false;
  EXPECT_EQ(answer.status, 507);
  EXPECT_EQ(answer.body, "out of memory");
  EXPECT_EQ(refusal(fault).status, 400);
}

}  // namespace
}  // namespace wordfire::serve
