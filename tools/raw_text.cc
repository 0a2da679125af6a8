#include "raw_text.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/text_features.h"
#include "io/manifest.h"

namespace wordfire {
namespace {

Recipe recipe_of(const std::string& model_path) {
  const std::string path = manifest_path(model_path);
  const std::optional<Manifest> manifest = read_manifest(path);
  if (!manifest) {
    throw Error::usage("option -raw: " + path +
                       " is not there, want the recipe in it; prepare the text instead");
  }
  if (manifest->recipe_json.empty()) {
    throw Error::usage("option -raw: " + path +
                       " has no recipe, want a model trained on text from wordfire prepare");
  }
  return Recipe::from_json(manifest->recipe_json, path + ": recipe");
}

// How many bytes at the start of `line` are labels and the blanks before and between them.
size_t labels_end(std::string_view line, std::string_view prefix) {
  size_t end = 0;
  for (;;) {
    const auto* begin = std::find_if_not(line.begin() + end, line.end(), is_separator);
    const std::string_view rest(begin, static_cast<size_t>(line.end() - begin));
    if (!rest.starts_with(prefix)) return end;
    end = static_cast<size_t>(std::find_if(rest.begin(), rest.end(), is_separator) - line.begin());
  }
}

}  // namespace

RawText::RawText(const std::string& model_path) : recipe_(recipe_of(model_path)) {}

std::string_view RawText::prepared(std::string_view line, std::string& buffer) const {
  buffer.clear();
  append(line, buffer);
  return buffer;
}

std::string_view RawText::prepared_labelled(std::string_view line, std::string& buffer) const {
  const size_t end = labels_end(line, recipe_.label_prefix);
  buffer.assign(line.substr(0, end));
  append(line.substr(end), buffer);
  return buffer;
}

void RawText::append(std::string_view line, std::string& buffer) const {
  const bool ended = line.ends_with('\n');
  recipe_.normalize(line.substr(0, line.size() - (ended ? 1 : 0)), buffer);
  if (ended) buffer += '\n';
}

}  // namespace wordfire
