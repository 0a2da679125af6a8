#include "sagemaker/hyperparameters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "core/ascii_text.h"
#include "core/error.h"
#include "core/nearest_name.h"
#include "core/option_value.h"
#include "core/strict_number.h"

namespace wordfire {
namespace {

using enum TrainingMode;

constexpr ModeSet kClassifiers = mode_set(kSupervised);
constexpr ModeSet kVectors = mode_set(kSkipgram) | mode_set(kCbow) | mode_set(kBatchSkipgram);

constexpr std::string_view kModes[] = {"batch_skipgram", "skipgram", "cbow", "supervised"};
constexpr std::string_view kSwitchValues[] = {"True", "False"};

constexpr ContainerParameter kParameters[] = {
    {"mode", false, kModes, "", kClassifiers | kVectors, "what is trained, and how"},
    {"subwords", true, kSwitchValues, "False", kVectors,
     "also learn vectors of character n-grams, of min_char to max_char characters"},
    {"evaluation", true, kSwitchValues, "True", kVectors,
     "measure the vectors by the pairs and analogies of the evaluation channel or the image"},
    {"label_column",
     false,
     {},
     "",
     kClassifiers,
     "raw rows: column of the labels, a name or a number from 1; several with commas"},
    {"text_columns",
     false,
     {},
     "",
     kClassifiers,
     "raw rows: columns of the text, names or numbers from 1, with commas"},
};

std::string quoted_name(std::string_view name) {
  return fmt::format("hyperparameter \"{}\"", name);
}

// "\"256\"" -> "256", as clients write values that they have made JSON of.
std::string without_quotes(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    const auto inner = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (inner.is_string()) return std::string(trimmed(inner.get<std::string>()));
  }
  return std::string(text);
}

// The text of a value; nothing if it is not given.
std::optional<std::string> plain_value(const std::string& name, const nlohmann::json& value) {
  if (value.is_structured()) {
    throw Error::data(
        fmt::format("{}: got a JSON {}, want text", quoted_name(name), value.type_name()));
  }
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  std::string plain = without_quotes(trimmed(text));
  if (plain == "None" || plain == "null") return std::nullopt;
  return plain;
}

bool parse_switch(std::string_view name, const std::string& value) {
  const std::string text = lower_ascii(value);
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  throw Error::usage(fmt::format("{}: got \"{}\", want True or False", quoted_name(name), value));
}

// "5.0" and "1e6" are integers, too.
std::string integral(const std::string& value) {
  constexpr double kExact = 9e15;
  const std::optional<double> number = parse_real(value);
  const bool is_whole = number && std::trunc(*number) == *number && std::abs(*number) < kExact;
  return is_whole ? fmt::format("{}", static_cast<int64_t>(*number)) : value;
}

// "a, b" -> "a", "b".
std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view part = trimmed(text.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

[[noreturn]] void refuse_name(std::string_view name) {
  std::vector<std::string_view> names;
  for (const ContainerParameter& parameter : kParameters) names.push_back(parameter.name);
  for (const OptionRow& row : option_table()) {
    if (!row.hyperparameter.name.empty()) names.push_back(row.hyperparameter.name);
  }
  const std::string_view nearest = nearest_name(name, names);
  throw Error::usage(
      fmt::format("{}: there is none of this name; {}", quoted_name(name),
                  nearest.empty() ? "leave it out" : fmt::format("did you mean \"{}\"?", nearest)));
}

bool is_of_platform(std::string_view name) {
  return name.starts_with('_') || name.starts_with("sagemaker_");
}

class Parser {
 public:
  explicit Parser(const ConfigFile& file) {
    for (const auto& [name, value] : file.object().items()) {
      if (is_of_platform(name)) continue;
      if (std::optional<std::string> text = plain_value(name, value)) {
        given_.emplace(name, std::move(*text));
      }
    }
  }

  Hyperparameters parse() {
    result_.mode = parse_mode();
    result_.options = default_job_options(result_.mode);
    result_.evaluation = applies(kVectors);
    for (const auto& [name, value] : given_) {
      if (name == "mode") continue;
      if (const OptionRow* row = find_hyperparameter(name)) {
        take_option(*row, value);
      } else {
        take_parameter(name, value);
      }
    }
    settle_subwords();
    return result_;
  }

 private:
  [[nodiscard]] TrainingMode parse_mode() const {
    const auto given = given_.find("mode");
    const std::string wanted = fmt::format("want {}", fmt::join(kModes, ", "));
    if (given == given_.end()) {
      throw Error::usage(fmt::format("{}: not given, {}", quoted_name("mode"), wanted));
    }
    for (const TrainingMode mode : {kSupervised, kSkipgram, kCbow, kBatchSkipgram}) {
      if (given->second == mode_name(mode)) return mode;
    }
    throw Error::usage(
        fmt::format("{}: got \"{}\", {}", quoted_name("mode"), given->second, wanted));
  }

  [[nodiscard]] bool applies(ModeSet modes) const { return (modes & mode_set(result_.mode)) != 0; }

  void note_no_effect(std::string_view name, std::string_view when) {
    result_.notes.push_back(fmt::format("{} has no effect {}", quoted_name(name), when));
  }

  // A value that has no effect must be a good one all the same.
  void take_option(const OptionRow& row, const std::string& value) {
    const std::string_view name = row.hyperparameter.name;
    const bool has_effect = applies(row.modes);
    Options unused;
    Options& options = has_effect ? result_.options : unused;
    std::string text = value;
    if (type_of(row) == OptionType::kSwitch) text = parse_switch(name, value) ? "true" : "false";
    if (type_of(row) == OptionType::kInteger) text = integral(value);
    set_option(options, row, text, quoted_name(name));
    if (!has_effect) note_no_effect(name, in_mode());
  }

  void take_parameter(const std::string& name, const std::string& value) {
    const auto* parameter = std::ranges::find(kParameters, name, &ContainerParameter::name);
    if (parameter == std::end(kParameters)) refuse_name(name);
    const bool is_on = parameter->is_switch && parse_switch(name, value);
    if (!applies(parameter->modes)) return note_no_effect(name, in_mode());
    if (name == "subwords") subwords_ = is_on;
    if (name == "evaluation") result_.evaluation = is_on;
    if (name == "label_column") result_.label_columns = split_list(value);
    if (name == "text_columns") result_.text_columns = split_list(value);
  }

  [[nodiscard]] std::string in_mode() const {
    return fmt::format("in mode {}", mode_name(result_.mode));
  }

  // Word vectors have character n-grams on demand; those of classifiers are max_char's business.
  void settle_subwords() {
    if (subwords_ || !applies(kVectors)) return;
    result_.options.args.minn = 0;
    result_.options.args.maxn = 0;
    for (const char* name : {"min_char", "max_char"}) {
      if (given_.contains(name)) note_no_effect(name, "without \"subwords\"");
    }
  }

  std::map<std::string, std::string> given_;
  Hyperparameters result_;
  bool subwords_ = false;
};

}  // namespace

std::span<const ContainerParameter> container_parameters() { return kParameters; }

std::string_view mode_name(TrainingMode mode) {
  constexpr std::string_view kNames[] = {"supervised", "skipgram", "cbow", "batch_skipgram"};
  return kNames[static_cast<size_t>(mode)];
}

Hyperparameters parse_hyperparameters(const ConfigFile& file) { return Parser(file).parse(); }

}  // namespace wordfire
