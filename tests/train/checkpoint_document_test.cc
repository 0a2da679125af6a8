#include "train/checkpoint_document.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/option_table.h"
#include "core/option_value.h"
#include "tests/io/folder_fixture.h"

namespace wordfire {
namespace {

RunIdentity identity(const Options& options = default_options(TrainingMode::kSupervised)) {
  return identity_of(
      options, {.vocabulary = ~uint64_t{0}, .examples = 2, .validation = 3, .first_vectors = {}});
}

CheckpointDocument some_document() {
  CheckpointDocument document;
  document.identity = identity();
  document.state.epoch = 3;
  document.state.example = 4;
  document.state.in_epoch = {.tokens = 5, .examples = 6, .loss_sum = 0.1, .lr = 0};
  document.state.examples = int64_t{1} << 60;
  document.state.loss_sum = 1.0 / 3;
  document.state.seconds = 7.5;
  document.state.validation = ValidationScore{8, 0.7, 2.0 / 3};
  document.best = {2, {8, 0.9, 1.0 / 7}};
  return document;
}

TEST(CheckpointDocument, ComesBackAsItWas) {
  const CheckpointDocument then = some_document();
  const CheckpointDocument now = parse_document(document_json(then), "here");
  EXPECT_EQ(now.state.epoch, 3);
  EXPECT_EQ(now.state.example, 4);
  EXPECT_EQ(now.state.in_epoch.tokens, 5);
  EXPECT_EQ(now.state.in_epoch.examples, 6);
  EXPECT_EQ(now.state.in_epoch.loss_sum, 0.1);
  EXPECT_EQ(now.state.examples, int64_t{1} << 60);
  EXPECT_EQ(now.state.loss_sum, 1.0 / 3);
  EXPECT_EQ(now.state.seconds, 7.5);
  EXPECT_EQ(now.state.validation->recall, 2.0 / 3);
  EXPECT_EQ(now.best.epoch, 2);
  EXPECT_EQ(now.best.score.recall, 1.0 / 7);
  EXPECT_TRUE(differences(then.identity, now.identity).empty());
  EXPECT_EQ(document_json(now), document_json(then));
}

TEST(CheckpointDocument, WhatIsMissingOrOfAnotherTypeIsAnError) {
  const std::string whole = document_json(some_document());
  for (const char* damage : {"", "[]", "{}", "null", "{\"epoch\": 1"}) {
    EXPECT_TRUE(message_of(ErrorKind::kModel, [&] { return parse_document(damage, "here"); })
                    .starts_with("here: the document is not that of a checkpoint ("))
        << damage;
  }
  for (const char* key :
       {"program", "mode", "options", "text", "in_epoch", "seconds", "loss_sum"}) {
    std::string other = whole;
    other.replace(other.find('"' + std::string(key) + '"'), 2, "\"_");
    EXPECT_NE(message_of(ErrorKind::kModel, [&] { return parse_document(other, "here"); }),
              "no error")
        << key;
  }
}

TEST(CheckpointDocument, DeepNestingIsAnError) {
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  for (const std::string& json : {deep, "{\"options\": " + deep + "}"}) {
    EXPECT_NE(message_of(ErrorKind::kModel, [&] { return parse_document(json, "here"); }),
              "no error");
  }
}

using Found = std::vector<std::string>;

TEST(CheckpointDocument, OptionsThatDoNotBearOnTheResultDoNotCount) {
  const Options before = default_options(TrainingMode::kSupervised);
  Options after = before;
  after.input = {"elsewhere"};
  after.output = "other";
  after.validation = {"other"};
  after.pretrained_vectors = "other";
  after.thread = 7;
  after.verbose = 0;
  after.memory_mb = 5;
  after.scratch_dir = "other";
  after.save_output = true;
  after.train_score = true;
  after.checkpoint_dir = "other";
  after.checkpoint_minutes = 1;
  after.resume = true;
  EXPECT_EQ(differences(identity(before), identity(after)), Found{});
}

TEST(CheckpointDocument, EveryOptionThatBearsOnTheResultIsNamed) {
  const Options before = default_options(TrainingMode::kSupervised);
  Options after = before;
  after.args.dim = 7;
  after.args.loss = LossKind::kOneVsAll;
  after.label = "#";
  after.early_stopping = true;
  after.deterministic = true;
  EXPECT_EQ(
      differences(identity(before), identity(after)),
      (Found{"-label was \"__label__\" and is \"#\"", "-dim was 100 and is 7",
             "-loss was \"softmax\" and is \"one-vs-all\"", "-earlyStopping was false and is true",
             "-deterministic was false and is true"}));
}

TEST(CheckpointDocument, AnotherModeIsAllThatIsSaid) {
  const RunIdentity skipgram = identity(default_options(TrainingMode::kSkipgram));
  const RunIdentity cbow = identity(default_options(TrainingMode::kCbow));
  EXPECT_EQ(differences(skipgram, cbow), Found{"it is of skipgram, not of cbow"});
}

TEST(CheckpointDocument, ProgramAndInstructionSetCountForDeterministicRunsAlone) {
  Options options = default_options(TrainingMode::kSupervised);
  for (const bool deterministic : {false, true}) {
    options.deterministic = deterministic;
    const RunIdentity now = identity(options);
    RunIdentity then = now;
    then.program = "0.0.1";
    then.instruction_set = "abacus";
    const Found found = differences(then, now);
    const Found wanted = {"the program was 0.0.1 and is " + now.program,
                          "the instruction set was abacus and is " + now.instruction_set};
    EXPECT_EQ(found, deterministic ? wanted : Found{});
  }
}

TEST(CheckpointDocument, WhatDiffersInTheTextIsNamed) {
  const RunIdentity now = identity();
  RunIdentity then = now;
  then.text.validation.reset();
  then.text.first_vectors = 1;
  EXPECT_EQ(differences(then, now),
            (Found{"the validation text differs", "the vectors to begin with differ"}));
  then.text.vocabulary = 5;
  EXPECT_EQ(differences(then, now), Found{"the training text differs"});
}

}  // namespace
}  // namespace wordfire
