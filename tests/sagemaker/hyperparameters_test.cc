#include "sagemaker/hyperparameters.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sagemaker/container_fixture.h"

namespace wordfire {
namespace {

class HyperparametersTest : public ContainerTest {
 protected:
  [[nodiscard]] Hyperparameters parse(std::string_view json) const {
    config("hyperparameters.json", json);
    return parse_hyperparameters(ConfigFile(paths().config("hyperparameters.json")));
  }
  // One parameter beside a mode.
  [[nodiscard]] Hyperparameters parse(const std::string& name, const nlohmann::json& value,
                                      const std::string& mode = "supervised") const {
    return parse(nlohmann::json({{"mode", mode}, {name, value}}).dump());
  }
  [[nodiscard]] std::string refusal(const std::string& name, const nlohmann::json& value,
                                    ErrorKind kind = ErrorKind::kUsage) const {
    return message_of(kind, [&] { return parse(name, value).mode; });
  }
};

TEST_F(HyperparametersTest, TakesTheNotebooksJob) {
  const Hyperparameters job =
      parse(R"({"mode":"supervised","epochs":"20","min_count":"2","learning_rate":"0.05",)"
            R"("vector_dim":"10","early_stopping":"True","patience":"4","min_epochs":"5",)"
            R"("word_ngrams":"2"})");
  EXPECT_EQ(job.mode, TrainingMode::kSupervised);
  EXPECT_EQ(job.options.args.epoch, 20);
  EXPECT_EQ(job.options.args.min_count, 2);
  EXPECT_EQ(job.options.lr, 0.05);
  EXPECT_EQ(job.options.args.dim, 10);
  EXPECT_TRUE(job.options.early_stopping);
  EXPECT_EQ(job.options.args.word_ngrams, 2);
  EXPECT_TRUE(job.notes.empty());
}

TEST_F(HyperparametersTest, DefaultsAreBlazingTexts) {
  const Hyperparameters classifier = parse(R"({"mode": "supervised"})");
  EXPECT_EQ(classifier.options.args.min_count, 5);
  EXPECT_EQ(classifier.options.args.word_ngrams, 2);
  EXPECT_EQ(classifier.options.lr, 0.05);
  EXPECT_FALSE(classifier.evaluation);
  const Hyperparameters vectors = parse(R"({"mode": "batch_skipgram"})");
  EXPECT_EQ(mode_of(vectors.options), TrainingMode::kBatchSkipgram);
  EXPECT_EQ(vectors.options.args.maxn, 0);
  EXPECT_TRUE(vectors.evaluation);
}

TEST_F(HyperparametersTest, SubwordsBringTheirDefaults) {
  EXPECT_EQ(parse("subwords", "False", "skipgram").options.args.maxn, 0);
  for (const char* mode : {"skipgram", "cbow", "batch_skipgram"}) {
    const Hyperparameters job = parse("subwords", "True", mode);
    EXPECT_EQ(job.options.args.minn, 3);
    EXPECT_EQ(job.options.args.maxn, 6);
  }
}

TEST_F(HyperparametersTest, ReadsBooleansAsEveryClientWritesThem) {
  for (const char* text : {"True", "true", "TRUE", "1", " true ", "\"true\"", "\"True\""}) {
    EXPECT_TRUE(parse("early_stopping", text).options.early_stopping) << text;
  }
  for (const char* text : {"False", "false", "0", "\"false\"", "None", "null"}) {
    EXPECT_FALSE(parse("early_stopping", text).options.early_stopping) << text;
  }
  EXPECT_TRUE(parse("early_stopping", true).options.early_stopping);
}

TEST_F(HyperparametersTest, ReadsNumbersAsEveryClientWritesThem) {
  for (const char* text : {"20", "20.0", "2e1", "\"20\"", " 20\n"}) {
    EXPECT_EQ(parse("epochs", text).options.args.epoch, 20) << text;
  }
  EXPECT_EQ(parse("epochs", 20).options.args.epoch, 20);
  for (const char* text : {"1e-4", "0.0001", "\"1e-4\""}) {
    EXPECT_EQ(parse("learning_rate", text).options.lr, 1e-4) << text;
  }
}

TEST_F(HyperparametersTest, TakesJsonQuotesFromTexts) {
  EXPECT_EQ(parse(R"({"mode": "\"cbow\""})").mode, TrainingMode::kCbow);
  EXPECT_EQ(parse("loss", "\"hs\"").options.args.loss, LossKind::kHierarchicalSoftmax);
}

TEST_F(HyperparametersTest, PassesOverWhatThePlatformAdds) {
  const Hyperparameters job =
      parse(R"({"mode": "cbow", "_tuning_objective_metric": "", "sagemaker_program": "\"x.py\"",)"
            R"("sagemaker_region": "eu", "_kfold": "3"})");
  EXPECT_TRUE(job.notes.empty());
}

TEST_F(HyperparametersTest, TakesOurOwnParameters) {
  const Hyperparameters job =
      parse(R"({"mode": "supervised", "loss": "ova", "seed": "7", "threads": "2", "min_char": "2",)"
            R"("max_char": "4", "deterministic": "true"})");
  EXPECT_EQ(job.options.args.loss, LossKind::kOneVsAll);
  EXPECT_EQ(job.options.seed, 7);
  EXPECT_EQ(job.options.thread, 2);
  EXPECT_EQ(job.options.args.minn, 2);
  EXPECT_EQ(job.options.args.maxn, 4);
  EXPECT_TRUE(job.options.deterministic);
}

TEST_F(HyperparametersTest, ReadsColumnsAsLists) {
  const Hyperparameters job = parse("text_columns", "title, body");
  EXPECT_EQ(job.text_columns, std::vector<std::string>({"title", "body"}));
  EXPECT_TRUE(job.label_columns.empty());
}

TEST_F(HyperparametersTest, WhatAModeLacksIsNotedAndCheckedAllTheSame) {
  const Hyperparameters job = parse("batch_size", "11", "skipgram");
  EXPECT_EQ(mode_of(job.options), TrainingMode::kSkipgram);
  ASSERT_EQ(job.notes.size(), 1u);
  EXPECT_EQ(job.notes[0], "hyperparameter \"batch_size\" has no effect in mode skipgram");
  EXPECT_EQ(parse("evaluation", "True").notes.size(), 1u);
  EXPECT_EQ(parse("max_char", "5", "cbow").notes.size(), 1u);
  EXPECT_NE(refusal("batch_size", "many"), "no error");
}

TEST_F(HyperparametersTest, RefusesValuesInTheJobsWords) {
  EXPECT_EQ(refusal("vector_dim", "0"),
            R"(hyperparameter "vector_dim": got "0", want an integer of at least 1)");
  EXPECT_EQ(refusal("epochs", "2.5"),
            R"(hyperparameter "epochs": got "2.5", want an integer of at least 1)");
  EXPECT_EQ(refusal("early_stopping", "maybe"),
            R"(hyperparameter "early_stopping": got "maybe", want True or False)");
  EXPECT_EQ(refusal("learning_rate", "nan"),
            R"(hyperparameter "learning_rate": got "nan", want a number above 0 and at most 1000)");
  EXPECT_EQ(refusal("epochs", nlohmann::json::array({1}), ErrorKind::kData),
            R"(hyperparameter "epochs": got a JSON array, want text)");
}

TEST_F(HyperparametersTest, AMistypedNameGetsAdvice) {
  EXPECT_EQ(
      refusal("min_epoch", "5"),
      R"(hyperparameter "min_epoch": there is none of this name; did you mean "min_epochs"?)");
  EXPECT_EQ(refusal("subword", "True"),
            R"(hyperparameter "subword": there is none of this name; did you mean "subwords"?)");
  EXPECT_EQ(refusal("zzzzzzzzz", "1"),
            R"(hyperparameter "zzzzzzzzz": there is none of this name; leave it out)");
}

TEST_F(HyperparametersTest, TheModeMustBeGiven) {
  const std::string wanted = "want batch_skipgram, skipgram, cbow, supervised";
  EXPECT_EQ(message_of(ErrorKind::kUsage, [&] { return parse("{}").mode; }),
            "hyperparameter \"mode\": not given, " + wanted);
  EXPECT_EQ(message_of(ErrorKind::kUsage, [&] { return parse(R"({"mode": "bow"})").mode; }),
            "hyperparameter \"mode\": got \"bow\", " + wanted);
}

TEST_F(HyperparametersTest, RefusesWhatIsNoObject) {
  for (const char* text : {"", "[]", "3", "{\"mode\":"}) {
    EXPECT_NE(message_of(ErrorKind::kData, [&] { return parse(text).mode; }), "no error") << text;
  }
}

TEST(ContainerParameters, HaveNamesThatNoOptionHas) {
  for (const ContainerParameter& parameter : container_parameters()) {
    EXPECT_EQ(find_hyperparameter(parameter.name), nullptr) << parameter.name;
  }
}

}  // namespace
}  // namespace wordfire
