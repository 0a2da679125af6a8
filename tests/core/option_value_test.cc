#include "core/option_value.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "core/error.h"

namespace wordfire {
namespace {

constexpr auto kMode = TrainingMode::kSupervised;
constexpr TrainingMode kModes[] = {kMode, TrainingMode::kSkipgram, TrainingMode::kCbow,
                                   TrainingMode::kBatchSkipgram};

// No mode has two rows of one flag, so that the first mode with the flag will do.
void set(Options& options, const std::string& flag, const std::string& value) {
  const OptionRow* row = nullptr;
  for (const TrainingMode mode : kModes) row = row != nullptr ? row : find_option(flag, mode);
  ASSERT_NE(row, nullptr) << flag;
  set_option(options, *row, value);
}

int64_t options_of(TrainingMode mode) {
  return std::ranges::count_if(
      option_table(), [&](const OptionRow& row) { return (row.modes & mode_set(mode)) != 0; });
}

// The message that `value` is refused with, or "".
std::string refusal(const std::string& flag, const std::string& value) {
  Options options;
  try {
    set(options, flag, value);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "";
}

TEST(OptionValue, SetsFieldsOfEveryType) {
  Options options;
  set(options, "dim", "10");
  set(options, "lr", "0.5");
  set(options, "t", "1e-3");
  set(options, "loss", "ova");
  set(options, "inputFormat", "jsonlines");
  set(options, "label", "#");
  set(options, "earlyStopping", "true");
  set(options, "memory", "3000");
  set(options, "device", "cuda:1");
  EXPECT_EQ(options.args.dim, 10);
  EXPECT_EQ(options.lr, 0.5);
  EXPECT_EQ(options.args.t, 1e-3);
  EXPECT_EQ(options.args.loss, LossKind::kOneVsAll);
  EXPECT_EQ(options.input_format, InputFormat::kJsonLines);
  EXPECT_EQ(options.label, "#");
  EXPECT_TRUE(options.early_stopping);
  EXPECT_EQ(options.memory_mb, 3000);
  EXPECT_EQ(options.device, (DeviceWish{DeviceWish::Kind::kCuda, 1}));
}

TEST(OptionValue, ListsGrow) {
  Options options;
  set(options, "input", "a");
  set(options, "input", "-");
  EXPECT_EQ(options.input, (std::vector<std::string>{"a", "-"}));
}

TEST(OptionValue, RefusalSaysWhatWasFoundAndWanted) {
  EXPECT_EQ(refusal("dim", "0"), R"(option -dim: got "0", want an integer of at least 1)");
  EXPECT_EQ(refusal("dim", "ten"), R"(option -dim: got "ten", want an integer of at least 1)");
  EXPECT_EQ(refusal("lr", "nan"),
            R"(option -lr: got "nan", want a number above 0 and at most 1000)");
  EXPECT_EQ(refusal("t", "-1"), R"(option -t: got "-1", want a number above 0)");
  EXPECT_EQ(refusal("loss", "hinge"),
            R"(option -loss: got "hinge", want hs, ns, softmax or one-vs-all)");
  EXPECT_EQ(refusal("inputFormat", "csv"),
            R"(option -inputFormat: got "csv", want one of auto, text, jsonlines, recordio, )"
            "recordio-protobuf, augmented-manifest");
  EXPECT_EQ(refusal("device", "gpu"),
            R"(option -device: got "gpu", want auto, cpu, cuda, or cuda:N for GPU N)");
  EXPECT_EQ(refusal("output", ""), R"(option -output: got "", want at least one character)");
}

TEST(OptionValue, RefusalOfALargeNumberNamesTheUpperEnd) {
  EXPECT_EQ(refusal("epoch", "2147483648"),
            R"(option -epoch: got "2147483648", want an integer from 1 to 2147483647)");
  EXPECT_EQ(refusal("thread", "1025"),
            R"(option -thread: got "1025", want an integer from 0 to 1024)");
  EXPECT_EQ(refusal("epoch", "-99999999999999999999"),
            R"(option -epoch: got "-99999999999999999999", want an integer of at least 1)");
}

TEST(OptionValue, OtherDoorsNameTheValueTheirWay) {
  Options options;
  try {
    set_option(options, *find_option("dim", kMode), "0", "hyperparameter \"vector_dim\"");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 R"(hyperparameter "vector_dim": got "0", want an integer of at least 1)");
  }
}

TEST(OptionValue, NumbersAreReadWholeOrNotAtAll) {
  for (const char* value : {"", " 5", "5 ", "+5", "5x", "5.0", "0x5", "1e1", "nan", "inf",
                            "9223372036854775808", "2147483648"}) {
    EXPECT_NE(refusal("seed", value), "") << '"' << value << '"';
  }
  for (const char* value : {"", " 1", "1 ", "+1", "1,5", "nan", "-nan", "inf", "-inf", "1e999",
                            "1e-999", "0x1p3", "abc"}) {
    EXPECT_NE(refusal("t", value), "") << '"' << value << '"';
  }
}

TEST(OptionValue, EndsOfRangesAreAccepted) {
  EXPECT_EQ(refusal("seed", "x"),
            R"(option -seed: got "x", want an integer from -2147483648 to 2147483647)");
  EXPECT_EQ(refusal("seed", "-2147483648"), "");
  EXPECT_EQ(refusal("seed", "2147483647"), "");
  EXPECT_EQ(refusal("thread", "0"), "");
  EXPECT_EQ(refusal("lr", "1000"), "");
  EXPECT_NE(refusal("lr", "0"), "");
  EXPECT_EQ(refusal("minCount", "0"), "");
}

TEST(OptionValue, NoNumberTakesWhatIsNoNumber) {
  for (const OptionRow& row : option_table()) {
    const std::string_view placeholder = value_placeholder(row);
    if (placeholder != "N" && placeholder != "X") continue;
    const std::string flag(row.flag);
    for (const char* value : {"", "abc", "nan", "inf"}) {
      EXPECT_EQ(refusal(flag, value).rfind("option -" + flag + ": got ", 0), 0u) << flag << value;
    }
    if (placeholder == "N") {
      EXPECT_NE(refusal(flag, "9223372036854775808"), "") << flag;
    }
  }
}

TEST(OptionValue, JsonHasEveryOptionOfTheMode) {
  for (const TrainingMode mode : kModes) {
    const auto json = nlohmann::json::parse(options_json(default_options(mode)));
    EXPECT_EQ(static_cast<int64_t>(json.size()), options_of(mode));
  }
}

TEST(OptionValue, JsonHasTheValues) {
  Options options;
  set(options, "input", "train.txt");
  set(options, "dim", "10");
  set(options, "loss", "ova");
  const auto json = nlohmann::json::parse(options_json(options));
  EXPECT_EQ(json.at("input"), nlohmann::json::array({"train.txt"}));
  EXPECT_EQ(json.at("dim"), 10);
  EXPECT_EQ(json.at("loss"), "one-vs-all");
  EXPECT_EQ(json.at("saveOutput"), false);
}

TEST(OptionValue, JsonSurvivesPathsThatAreNotUtf8) {
  Options options;
  options.output = "a\xff\"b\n";
  const auto json = nlohmann::json::parse(options_json(options));
  EXPECT_EQ(json.at("output"), "a\xEF\xBF\xBD\"b\n");
}

TEST(OptionValue, ArgumentsAreTheOptionsThatWereSet) {
  EXPECT_TRUE(option_arguments(default_options(TrainingMode::kCbow)).empty());
  Options options;
  options.input = {"a.txt", "b c.txt"};
  options.args.dim = 10;
  options.lr = 0.05;
  options.args.loss = LossKind::kOneVsAll;
  options.early_stopping = true;
  options.seed = -1;
  options.device.kind = DeviceWish::Kind::kCpu;
  const std::vector<std::string> wanted = {
      "-input", "a.txt",      "b c.txt", "-lr", "0.05",           "-dim",    "10",
      "-loss",  "one-vs-all", "-seed",   "-1",  "-earlyStopping", "-device", "cpu"};
  EXPECT_EQ(option_arguments(options), wanted);
}

TEST(OptionValue, KnowsTheTypeOfARow) {
  const auto type = [](const char* flag) { return type_of(*find_option(flag, kMode)); };
  EXPECT_EQ(type("dim"), OptionType::kInteger);
  EXPECT_EQ(type("memory"), OptionType::kInteger);
  EXPECT_EQ(type("lr"), OptionType::kReal);
  EXPECT_EQ(type("deterministic"), OptionType::kSwitch);
  EXPECT_EQ(type("loss"), OptionType::kChoice);
  EXPECT_EQ(type("label"), OptionType::kText);
  EXPECT_EQ(type("device"), OptionType::kText);
  EXPECT_EQ(type("input"), OptionType::kPaths);
}

}  // namespace
}  // namespace wordfire
