#include "sagemaker/container_job.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "io/recipe.h"
#include "io/scratch_folder.h"
#include "tests/sagemaker/container_fixture.h"

namespace wordfire {
namespace {

class ContainerJobTest : public ContainerTest {
 protected:
  ContainerJobTest() : train_(data("train", "text", two_classes(20))) {}

  [[nodiscard]] ContainerJob read() const { return read_container_job(paths()); }
  [[nodiscard]] std::string refusal(ErrorKind kind) const {
    return message_of(kind, [&] { return read().options.output; });
  }

  std::string train_;
};

TEST_F(ContainerJobTest, ClassifiersHaveTheirFilesAndNames) {
  parameters({{"mode", "supervised"}});
  const std::string held_out = data("validation", "text", two_classes(4));
  const ContainerJob job = read();
  EXPECT_EQ(job.options.input, std::vector<std::string>{train_});
  EXPECT_EQ(job.options.validation, std::vector<std::string>{held_out});
  EXPECT_EQ(job.options.output, paths().model() + "/model");
  EXPECT_TRUE(job.options.train_score);
  EXPECT_TRUE(job.notes.empty());
}

TEST_F(ContainerJobTest, WordVectorsHaveTheirOwn) {
  parameters({{"mode", "cbow"}});
  data("evaluation", "pairs", "a b 3\n");
  data("validation", "text", two_classes(4));
  const ContainerJob job = read();
  EXPECT_EQ(job.options.output, paths().model() + "/vectors");
  EXPECT_TRUE(job.options.validation.empty());
  EXPECT_TRUE(job.evaluation.has_value());
  EXPECT_EQ(job.notes, std::vector<std::string>{"channel \"validation\" has no use in this job"});
}

TEST_F(ContainerJobTest, WordVectorsTakeEveryRecordAsText) {
  config("inputdataconfig.json", R"({"train": {"TrainingInputMode": "Pipe",)"
                                 R"("RecordWrapperType": "RecordIO",)"
                                 R"("ContentType": "application/x-recordio"}})");
  parameters({{"mode", "supervised"}});
  EXPECT_EQ(read().options.input_format, InputFormat::kAugmentedManifest);
  parameters({{"mode", "cbow"}});
  EXPECT_EQ(read().options.input_format, InputFormat::kRecordIo);
}

TEST_F(ContainerJobTest, ScratchFilesStayOutOfTheModelFolder) {
  parameters({{"mode", "supervised"}});
  EXPECT_EQ(read().options.scratch_dir, temporary_folder());
}

TEST_F(ContainerJobTest, WithoutATrainChannelTheOthersAreNamed) {
  parameters({{"mode", "supervised"}});
  config("inputdataconfig.json", R"({"training": {}, "validation": {}})");
  EXPECT_EQ(message_of(SystemFault::kNoInput, [&] { return read().options.output; }),
            "channels: got \"training\", \"validation\", want one named \"train\"; is "
            "\"training\" meant to be it?");
}

TEST_F(ContainerJobTest, ContradictionsAreToldInTheJobsWords) {
  parameters({{"mode", "supervised"}, {"early_stopping", "True"}});
  EXPECT_EQ(refusal(ErrorKind::kUsage),
            "hyperparameter \"early_stopping\": channel \"validation\" is not given, want labelled "
            "text to score");
  parameters({{"mode", "supervised"}, {"min_char", "5"}, {"max_char", "3"}});
  EXPECT_EQ(refusal(ErrorKind::kUsage),
            "hyperparameter \"min_char\": got \"5\", want at most \"max_char\", which is 3");
}

TEST_F(ContainerJobTest, EarlyStoppingMayGoByWhatARecipeSplitsOff) {
  parameters({{"mode", "supervised"}, {"early_stopping", "True"}});
  Recipe recipe;
  data("train", "prepare.json", recipe.to_json());
  EXPECT_NE(refusal(ErrorKind::kUsage), "no error");
  recipe.split = 0.5;
  data("train", "prepare.json", recipe.to_json());
  EXPECT_TRUE(read().options.early_stopping);
}

TEST_F(ContainerJobTest, CheckpointsGoWhereThePlatformKeepsThem) {
  parameters({{"mode", "supervised"}});
  EXPECT_EQ(read().options.checkpoint_dir, "");
  EXPECT_FALSE(read().options.resume);
  std::filesystem::create_directory(paths().checkpoints());
  EXPECT_EQ(read().options.checkpoint_dir, paths().checkpoints());
  EXPECT_TRUE(read().options.resume);
  config("checkpointconfig.json", R"({"LocalPath": "/some/where", "S3Uri": "s3://x"})");
  EXPECT_EQ(read().options.checkpoint_dir, "/some/where");
}

TEST_F(ContainerJobTest, CheckpointsHaveTheirFolderWithoutAPath) {
  parameters({{"mode", "supervised"}});
  config("checkpointconfig.json", "{}");
  EXPECT_EQ(read().options.checkpoint_dir, paths().checkpoints());
}

TEST_F(ContainerJobTest, LearningCurvesGoWhereThePlatformTakesThemFrom) {
  parameters({{"mode", "supervised"}});
  EXPECT_EQ(read().options.tensorboard, paths().output() + "/tensorboard");
  config("tensorboardoutputconfig.json",
         R"({"LocalPath": "/some/where", "S3OutputPath": "s3://x"})");
  EXPECT_EQ(read().options.tensorboard, "/some/where");
}

class SeveralHosts : public ContainerJobTest {
 protected:
  SeveralHosts() {
    parameters({{"mode", "supervised"}});
    config("resourceconfig.json", R"({"current_host": "a", "hosts": ["a", "b"]})");
  }
  void distribution(const std::string& of_train, const std::string& of_validation) const {
    config("inputdataconfig.json",
           nlohmann::json{{"train", {{"S3DistributionType", of_train}}},
                          {"validation", {{"S3DistributionType", of_validation}}}}
               .dump());
  }
};

TEST_F(SeveralHosts, HaveTheSameTextOrSharesOfIt) {
  data("validation", "text", two_classes(4));
  EXPECT_EQ(read().cluster.hosts, std::vector<std::string>({"a", "b"}));
  EXPECT_FALSE(read().options.sharded);
  distribution("ShardedByS3Key", "FullyReplicated");
  EXPECT_TRUE(read().options.sharded);
  EXPECT_FALSE(read().options.sharded_validation);
  distribution("FullyReplicated", "ShardedByS3Key");
  EXPECT_FALSE(read().options.sharded);
  EXPECT_TRUE(read().options.sharded_validation);
}

TEST_F(SeveralHosts, MayHaveEmptyShares) {
  distribution("ShardedByS3Key", "ShardedByS3Key");
  std::filesystem::remove(train_);
  const Options options = read().options;
  EXPECT_EQ(options.input, std::vector<std::string>{"/dev/null"});
  EXPECT_EQ(options.validation, std::vector<std::string>{"/dev/null"});  // without the folder
}

TEST_F(SeveralHosts, WantTheTextThatAllShouldHave) {
  distribution("FullyReplicated", "ShardedByS3Key");
  std::filesystem::remove(train_);
  EXPECT_NE(message_of(SystemFault::kNoInput, [&] { return read().options.output; }), "no error");
}

TEST_F(SeveralHosts, TakeNoSharesOfRawRows) {
  parameters({{"mode", "supervised"}, {"label_column", "0"}});
  EXPECT_FALSE(read().options.sharded);
  distribution("ShardedByS3Key", "ShardedByS3Key");
  EXPECT_NE(refusal(ErrorKind::kUsage).find("raw rows and ShardedByS3Key"), std::string::npos);
}

TEST_F(ContainerJobTest, OfOneHostAShareIsTheWhole) {
  parameters({{"mode", "supervised"}});
  config("inputdataconfig.json", R"({"train": {"S3DistributionType": "ShardedByS3Key"}})");
  EXPECT_FALSE(read().options.sharded);
  std::filesystem::remove(train_);
  EXPECT_NE(message_of(SystemFault::kNoInput, [&] { return read().options.output; }), "no error");
}

}  // namespace
}  // namespace wordfire
