#include "sagemaker/training_container.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "dist/communicator.h"
#include "io/manifest.h"
#include "tests/dist/thread_ranks.h"
#include "tests/sagemaker/container_fixture.h"

namespace wordfire {
namespace {

class TrainingContainerTest : public ContainerTest {
 protected:
  TrainingContainerTest() { data("train", "text", two_classes(200)); }

  TrainingContainer container() {
    return {paths(), path("image"),
            ContainerLog([this](std::string_view line) { log_.append(line) += '\n'; }), *alone_};
  }
  bool run() { return container().run(); }
  [[nodiscard]] std::vector<std::string> artefacts() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder() / "model")) {
      names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
  }
  [[nodiscard]] bool logged(std::string_view text) const {
    return log_.find(text) != std::string::npos;
  }

  const std::map<std::string, std::string> classifier_ = {
      {"mode", "supervised"}, {"min_count", "1"}, {"vector_dim", "8"}, {"buckets", "1000"}};
  const std::map<std::string, std::string> vectors_ = {
      {"mode", "cbow"}, {"min_count", "1"}, {"vector_dim", "8"}};
  const std::unique_ptr<Communicator> alone_ = make_one_process();
  std::string log_;
};

TEST_F(TrainingContainerTest, AClassifierLeavesItsArtefacts) {
  parameters(classifier_);
  data("validation", "text", two_classes(20));
  EXPECT_TRUE(run());
  EXPECT_EQ(artefacts(),
            std::vector<std::string>({"metrics.json", "model.bin", "model.manifest.json"}));
  const auto metrics = nlohmann::json::parse(read("model/metrics.json"));
  EXPECT_EQ(metrics["validation:examples"], 20);
  EXPECT_EQ(metrics["train:examples"], 200);
  EXPECT_TRUE(logged("\n#train_accuracy: "));
  EXPECT_TRUE(logged("\n#validation_accuracy: "));
}

TEST_F(TrainingContainerTest, WordVectorsLeaveTheirs) {
  parameters(vectors_);
  data("evaluation", "pairs", "red cherry 9\nred sea 1\nsea wave 8\n");
  EXPECT_TRUE(run());
  EXPECT_EQ(artefacts(), std::vector<std::string>({"eval.json", "metrics.json", "vectors.bin",
                                                   "vectors.manifest.json", "vectors.txt"}));
  EXPECT_TRUE(logged("Vectors read from: " + path("model/vectors.txt") + " \n{\n"));
  EXPECT_TRUE(logged("] #mean_rho: "));
  EXPECT_TRUE(verify_model(path("model/vectors.bin")).complete);
}

TEST_F(TrainingContainerTest, WithoutTestsThereIsOneWarningAndNoRho) {
  parameters(vectors_);
  EXPECT_TRUE(run());
  EXPECT_TRUE(logged("WARNING"));
  EXPECT_FALSE(logged("mean_rho: "));
  EXPECT_FALSE(std::filesystem::exists(path("model/eval.json")));
}

TEST_F(TrainingContainerTest, TestsOfUnknownWordsGiveAWarningAndNoRho) {
  parameters(vectors_);
  data("evaluation", "pairs", "one two 9\nthree four 1\n");
  EXPECT_TRUE(run());
  EXPECT_TRUE(logged("no mean_rho: "));
  EXPECT_FALSE(logged("#mean_rho: "));
  EXPECT_TRUE(std::filesystem::exists(path("model/eval.json")));
}

TEST_F(TrainingContainerTest, RawRowsLeaveTheirRecipeInTheManifest) {
  std::filesystem::remove(path("input/data/train/text"));
  data("train", "rows.csv", "kind,what\na,Red cherry\nb,Sea wave\na,Red\nb,Sea\n");
  auto raw = classifier_;
  raw["label_column"] = "kind";
  parameters(raw);
  EXPECT_TRUE(run());
  const Recipe recipe =
      Recipe::from_json(read_manifest(path("model/model.manifest.json"))->recipe_json, "manifest");
  EXPECT_EQ(recipe.label_columns, std::vector<std::string>{"kind"});
  EXPECT_TRUE(logged("Equivalent command: wordfire prepare -input"));
}

TEST_F(TrainingContainerTest, OfSeveralRanksTheFirstWritesAndTells) {
  parameters(classifier_);
  std::array<std::string, 2> logs;
  run_ranks_well(2, [&](Communicator& ranks) {
    std::string& log = logs[static_cast<size_t>(ranks.rank())];
    const auto sink = [&log](std::string_view line) { log.append(line) += '\n'; };
    EXPECT_TRUE(TrainingContainer(paths(), path("image"), ContainerLog(sink), ranks).run());
  });
  EXPECT_EQ(artefacts(),
            std::vector<std::string>({"metrics.json", "model.bin", "model.manifest.json"}));
  EXPECT_NE(logs[0].find("Equivalent command: mpirun -n 2 wordfire supervised"), std::string::npos);
  EXPECT_NE(logs[0].find("Number of train examples: 200\n"), std::string::npos);
  EXPECT_EQ(logs[1], "");
}

TEST_F(TrainingContainerTest, AStopBeforeThereIsAModelLeavesNone) {
  parameters(classifier_);
  TrainingContainer stopped = container();
  stopped.request_stop();
  EXPECT_FALSE(stopped.run());
  EXPECT_TRUE(artefacts().empty());
}

TEST_F(TrainingContainerTest, ErrorsOfTheTextAreToldInTheJobsWords) {
  auto rare = classifier_;
  rare["min_count"] = "9999";
  parameters(rare);
  const std::string message = message_of(ErrorKind::kData, [&] { return run(); });
  EXPECT_NE(message.find("lower \"min_count\""), std::string::npos) << message;
  EXPECT_TRUE(artefacts().empty());
}

}  // namespace
}  // namespace wordfire
