// prepare.json: {"recipe": 1, "text": {...}, "source": {...}, "rows": {...}, "outputs": [...]}.
// Only "recipe" (the version of this format) and "text" are needed to treat new text.
#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <fstream>
#include <new>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "io/byte_source.h"
#include "io/json_fault.h"
#include "io/json_field.h"
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

void assign(const JsonField& value, bool& to) { to = value.boolean(); }
void assign(const JsonField& value, int64_t& to) { to = value.integer(); }
void assign(const JsonField& value, double& to) { to = value.number(); }
void assign(const JsonField& value, std::string& to) { to = value.text(); }
void assign(const JsonField& value, std::vector<std::string>& to) {
  for (const JsonField& item : value.items()) to.push_back(item.text());
}

// What is not there stays as it is.
template <typename T>
void assign_if_there(const JsonField& value, T& to) {
  if (!value.is_missing()) assign(value, to);
}

void read_text(const JsonField& text, Recipe& recipe) {
  recipe.lower = text.field("lower_case").boolean();
  recipe.label_prefix = text.field("label_prefix").text();
  const JsonField name = text.field("punctuation");
  const auto punctuation = parse_punctuation(name.text());
  if (!punctuation) name.refuse("split, fasttext or keep");
  recipe.punctuation = *punctuation;
}

void read_source(const JsonField& source, Recipe& recipe) {
  if (source.is_missing()) return;
  assign_if_there(source.field("format"), recipe.format);
  assign_if_there(source.field("header"), recipe.header);
  const JsonField quotes = source.field("quotes");
  if (!quotes.is_empty()) recipe.quotes = quotes.boolean();
  assign_if_there(source.field("label_columns"), recipe.label_columns);
  assign_if_there(source.field("text_columns"), recipe.text_columns);
  assign_if_there(source.field("label_separator"), recipe.label_separator);
  const JsonField names = source.field("class_names");
  if (names.is_missing()) return;
  for (const auto& [value, name] : names.members()) {
    recipe.class_names.emplace_back(value, name.text());
  }
}

void read_rows(const JsonField& rows, Recipe& recipe) {
  if (rows.is_missing()) return;
  assign_if_there(rows.field("keep"), recipe.keep);
  assign_if_there(rows.field("split"), recipe.split);
  assign_if_there(rows.field("shuffle"), recipe.shuffle);
  assign_if_there(rows.field("seed"), recipe.seed);
}

Recipe read_all(const JsonField& json) {
  const JsonField version = json.field("recipe");
  if (version.integer() != kVersion) version.refuse(fmt::format("version {}", kVersion));
  Recipe recipe;
  read_text(json.field("text"), recipe);
  read_source(json.field("source"), recipe);
  read_rows(json.field("rows"), recipe);
  assign_if_there(json.field("outputs"), recipe.outputs);
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
    if (error != simdjson::SUCCESS) throw JsonFault{"not JSON: " + document_fault(json, error)};
    return read_all(JsonField(root));
  } catch (const JsonFault& fault) {
    throw Error::data(where + ": not a recipe: " + fault.what +
                      "; give the prepare.json that prepare wrote, or prepare the text again");
  }
}

std::string recipe_path(const std::string& text_path) {
  return folder_prefix(text_path) + std::string(kRecipeFile);
}

Recipe read_recipe(const std::string& path) {
  const auto source = open_source(path);
  std::string text;
  std::array<char, 4096> buffer{};
  while (const size_t bytes = source->read(buffer)) text.append(buffer.data(), bytes);
  return Recipe::from_json(text, path);
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
