#include "sagemaker/raw_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/sagemaker/container_fixture.h"

namespace wordfire {
namespace {

class RawRowsTest : public ContainerTest {
 protected:
  [[nodiscard]] ContainerJob job(const std::map<std::string, std::string>& more = {}) const {
    std::map<std::string, std::string> values = {{"mode", "supervised"}};
    values.insert(more.begin(), more.end());
    parameters(values);
    return read_container_job(paths());
  }
  // Runs all steps and returns what became of the options.
  [[nodiscard]] Options prepare(const ContainerJob& job) const {
    Options options = job.options;
    for (const RawStep& step : plan_raw_steps(job, *find_raw_recipe(job), scratch_, options)) {
      (void)PrepareJob(step.prepare).run();
    }
    return options;
  }

  ScratchFolder scratch_;
};

TEST_F(RawRowsTest, TrainingTextIsLeftAsItIs) {
  data("train", "text", two_classes(4));
  EXPECT_FALSE(find_raw_recipe(job()).has_value());
}

TEST_F(RawRowsTest, ColumnsOfTheJobPrepareCsvAndJsonLines) {
  data("train", "rows.csv", "class,title,body\na,\"Red, red\",cherry\nb,Sea,Wave\n");
  data("validation", "rows.jsonl", R"({"class": "b", "title": "Salt", "body": "wave"})");
  const Options options = prepare(job({{"label_column", "class"}, {"text_columns", "title,body"}}));
  EXPECT_EQ(read_file(options.input.at(0)), "__label__a red , red cherry\n__label__b sea wave\n");
  EXPECT_EQ(read_file(options.validation.at(0)), "__label__b salt wave\n");
  EXPECT_TRUE(find_recipe(options.input[0]).has_value());
}

TEST_F(RawRowsTest, ARecipeThatMadeNoneOfTheFilesPreparesThem) {
  Recipe recipe;
  recipe.lower = false;
  recipe.label_prefix = "#";
  recipe.class_names = {{"1", "ripe"}, {"2", "raw"}};
  recipe.outputs = {"text"};
  data("train", "prepare.json", recipe.to_json());
  data("train", "rows.csv", "1,Red cherry\n2,Green cherry\n");
  const Options options = prepare(job());
  EXPECT_EQ(read_file(options.input.at(0)), "#ripe Red cherry\n#raw Green cherry\n");
  EXPECT_EQ(options.label, "#");
}

TEST_F(RawRowsTest, ARecipeThatMadeTheFilesIsForTheManifestAlone) {
  Recipe recipe;
  recipe.outputs = {"text"};
  data("train", "prepare.json", recipe.to_json());
  data("train", "text", two_classes(4));
  EXPECT_FALSE(find_raw_recipe(job()).has_value());
  EXPECT_NE(message_of(ErrorKind::kUsage,
                       [&] {
                         return find_raw_recipe(job({{"label_column", "1"}})).has_value();
                       })
                .find("hyperparameter \"label_column\""),
            std::string::npos);
}

TEST_F(RawRowsTest, APartThatIsSplitOffIsValidationText) {
  Recipe recipe;
  recipe.split = 0.5;
  data("train", "prepare.json", recipe.to_json());
  std::string rows;
  for (int i = 0; i < 100; ++i) rows += "a,word" + std::to_string(i) + "\n";
  data("train", "rows.csv", rows);
  const Options options = prepare(job());
  EXPECT_TRUE(options.input.at(0).ends_with("text.train"));
  EXPECT_TRUE(options.validation.at(0).ends_with("text.test"));
  const auto lines = [](const std::string& text) { return std::ranges::count(text, '\n'); };
  EXPECT_EQ(lines(read_file(options.input[0])) + lines(read_file(options.validation[0])), 100);
}

TEST_F(RawRowsTest, AValidationChannelIsTakenWhole) {
  Recipe recipe;
  recipe.split = 0.5;
  recipe.keep = 0.5;
  recipe.shuffle = true;
  data("train", "prepare.json", recipe.to_json());
  data("train", "rows.csv", "a,x\nb,y\na,z\nb,u\na,v\n");
  data("validation", "rows.csv", "a,one\nb,two\na,three\n");
  const Options options = prepare(job());
  EXPECT_EQ(read_file(options.validation.at(0)),
            "__label__a one\n__label__b two\n__label__a three\n");
}

TEST_F(RawRowsTest, ABrokenRecipeIsNamed) {
  const std::string path = data("train", "prepare.json", "{}");
  data("train", "rows.csv", "a,x\n");
  EXPECT_TRUE(message_of(ErrorKind::kData, [&] {
                return find_raw_recipe(job()).has_value();
              }).starts_with(path + ": not a recipe"));
}

TEST_F(RawRowsTest, AStepCanBeWrittenAsACommand) {
  PrepareOptions options;
  options.input = {"a.csv", "b.csv"};
  options.output = "text";
  options.recipe.label_columns = {"class"};
  options.recipe.text_columns = {"title", "body"};
  options.recipe.lower = false;
  options.recipe.shuffle = true;
  EXPECT_EQ(prepare_arguments(options),
            std::vector<std::string>({"-input", "a.csv", "b.csv", "-output", "text", "-labelColumn",
                                      "class", "-textColumns", "title,body", "-case", "keep",
                                      "-shuffle"}));
}

}  // namespace
}  // namespace wordfire
