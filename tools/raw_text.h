// Text as people write it, made into the text that a model was trained on: --raw.
#pragma once

#include <string>
#include <string_view>

#include "io/recipe.h"

namespace wordfire {

class RawText {
 public:
  // Takes the recipe from the manifest beside a model. Throws Error (usage) when there is none,
  // Error (model) when it cannot be understood.
  explicit RawText(const std::string& model_path);

  // The line as `prepare` would have written its text; it ends in '\n' if `line` does. The view is
  // of `buffer`.
  [[nodiscard]] std::string_view prepared(std::string_view line, std::string& buffer) const;

  // The same, but the labels at the start of the line stay labels.
  [[nodiscard]] std::string_view prepared_labelled(std::string_view line,
                                                   std::string& buffer) const;

 private:
  void append(std::string_view line, std::string& buffer) const;

  Recipe recipe_;
};

}  // namespace wordfire
