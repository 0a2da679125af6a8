#include "sagemaker/vector_evaluation.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/sagemaker/container_fixture.h"

namespace wordfire {
namespace {

class VectorEvaluation : public ContainerTest {
 protected:
  // Vectors in the plane, one word each at 0, 10, 50 and 90 degrees.
  [[nodiscard]] std::string vectors() const {
    return write("vectors.txt", "4 2\nred 1 0 \ncherry 0.98 0.17 \nwave 0.64 0.77 \nsea 0 1 \n");
  }
  [[nodiscard]] VectorTests tests(bool channel) const {
    Channel evaluation;
    evaluation.name = "evaluation";
    evaluation.path = paths().channel("evaluation");
    return read_vector_tests(channel ? std::optional(evaluation) : std::nullopt, path("image"));
  }
};

TEST_F(VectorEvaluation, PairsAndAnalogiesAreToldApart) {
  data("evaluation", "questions.txt", "\n: colours\nred cherry sea wave\n");
  data("evaluation", "pairs.csv", "word1,word2,score\nred,cherry,9\n");
  const VectorTests found = tests(true);
  ASSERT_EQ(found.pairs.size(), 1u);
  EXPECT_EQ(found.pairs[0].name, "pairs.csv");
  ASSERT_EQ(found.analogies.size(), 1u);
  EXPECT_EQ(found.analogies[0].sections[0].name, "colours");
}

TEST_F(VectorEvaluation, TheImagesFilesStandInForAChannel) {
  EXPECT_TRUE(tests(false).empty());
  std::filesystem::create_directories(path("image"));
  write("image/pairs.txt", "red cherry 9\n");
  EXPECT_EQ(tests(false).pairs.size(), 1u);
}

TEST_F(VectorEvaluation, AnEmptyChannelAndABrokenFileAreErrors) {
  EXPECT_NE(message_of(SystemFault::kNoInput, [&] { return tests(true).empty(); }), "no error");
  data("evaluation", "pairs", "red cherry 9\nred cherry\n");
  EXPECT_NE(message_of(ErrorKind::kData, [&] { return tests(true).empty(); }), "no error");
}

TEST_F(VectorEvaluation, ScoresHaveTheShapeOfEvalJson) {
  data("evaluation", "EN-WS-353-ALL.txt", "Red cherry 9\nred wave 5\nRED sea 1\nred none 3\n");
  const VectorScores scores = score_vectors(vectors(), tests(true), 1);
  EXPECT_EQ(scores.json,
            "{\n    \"EN-WS-353-ALL.txt\": {\n        \"not_found\": 1,\n        "
            "\"spearmans_rho\": 1.0,\n        \"total_pairs\": 4\n    },\n    \"mean_rho\": "
            "1.0\n}");
  EXPECT_EQ(scores.mean_rho, 1.0);
}

TEST_F(VectorEvaluation, WithoutAKnownPairThereIsNoRho) {
  data("evaluation", "pairs", "one two 9\nthree four 5\n");
  const VectorScores scores = score_vectors(vectors(), tests(true), 1);
  EXPECT_FALSE(scores.mean_rho.has_value());
  EXPECT_TRUE(nlohmann::json::parse(scores.json)["mean_rho"].is_null());
}

}  // namespace
}  // namespace wordfire
