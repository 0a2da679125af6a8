#include "io/prepare_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/text_features.h"
#include "io/overwriting.h"
#include "io/row_fault.h"

namespace wordfire {
namespace {

// A column is either label or text, and is named once.
void check_columns(const Recipe& recipe) {
  std::vector<std::string> columns = recipe.label_columns;
  columns.insert(columns.end(), recipe.text_columns.begin(), recipe.text_columns.end());
  std::sort(columns.begin(), columns.end());
  const auto twice = std::adjacent_find(columns.begin(), columns.end());
  if (twice == columns.end()) return;
  throw Error::usage(fmt::format(
      "option -textColumns: got column {} twice, want it once in -labelColumn and -textColumns",
      excerpt(*twice)));
}

}  // namespace

void check_prepare_options(const PrepareOptions& options) {
  check_columns(options.recipe);
  const Recipe& recipe = options.recipe;
  const auto want = [](bool good, const std::string& what) {
    if (!good) throw Error::usage(what);
  };
  want(!options.input.empty(), "option -input: nothing given, want files, directories or -");
  // The recipe comes into the folder of the text, and /dev is no place for one.
  want(!options.output.empty() && options.output != "-" && !options.output.starts_with("/dev/"),
       "option -output: want the name of a file");
  want(recipe.keep > 0 && recipe.keep <= 1,
       fmt::format("option -keep: got {}, want a number above 0, at most 1", recipe.keep));
  want(recipe.split >= 0 && recipe.split < 1,
       fmt::format("option -split: got {}, want a number from 0, below 1", recipe.split));
  want(options.skip_bad >= 0 && options.skip_bad < 1,
       fmt::format("option -skipBad: got {}, want a number from 0, below 1", options.skip_bad));
  want(options.thread >= 0, fmt::format("option -thread: got {}, want 0 or more", options.thread));
  want(options.memory >= 0, fmt::format("option -memory: got {}, want 0 or more", options.memory));
  const std::string& prefix = recipe.label_prefix;
  want(!prefix.empty() && std::none_of(prefix.begin(), prefix.end(), is_separator),
       fmt::format("option -label: got {}, want at least one character and no blanks",
                   excerpt(prefix)));
}

void check_prepare_outputs(const PrepareOptions& options, std::vector<std::string> inputs,
                           std::vector<std::string> texts) {
  for (const std::string& text : texts) {
    if (std::string_view(text).substr(text.rfind('/') + 1) == kRecipeFile)
      throw Error::usage("option -output: prepare.json is taken, want another name");
  }
  inputs.push_back(options.classes);
  texts.push_back(recipe_path(options.output));
  refuse_overwriting(inputs, texts);
}

}  // namespace wordfire
