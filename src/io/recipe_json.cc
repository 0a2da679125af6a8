// prepare.json: {"recipe": 1, "text": {...}, "source": {...}, "rows": {...}, "outputs": [...]}.
// Only "recipe" (the version of this format) and "text" are needed to treat new text.
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/error.h"
#include "io/json_reason.h"
#include "io/recipe.h"

namespace wordfire {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

Json text_json(const Recipe& recipe) {
  return {{"lower_case", recipe.lower},
          {"punctuation", punctuation_name(recipe.punctuation)},
          {"label_prefix", recipe.label_prefix}};
}

Json source_json(const Recipe& recipe) {
  Json names = Json::object();
  for (const auto& [value, name] : recipe.class_names) names[value] = name;
  return {{"format", recipe.format},
          {"header", recipe.header},
          {"quotes", recipe.quotes ? Json(*recipe.quotes) : Json()},
          {"label_columns", recipe.label_columns},
          {"text_columns", recipe.text_columns},
          {"label_separator", recipe.label_separator},
          {"class_names", names}};
}

Json rows_json(const Recipe& recipe) {
  return {{"keep", recipe.keep},
          {"split", recipe.split},
          {"shuffle", recipe.shuffle},
          {"seed", recipe.seed}};
}

void read_text(const Json& text, const std::string& where, Recipe& recipe) {
  text.at("lower_case").get_to(recipe.lower);
  text.at("label_prefix").get_to(recipe.label_prefix);
  const auto name = text.at("punctuation").get<std::string>();
  const auto punctuation = parse_punctuation(name);
  if (!punctuation) {
    throw Error::data(where + ": punctuation \"" + name + "\", want split, fasttext or keep");
  }
  recipe.punctuation = *punctuation;
}

void read_source(const Json& source, Recipe& recipe) {
  recipe.format = source.value("format", recipe.format);
  recipe.header = source.value("header", recipe.header);
  if (const Json quotes = source.value("quotes", Json()); !quotes.is_null()) {
    recipe.quotes = quotes.get<bool>();
  }
  recipe.label_columns = source.value("label_columns", recipe.label_columns);
  recipe.text_columns = source.value("text_columns", recipe.text_columns);
  recipe.label_separator = source.value("label_separator", recipe.label_separator);
  const Json names = source.value("class_names", Json::object());
  for (const auto& [value, name] : names.items()) {
    recipe.class_names.emplace_back(value, name.get<std::string>());
  }
}

void read_rows(const Json& rows, Recipe& recipe) {
  recipe.keep = rows.value("keep", recipe.keep);
  recipe.split = rows.value("split", recipe.split);
  recipe.shuffle = rows.value("shuffle", recipe.shuffle);
  recipe.seed = rows.value("seed", recipe.seed);
}

Recipe read_all(const Json& json, const std::string& where) {
  const int version = json.at("recipe").get<int>();
  if (version != kVersion) {
    throw Error::data(where + ": recipe version " + std::to_string(version) + ", want " +
                      std::to_string(kVersion) + "; prepare the text again");
  }
  Recipe recipe;
  read_text(json.at("text"), where, recipe);
  read_source(json.value("source", Json::object()), recipe);
  read_rows(json.value("rows", Json::object()), recipe);
  recipe.outputs = json.value("outputs", recipe.outputs);
  return recipe;
}

std::string folder_prefix(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

}  // namespace

std::string Recipe::to_json() const {
  const Json json = {{"recipe", kVersion},
                     {"text", text_json(*this)},
                     {"source", source_json(*this)},
                     {"rows", rows_json(*this)},
                     {"outputs", outputs}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Recipe Recipe::from_json(std::string_view json, const std::string& where) {
  try {
    return read_all(Json::parse(json), where);
  } catch (const Json::exception& error) {
    throw Error::data(where + ": not a recipe of prepare (" + std::string(json_reason(error)) +
                      "); want the prepare.json that prepare wrote");
  }
}

std::string recipe_path(const std::string& text_path) {
  return folder_prefix(text_path) + std::string(kRecipeFile);
}

Recipe read_recipe(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!(file && text << file.rdbuf())) {
    throw Error::no_input(path + ": cannot be read, want the prepare.json that prepare wrote");
  }
  return Recipe::from_json(text.str(), path);
}

std::optional<Recipe> find_recipe(const std::string& text_path) {
  const std::string path = recipe_path(text_path);
  if (!std::ifstream(path)) return std::nullopt;
  Recipe recipe = read_recipe(path);
  const std::string name = text_path.substr(folder_prefix(text_path).size());
  for (const std::string& output : recipe.outputs) {
    if (output == name) return recipe;
  }
  return std::nullopt;
}

}  // namespace wordfire
