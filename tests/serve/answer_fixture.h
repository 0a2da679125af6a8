// Answers of small models, and what they are compared with.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "serve/answer.h"
#include "tests/serve/small_models.h"

namespace wordfire::serve {

class AnswerTest : public testing::Test {
 protected:
  Answer ask(const ServedModel& model, std::string_view type, std::string_view body,
             std::string_view accept = "") {
    return answer(model, {type, accept, body}, rules_, scratch_);
  }
  // The body of an answer that must be given.
  std::string body_of(const ServedModel& model, std::string_view type, std::string_view body,
                      std::string_view accept = "") {
    Answer given = ask(model, type, body, accept);
    EXPECT_EQ(given.status, 200) << given.body;
    return std::move(given.body);
  }
  nlohmann::json json_of(const ServedModel& model, std::string_view body) {
    return nlohmann::json::parse(body_of(model, kJson, body));
  }
  // "400 text" of a request that must be refused.
  std::string refusal_of(const ServedModel& model, std::string_view type, std::string_view body,
                         std::string_view accept = "") {
    const Answer given = ask(model, type, body, accept);
    EXPECT_NE(given.status, 200);
    EXPECT_EQ(given.content_type, "text/plain");
    return std::to_string(given.status) + " " + given.body;
  }

  static constexpr std::string_view kJson = "application/json";
  static constexpr std::string_view kJsonLines = "application/jsonlines";
  static constexpr std::string_view kText = "text/plain";
  static constexpr std::string_view kCsv = "text/csv";

  // The same as predict gives for a line of text.
  static std::vector<Prediction> predicted(const ServedModel& model, std::string_view line,
                                           int32_t k, float threshold = 0) {
    PredictScratch scratch;
    std::vector<Prediction> best;
    model.predictor().encode(line, scratch);
    model.predictor().predict(scratch, k, threshold, best);
    return best;
  }

  const ServedModel classifier_{small_classifier(), "model.bin"};
  const ServedModel words_{small_words(), "vectors.bin"};
  AnswerRules rules_;
  AnswerScratch scratch_;
};

}  // namespace wordfire::serve
