#include "sagemaker/raw_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "io/atomic_file.h"

namespace wordfire {
namespace {

// Whether one of the files in the recipe's folder was made by it.
bool describes_files(const Recipe& recipe, const std::string& folder,
                     const std::vector<std::string>& files) {
  return std::ranges::any_of(recipe.outputs, [&](const std::string& name) {
    return std::ranges::find(files, folder + '/' + name) != files.end();
  });
}

// The class names of a recipe as a class file; "" where it has none.
std::string write_classes(const Recipe& recipe, const ScratchFolder& scratch) {
  if (recipe.class_names.empty()) return "";
  auto names = nlohmann::ordered_json::object();
  for (const auto& [value, name] : recipe.class_names) names[value] = name;
  AtomicFile file(scratch.path() + "/classes.json");
  file.write(names.dump());
  file.commit();
  return file.path();
}

TableFormat format_of(const Recipe& recipe) {
  for (const auto format : {TableFormat::kCsv, TableFormat::kTsv, TableFormat::kJsonLines}) {
    if (table_format_name(format) == recipe.format) return format;
  }
  return TableFormat::kAuto;
}

RawStep make_step(const std::string& channel, const std::vector<std::string>& input,
                  const Recipe& recipe, const std::string& classes, const ScratchFolder& scratch) {
  RawStep step;
  step.channel = channel;
  step.prepare.input = input;
  step.prepare.output = scratch.make_folder(channel) + "/text";
  step.prepare.format = format_of(recipe);
  step.prepare.classes = classes;
  step.prepare.recipe = recipe;
  step.prepare.recipe.outputs.clear();
  return step;
}

}  // namespace

std::optional<Recipe> find_raw_recipe(const ContainerJob& job) {
  const Hyperparameters& parameters = job.parameters;
  const bool has_columns = !parameters.label_columns.empty() || !parameters.text_columns.empty();
  std::optional<Recipe> recipe;
  const std::string path = job.train.path + '/' + std::string(kRecipeFile);
  if (parameters.mode == TrainingMode::kSupervised && std::filesystem::exists(path)) {
    recipe = read_recipe(path);
    if (describes_files(*recipe, job.train.path, job.options.input)) {
      if (!has_columns) return std::nullopt;
      throw Error::usage(fmt::format(
          "hyperparameter \"{}\": the text of channel \"train\" is prepared already, as its {} "
          "says, want raw rows; leave it out",
          parameters.label_columns.empty() ? "text_columns" : "label_column", kRecipeFile));
    }
  }
  if (!recipe && !has_columns) return std::nullopt;
  if (!recipe) {
    recipe.emplace();
    recipe->label_prefix = job.options.label;
  }
  if (!parameters.label_columns.empty()) recipe->label_columns = parameters.label_columns;
  if (!parameters.text_columns.empty()) recipe->text_columns = parameters.text_columns;
  return recipe;
}

std::vector<RawStep> plan_raw_steps(const ContainerJob& job, const Recipe& recipe,
                                    const ScratchFolder& scratch, Options& options) {
  const std::string classes = write_classes(recipe, scratch);
  Recipe of_train = recipe;
  if (job.validation) of_train.split = 0;
  std::vector<RawStep> steps = {make_step("train", job.options.input, of_train, classes, scratch)};
  const std::string text = steps.front().prepare.output;
  const bool splits = of_train.split > 0;
  options.label = recipe.label_prefix;
  options.input_format = InputFormat::kText;
  options.validation_format = InputFormat::kText;
  options.input = {text + (splits ? ".train" : "")};
  if (splits) options.validation = {text + ".test"};
  if (job.validation) {
    Recipe all = of_train;
    all.keep = 1;
    all.shuffle = false;
    steps.push_back(make_step("validation", job.options.validation, all, classes, scratch));
    options.validation = {steps.back().prepare.output};
  }
  for (RawStep& step : steps) {
    step.prepare.thread = options.thread;
    step.prepare.scratch_dir = scratch.path();
  }
  return steps;
}

std::vector<std::string> prepare_arguments(const PrepareOptions& options) {
  const Recipe& recipe = options.recipe;
  std::vector<std::string> arguments = {"-input"};
  arguments.insert(arguments.end(), options.input.begin(), options.input.end());
  const auto add = [&](bool wanted, std::string_view flag, std::string value) {
    if (!wanted) return;
    arguments.emplace_back(flag);
    if (!value.empty()) arguments.push_back(std::move(value));
  };
  add(true, "-output", options.output);
  add(options.format != TableFormat::kAuto, "-format",
      std::string(table_format_name(options.format)));
  add(recipe.header, "-header", "");
  add(recipe.quotes.has_value(), "-quotes", recipe.quotes.value_or(false) ? "yes" : "no");
  add(!recipe.label_columns.empty(), "-labelColumn",
      fmt::format("{}", fmt::join(recipe.label_columns, ",")));
  add(!recipe.text_columns.empty(), "-textColumns",
      fmt::format("{}", fmt::join(recipe.text_columns, ",")));
  add(!recipe.label_separator.empty(), "-labelSeparator", recipe.label_separator);
  add(!options.classes.empty(), "-classes", options.classes);
  add(recipe.label_prefix != Recipe().label_prefix, "-label", recipe.label_prefix);
  add(!recipe.lower, "-case", "keep");
  add(recipe.punctuation != Recipe().punctuation, "-punctuation",
      std::string(punctuation_name(recipe.punctuation)));
  add(recipe.keep != 1, "-keep", fmt::format("{}", recipe.keep));
  add(recipe.split != 0, "-split", fmt::format("{}", recipe.split));
  add(recipe.shuffle, "-shuffle", "");
  add(recipe.seed != 0, "-seed", fmt::format("{}", recipe.seed));
  return arguments;
}

}  // namespace wordfire
