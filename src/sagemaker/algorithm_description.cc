#include "sagemaker/algorithm_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "core/option_table.h"
#include "core/option_value.h"
#include "sagemaker/hyperparameters.h"
#include "sagemaker/metrics.h"

namespace wordfire {
namespace {

using Json = nlohmann::ordered_json;

constexpr TrainingMode kModes[] = {TrainingMode::kSupervised, TrainingMode::kSkipgram,
                                   TrainingMode::kCbow, TrainingMode::kBatchSkipgram};

// "Supervised alone: " and the like, in front of a sentence.
std::string scope(ModeSet modes) {
  const ModeSet classifiers = mode_set(TrainingMode::kSupervised);
  if (modes == classifiers) return "Text classification: ";
  return (modes & classifiers) == 0 ? "Word2Vec: " : "";
}

Json specification(std::string_view name, std::string_view sentence, ModeSet modes) {
  return {{"Name", name},
          {"Description", scope(modes) + std::string(sentence)},
          {"Type", "FreeText"},
          {"IsTunable", false},
          {"IsRequired", false}};
}

void make_categorical(Json& json, const std::vector<std::string>& values) {
  json["Type"] = "Categorical";
  json["Range"] = {{"CategoricalParameterRangeSpecification", {{"Values", values}}}};
}

void make_number(Json& json, const OptionRow& row) {
  const bool whole = type_of(row) == OptionType::kInteger;
  const auto text = [whole](double number) {
    return whole ? fmt::format("{}", static_cast<int64_t>(number)) : fmt::format("{}", number);
  };
  json["Type"] = whole ? "Integer" : "Continuous";
  json["Range"] = {{std::string(json["Type"]) + "ParameterRangeSpecification",
                    {{"MinValue", text(row.range.low)}, {"MaxValue", text(row.range.high)}}}};
}

// "hs, ns, softmax" -> its three names.
std::vector<std::string> choices(const std::string& list) {
  std::vector<std::string> values;
  for (size_t begin = 0; begin < list.size();) {
    const size_t end = std::min(list.find(", ", begin), list.size());
    values.push_back(list.substr(begin, end - begin));
    begin = end + 2;
  }
  return values;
}

// The default that all modes of the row share, or "".
std::string_view common_default(const OptionRow& row) {
  std::string_view common;
  for (const TrainingMode mode : kModes) {
    if ((row.modes & mode_set(mode)) == 0) continue;
    const std::string_view value = row.job_default_in(mode);
    if (!common.empty() && value != common) return "";
    common = value;
  }
  return common;
}

Json describe(const OptionRow& row) {
  Json json = specification(row.hyperparameter.name, row.sentence, row.modes);
  const OptionType type = type_of(row);
  std::string value(common_default(row));
  if (type == OptionType::kSwitch) {
    make_categorical(json, {"True", "False"});
    value = value == "true" ? "True" : "False";
  } else if (type == OptionType::kChoice) {
    make_categorical(json, choices(describe_values(row)));
  } else if (type == OptionType::kInteger || type == OptionType::kReal) {
    make_number(json, row);
  }
  json["IsTunable"] = row.hyperparameter.tunable;
  if (!value.empty()) json["DefaultValue"] = value;
  return json;
}

Json describe(const ContainerParameter& parameter) {
  Json json = specification(parameter.name, parameter.sentence, parameter.modes);
  if (!parameter.values.empty()) {
    make_categorical(json, {parameter.values.begin(), parameter.values.end()});
  }
  const bool is_mode = parameter.name == "mode";
  json["IsTunable"] = is_mode;
  json["IsRequired"] = is_mode;
  if (!parameter.default_value.empty()) json["DefaultValue"] = parameter.default_value;
  return json;
}

Json hyperparameters() {
  Json list = Json::array();
  for (const ContainerParameter& parameter : container_parameters()) {
    list.push_back(describe(parameter));
  }
  for (const OptionRow& row : option_table()) {
    if (!row.hyperparameter.name.empty()) list.push_back(describe(row));
  }
  return list;
}

Json channel(std::string_view name, std::string_view description, bool required, Json types,
             Json modes) {
  return {{"Name", name},
          {"Description", description},
          {"IsRequired", required},
          {"SupportedContentTypes", std::move(types)},
          {"SupportedCompressionTypes", {"None", "Gzip"}},
          {"SupportedInputModes", std::move(modes)}};
}

Json channels() {
  const Json text = {"text/plain", "text/csv", "application/jsonlines", "application/x-recordio",
                     "application/x-recordio-protobuf"};
  const Json modes = {"File", "FastFile", "Pipe"};
  return Json::array(
      {channel("train", "training text, or raw rows with label_column or prepare.json", true, text,
               modes),
       channel("validation", "text classification: labelled text to score after each epoch", false,
               text, modes),
       channel("evaluation", "Word2Vec: word pairs with scores, analogies", false,
               {"text/plain", "text/csv"}, {"File", "FastFile"})});
}

Json metric_definitions() {
  Json list = Json::array();
  for (const Metric& metric : all_metrics()) {
    list.push_back({{"Name", metric.name}, {"Regex", metric.regex}});
  }
  return list;
}

Json objectives() {
  Json list = Json::array();
  for (const Metric& metric : all_metrics()) {
    if (metric.objective) list.push_back({{"Type", "Maximize"}, {"MetricName", metric.name}});
  }
  return list;
}

}  // namespace

std::string algorithm_description() {
  const Json json = {{"TrainingSpecification",
                      {{"SupportsDistributedTraining", false},
                       {"SupportedHyperParameters", hyperparameters()},
                       {"MetricDefinitions", metric_definitions()},
                       {"TrainingChannels", channels()},
                       {"SupportedTuningJobObjectiveMetrics", objectives()}}},
                     {"metric_definitions", metric_definitions()}};
  return json.dump(2);
}

}  // namespace wordfire
