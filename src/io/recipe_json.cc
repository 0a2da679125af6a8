// prepare.json: {"recipe": 1, "text": {...}, "source": {...}, "rows": {...}, "outputs": [...]}.
// Only "recipe" (the version of this format) and "text" are needed to treat new text.
#include <simdjson.h>

#include <fstream>
#include <new>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/error.h"
#include "io/recipe.h"

namespace wordfire {
namespace {

using Json = nlohmann::ordered_json;  // for writing
using Element = simdjson::dom::element;

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

// Read by another library than written: servers read recipes at any time, and the values of that
// one end the process where memory runs out when they go.

void assign(const Element& value, bool& to) { to = value; }
void assign(const Element& value, int64_t& to) { to = value; }
void assign(const Element& value, double& to) { to = value; }
void assign(const Element& value, std::string& to) { to = std::string_view(value); }
void assign(const Element& value, std::vector<std::string>& to) {
  for (const Element each : simdjson::dom::array(value)) {
    to.emplace_back(std::string_view(each));
  }
}

std::optional<Element> member(const Element& object, std::string_view key) {
  Element value;
  const simdjson::error_code error = object[key].get(value);
  if (error == simdjson::NO_SUCH_FIELD) return std::nullopt;
  if (error != simdjson::SUCCESS) throw simdjson::simdjson_error(error);
  return value;
}

// What is not there stays as it is.
template <typename T>
void read_member(const Element& object, std::string_view key, T& to) {
  if (const auto value = member(object, key)) assign(*value, to);
}

void read_text(const Element& text, const std::string& where, Recipe& recipe) {
  assign(text["lower_case"], recipe.lower);
  assign(text["label_prefix"], recipe.label_prefix);
  std::string name;
  assign(text["punctuation"], name);
  const auto punctuation = parse_punctuation(name);
  if (!punctuation) {
    throw Error::data(where + ": punctuation \"" + name + "\", want split, fasttext or keep");
  }
  recipe.punctuation = *punctuation;
}

void read_source(const Element& source, Recipe& recipe) {
  read_member(source, "format", recipe.format);
  read_member(source, "header", recipe.header);
  const auto quotes = member(source, "quotes");
  if (quotes && !quotes->is_null()) recipe.quotes = bool(*quotes);
  read_member(source, "label_columns", recipe.label_columns);
  read_member(source, "text_columns", recipe.text_columns);
  read_member(source, "label_separator", recipe.label_separator);
  const auto names = member(source, "class_names");
  if (!names) return;
  for (const auto& [value, name] : simdjson::dom::object(*names)) {
    recipe.class_names.emplace_back(value, std::string_view(name));
  }
}

void read_rows(const Element& rows, Recipe& recipe) {
  read_member(rows, "keep", recipe.keep);
  read_member(rows, "split", recipe.split);
  read_member(rows, "shuffle", recipe.shuffle);
  read_member(rows, "seed", recipe.seed);
}

Recipe read_all(const Element& json, const std::string& where) {
  const int64_t version = json["recipe"];
  if (version != kVersion) {
    throw Error::data(where + ": recipe version " + std::to_string(version) + ", want " +
                      std::to_string(kVersion) + "; prepare the text again");
  }
  Recipe recipe;
  read_text(json["text"], where, recipe);
  if (const auto source = member(json, "source")) read_source(*source, recipe);
  if (const auto rows = member(json, "rows")) read_rows(*rows, recipe);
  read_member(json, "outputs", recipe.outputs);
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
  simdjson::dom::parser parser;
  Element root;
  const simdjson::error_code error = parser.parse(json.data(), json.size()).get(root);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  try {
    if (error != simdjson::SUCCESS) throw simdjson::simdjson_error(error);
    return read_all(root, where);
  } catch (const simdjson::simdjson_error& fault) {
    throw Error::data(where + ": not a recipe of prepare (" + fault.what() +
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
