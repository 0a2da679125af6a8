#include "train/validation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/predictor.h"
#include "tests/train/job_fixture.h"

namespace wordfire {
namespace {

class Validation : public JobTest, public testing::WithParamInterface<LossKind> {};
INSTANTIATE_TEST_SUITE_P(Losses, Validation,
                         testing::Values(LossKind::kHierarchicalSoftmax,
                                         LossKind::kNegativeSampling, LossKind::kSoftmax,
                                         LossKind::kOneVsAll));

TEST_P(Validation, TheScoreIsThatOfTheSavedModelLineByLine) {
  const std::string text = labelled_text(700, 7) + "__label__unknown x\n\nno label\n__label__1";
  for (const int32_t maxn : {0, 3}) {
    Options scored = options();
    scored.args.loss = GetParam();
    scored.args.maxn = maxn;
    scored.args.minn = maxn > 0 ? 2 : 0;
    scored.args.min_count = 4;
    scored.validation = {write("validation.txt", text)};
    const ValidationScore score = run(scored).validation.value();
    const ValidationScore by_hand = score_by_hand(path("model.bin"), text);
    EXPECT_EQ(score.examples, by_hand.examples);
    EXPECT_EQ(score.precision, by_hand.precision);
    EXPECT_EQ(score.recall, by_hand.recall);
    EXPECT_GT(score.precision, 0.2);
  }
}

TEST_P(Validation, TheNumberOfThreadsDoesNotChangeIt) {
  Options trained = options();
  trained.args.loss = GetParam();
  write("train.txt", labelled_text(1500, 7));
  run(trained);
  const Predictor predictor(load_model(path("model.bin")).model);
  const TrainingText text(labelled_text(1500, 7), trained.args);
  const ValidationScore one = validate(predictor, text.corpus(), {}, {0, 1500}, 1);
  EXPECT_EQ(one.examples, 1500);
  for (const int threads : {2, 3, 4}) {
    const ValidationScore many = validate(predictor, text.corpus(), {}, {0, 1500}, threads);
    EXPECT_EQ(many.examples, one.examples);
    EXPECT_EQ(many.precision, one.precision);
    EXPECT_EQ(many.recall, one.recall);
  }
}

class ValidationErrors : public JobTest {};

TEST_F(ValidationErrors, TextWithoutAKnownLabelIsAnError) {
  Options wrong = options();
  wrong.validation = {write("validation.txt", "__label__other x\nno label\n")};
  const std::string message = message_of(ErrorKind::kData, [&] { return run(wrong).epochs; });
  EXPECT_TRUE(message.starts_with(path("validation.txt") + ": no line has both text and a label"))
      << message;
}

}  // namespace
}  // namespace wordfire
