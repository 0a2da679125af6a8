#include "serve/json_reader.h"

#include <gtest/gtest.h>

#include "serve/answer.h"

namespace wordfire::serve {
namespace {

TEST(JsonReader, IsReadyBeforeTheFirstRequest) {
  const AnswerScratch scratch;
  const simdjson::implementation* const chosen = simdjson::get_active_implementation();
  EXPECT_EQ(chosen, simdjson::get_available_implementations().detect_best_supported());
}

}  // namespace
}  // namespace wordfire::serve
