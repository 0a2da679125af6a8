#include "sagemaker/algorithm_description.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "core/option_table.h"
#include "sagemaker/hyperparameters.h"

namespace wordfire {
namespace {

class AlgorithmDescription : public testing::Test {
 protected:
  // The specification of one hyperparameter; null if there is none.
  [[nodiscard]] nlohmann::json parameter(std::string_view name) const {
    for (const auto& each : specification()["SupportedHyperParameters"]) {
      if (each["Name"] == name) return each;
    }
    return nullptr;
  }
  [[nodiscard]] const nlohmann::json& specification() const {
    return description_["TrainingSpecification"];
  }

  const nlohmann::json description_ = nlohmann::json::parse(algorithm_description());
};

TEST_F(AlgorithmDescription, HasEveryHyperparameter) {
  for (const OptionRow& row : option_table()) {
    const std::string_view name = row.hyperparameter.name;
    EXPECT_EQ(parameter(name).is_null(), name.empty()) << name;
  }
  for (const ContainerParameter& each : container_parameters()) {
    EXPECT_FALSE(parameter(each.name).is_null()) << each.name;
  }
}

TEST_F(AlgorithmDescription, NumbersHaveRangesAndDefaults) {
  const auto dim = parameter("vector_dim");
  EXPECT_EQ(dim["Type"], "Integer");
  EXPECT_EQ(dim["DefaultValue"], "100");
  EXPECT_EQ(dim["IsTunable"], true);
  EXPECT_EQ(dim["IsRequired"], false);
  const auto& range = dim["Range"]["IntegerParameterRangeSpecification"];
  EXPECT_EQ(range["MinValue"], "1");
  EXPECT_EQ(range["MaxValue"], "1048576");
  EXPECT_EQ(parameter("learning_rate")["Type"], "Continuous");
  EXPECT_EQ(parameter("learning_rate")["DefaultValue"], "0.05");
}

TEST_F(AlgorithmDescription, NamesAndSwitchesAreCategories) {
  EXPECT_EQ(parameter("mode")["IsRequired"], true);
  const auto values = [&](const char* name) {
    return parameter(name)["Range"]["CategoricalParameterRangeSpecification"]["Values"];
  };
  EXPECT_EQ(values("loss"), nlohmann::json({"hs", "ns", "softmax", "one-vs-all"}));
  EXPECT_EQ(values("early_stopping"), nlohmann::json({"True", "False"}));
  EXPECT_EQ(parameter("early_stopping")["DefaultValue"], "False");
}

TEST_F(AlgorithmDescription, ADefaultThatDependsOnTheModeIsNotGiven) {
  EXPECT_FALSE(parameter("loss").contains("DefaultValue"));
  EXPECT_FALSE(parameter("max_char").contains("DefaultValue"));
  EXPECT_EQ(parameter("min_count")["DefaultValue"], "5");
}

TEST_F(AlgorithmDescription, HasChannelsMetricsAndObjectives) {
  EXPECT_EQ(specification()["TrainingChannels"][0]["Name"], "train");
  EXPECT_EQ(specification()["TrainingChannels"][0]["IsRequired"], true);
  EXPECT_EQ(specification()["MetricDefinitions"], description_["metric_definitions"]);
  EXPECT_EQ(description_["metric_definitions"][0]["Name"], "train:accuracy");
  EXPECT_EQ(specification()["SupportedTuningJobObjectiveMetrics"][2]["MetricName"],
            "train:mean_rho");
}

TEST_F(AlgorithmDescription, ReadmeHasTheMetrics) {
  std::ifstream file(WORDFIRE_README);
  if (!file) GTEST_SKIP() << "there is no README.md";
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  for (const auto& metric : description_["metric_definitions"]) {
    const std::string line =
        fmt::format("| `{}` | `{}` |\n", std::string(metric["Name"]), std::string(metric["Regex"]));
    EXPECT_NE(readme.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace wordfire
