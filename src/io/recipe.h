// How rows of a table became training text. Its text part treats new text the same way when a model
// trained on that text predicts; the whole is kept in prepare.json beside the text, and in the
// model's manifest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wordfire {

// What becomes of punctuation marks.
enum class Punctuation {
  kSplit,     // every mark is a token of its own: "state-of-the-art." is 8 tokens
  kFastText,  // as fastText's classification scripts: . , ( ) ! ? ' are tokens, " goes, ; : and
              // "<br />" are blanks
  kKeep,      // marks stay in the words
};

// "split", "fasttext", "keep".
[[nodiscard]] std::string_view punctuation_name(Punctuation punctuation);
[[nodiscard]] std::optional<Punctuation> parse_punctuation(std::string_view name);

struct Recipe {
  // The treatment of text.
  bool lower = true;
  Punctuation punctuation = Punctuation::kSplit;
  std::string label_prefix = "__label__";

  // Where the rows came from, for the record.
  std::string format;  // "csv", "tsv", "jsonl"
  bool header = false;
  std::optional<bool> quotes;              // as in TableOptions
  std::vector<std::string> label_columns;  // names, or numbers from 1
  std::vector<std::string> text_columns;
  std::string label_separator;
  std::vector<std::pair<std::string, std::string>> class_names;  // value in the table, name

  // Which rows were taken.
  double keep = 1;
  double split = 0;
  bool shuffle = false;
  int64_t seed = 0;

  std::vector<std::string> outputs;  // names of the files that were made so, without folder

  // Appends the tokens of `raw`, one blank between two and no newline; also one blank before the
  // first where `out` is neither empty nor ends in a blank. Blanks are fastText's separators and
  // Unicode's white space. Lower-casing is lower_case()'s. With kSplit the marks are those of
  // ASCII, of Latin-1, General Punctuation, CJK and full-width forms. Bytes that are not UTF-8 are
  // copied. A token that a trainer would take for a label loses the label prefix, the token "</s>"
  // is left out: raw text cannot make labels or end lines. Thread-safe. Nothing is appended for
  // text without tokens.
  void normalize(std::string_view raw, std::string& out) const;

  // Appends label_prefix and `name`, runs of separators in it turned into '_', those at its ends
  // dropped, after a blank as normalize() does. Returns false, with nothing appended, when no name
  // is left.
  bool append_label(std::string_view name, std::string& out) const;

  // Whether both treat text and labels alike.
  [[nodiscard]] bool treats_text_like(const Recipe& other) const;

  [[nodiscard]] std::string to_json() const;
  // Throws Error (data), the message beginning with `where`: not JSON, not a recipe, a newer
  // version, or an unknown treatment.
  [[nodiscard]] static Recipe from_json(std::string_view json, const std::string& where);

  friend bool operator==(const Recipe&, const Recipe&) = default;
};

// The name of the file that holds a recipe, in the folder of the text that it describes.
inline constexpr std::string_view kRecipeFile = "prepare.json";

// "dir/name" -> "dir/prepare.json".
[[nodiscard]] std::string recipe_path(const std::string& text_path);

// Reads one recipe. Throws what open_source() and its stream throw, Error (data) as from_json().
[[nodiscard]] Recipe read_recipe(const std::string& path);

// The recipe beside `text_path`, if there is one that names this file among its outputs. Throws
// Error (data) for one that cannot be understood.
[[nodiscard]] std::optional<Recipe> find_recipe(const std::string& text_path);

}  // namespace wordfire
